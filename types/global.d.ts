// SPDX-License-Identifier: MIT

import type * as B from 'bunserve';
import type { default as BunValue } from 'bunserve/bun';

declare global {
  // As `bunserve/register` declares it: both may be there.
  var Bun: typeof BunValue;

  // The types that @types/bun has under this name.
  namespace Bun {
    type BodyInit = B.BodyInit;
    type BunFile = B.BunFile;
    type BunRequest<Path extends string = string> = B.BunRequest<Path>;
    type Cookie = B.Cookie;
    type CookieInit = B.CookieInit;
    type CookieMap = B.CookieMap;
    type CookieSameSite = B.CookieSameSite;
    type ErrorLike = B.ErrorLike;
    type FileSink = B.FileSink;
    type HTMLBundle = B.HTMLBundle;
    type HeadersInit = B.HeadersInit;
    type Serve<Paths extends string = string, Data = undefined> = B.Serve<Paths, Data>;
    type Server<Data = undefined> = B.Server<Data>;
    type ServerWebSocket<Data = undefined> = B.ServerWebSocket<Data>;
    type ServerWebSocketSendStatus = B.ServerWebSocketSendStatus;
    type SocketAddress = B.SocketAddress;
    type TLSOptions = B.TlsOptions;
    type WebSocketCompressor = B.WebSocketCompressor;
    type WebSocketHandler<Data = undefined> = B.WebSocketHandler<Data>;

    namespace Serve {
      type Options<Data = undefined, Paths extends string = string> = B.Serve.Options<Data, Paths>;
      type ExtractRouteParams<Path extends string> = B.Serve.ExtractRouteParams<Path>;
      type HTTPMethod = B.Serve.HTTPMethod;
      type DirectoryRouteOptions = B.Serve.DirectoryRouteOptions;
      type BaseRouteValue = B.Serve.BaseRouteValue;
      type Routes<Data, Paths extends string> = B.Serve.Routes<Data, Paths>;
      type Development = B.Serve.Development;
    }
  }
}
