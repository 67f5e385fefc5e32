// SPDX-License-Identifier: MIT
//
// Public exports of `bunserve`. Importing this patches nothing; `bunserve/register` does.

export { serve } from './serve.js';
export { Server } from './server/server.js';
export { BunRequest } from './request/bun-request.js';
export { BunFile, file, type BunFileOptions } from './file/bun-file.js';
export { write, type WriteDestination } from './file/bun-write.js';
export { FileSink, type FileSinkOptions } from './file/file-sink.js';
export type { WriteInput } from './file/write.js';
export type { WriteOptions } from './file/write-options.js';
export { Cookie, type CookieJson } from './cookies/cookie.js';
export { CookieMap } from './cookies/cookie-map.js';
export type {
  CookieInit,
  CookieSameSite,
  CookieStoreDeleteOptions,
} from './cookies/cookie-init.js';
export { Headers } from './fetch/headers.js';
export { fetch } from './fetch/native-fetch.js';
export { Request, type RequestInfo } from './fetch/request.js';
export { Response } from './fetch/response.js';
export type { BodyInit } from './fetch/body.js';
export type { DirectController, DirectSource } from './fetch/direct-stream.js';
export type { HeadersInit } from './fetch/headers-init.js';
export type { RequestInit } from './fetch/request-init.js';
export type { ResponseInit } from './fetch/response-init.js';
export type {
  RequestEndMessage,
  RequestErrorMessage,
  RequestMessage,
  ServerMessage,
} from './server/channels.js';
export type { TlsConnection } from './request/tls-info.js';
export type { HTMLBundle } from './router/html-bundle.js';
export { ServerWebSocket } from './websocket/server-websocket.js';
export type {
  ServerWebSocketSendStatus,
  WebSocketBinaryType,
  WebSocketBytes,
  WebSocketCompressor,
  WebSocketHandler,
} from './websocket/types.js';
export type { PubSubErrorMessage, PubSubStateMessage } from './pubsub/relay.js';
export type { PubSubAdapter, PubSubKind, PubSubState, PubSubStatus } from './pubsub/types.js';
export type { UpgradeOptions } from './server/upgrade.js';
export type { SocketAddress } from './server/listen.js';
export type { TlsOptions, TlsOptions as TLSOptions, TlsValue } from './server/tls-types.js';
export type {
  Development,
  DirectoryRoute,
  ErrorHandler,
  ErrorLike,
  FetchHandler,
  HandlerResult,
  MethodHandlers,
  RoutableMethod,
  RouteFunction,
  RouteParamNames,
  RouteParams,
  RouteValue,
  Routes,
  Serve,
  ServeOptions,
} from './types.js';
