// SPDX-License-Identifier: MIT
//
// The TypeScript side of the contract with the addon (src-native/contract.md says who may call what
// when). Enums here have twins in src-native; change both or neither.

import type { TlsFailure } from '../errors.js';

/** Number of an exchange: slot and serial. A stale one makes every call a no-op. */
export type ExchangeHandle = number;

/** Bits of the `flags` argument of `onRequest`. */
export const RequestFlag = {
  MethodMask: 0x3f,
  HasBody: 0x40,
  BodyComplete: 0x80,
  NeedsNormalising: 0x100,
} as const;

/** Bits of the `flags` argument of `respond` and `streamStart`. Chunked: HEAD of a stream. */
export const ResponseFlag = { HasDate: 1, CloseAfter: 2, Chunked: 4 } as const;

/** What `respond` returns. After `Sending`, `onSent` or `onAborted` follows. */
export const Delivery = { Sent: 0, Sending: 1, Gone: 2 } as const;

/** What there is of a request body. */
export const BodyAnswer = {
  /** Nothing yet; `onBody` follows. */
  Later: 0,
  /** Bytes, not the last ones. */
  More: 1,
  /** The rest, maybe nothing. */
  Last: 2,
  /** Everything was taken before. */
  Done: 3,
  /** The connection ended first, or the response was complete. */
  Gone: 4,
  /** `maxRequestBodySize` was exceeded. */
  TooLarge: 5,
} as const;

export const RouteKind = { Handler: 0, Static: 1, Negative: 2, File: 3, Directory: 4 } as const;

/** Further bits of `flags` for `respondFile`. */
export const FileFlag = { Sliced: 8, HasContentRange: 16 } as const;
/**
 * What `respondFile` returns besides `Delivery` for pipes and devices, which it does not send: this
 * for a descriptor; one more, plus the descriptor that it has opened, for a path.
 */
export const NOT_REGULAR = 3;

/** Method index of a route that answers every method. */
export const ANY_METHOD = 0xff;

/** Request methods by the index the parser gives them. The first nine may key a method object. */
export const METHODS: readonly string[] = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'CONNECT', 'TRACE'],
  ...['ACL', 'BIND', 'CHECKOUT', 'COPY', 'LINK', 'LOCK', 'M-SEARCH', 'MERGE', 'MKACTIVITY'],
  ...['MKADDRESSBOOK', 'MKCALENDAR', 'MKCOL', 'MOVE', 'NOTIFY', 'PROPFIND', 'PROPPATCH', 'PURGE'],
  ...['QUERY', 'REBIND', 'REPORT', 'SEARCH', 'SOURCE', 'SUBSCRIBE', 'UNBIND', 'UNLINK', 'UNLOCK'],
  'UNSUBSCRIBE',
];
export const ROUTABLE_METHODS = 9;

export interface NativeRoute {
  kind: number;
  method: number;
  pattern: string;
  /** Handler routes: index into the JavaScript route table. */
  id?: number;
  /** Static routes. `fields` are complete lines; `etag` is the application's own, or "". */
  status?: number;
  fields?: string;
  etag?: string;
  hasDate?: boolean;
  closeAfter?: boolean;
  body?: Uint8Array;
  /** The body of a static route in codings, for clients that accept them. */
  gzip?: Uint8Array | undefined;
  brotli?: Uint8Array | undefined;
  /** File routes: path or descriptor, and the part; `end` -1 is the end of the file. */
  file?: string | number;
  start?: number;
  end?: number;
  /** `fields` carries a Content-Range: ranges are left to the application. */
  hasContentRange?: boolean;
  /** The application's own Last-Modified, which is among `fields` too; else "". */
  lastModified?: string;
  /** Directory routes: what `directoryOpen` gave. */
  directory?: NativeDirectory;
}

/** What files have which Content-Type, in the addon's memory. */
export interface NativeMediaTypes {
  readonly [shared]: 'media types';
}

/** An open directory, in the addon's memory. Closed when neither JavaScript nor a table has it. */
export interface NativeDirectory {
  readonly [shared]: 'directory';
}

/** Keeps the two apart for the compiler; nothing has such a property. */
declare const shared: unique symbol;

export interface DirectoryRules {
  /** The route's pattern without its `*`. */
  prefix: string;
  /** Complete lines for every response that is about a file. */
  fields: string;
  dotfiles: boolean;
  precompressed: boolean;
  keepOpen: boolean;
}

export interface ServerEvents {
  /**
   * Returns the body of a response whose status and field block are in the cells, or undefined.
   * `head`: the raw request head, one character a byte. More than eight params
   * come as an array.
   */
  onRequest(
    route: number,
    handle: ExchangeHandle,
    flags: number,
    head: string,
    ...params: string[]
  ): string | undefined;
  /**
   * Requests of one turn, number `first` and on of `size`; what is known of them is in the batch's
   * arrays (batch.ts), `heads` is the text that their heads make. Returns the number of those that
   * are handled: `size`, or less when the others need an async context of their own.
   */
  onRequests(heads: string, first: number, size: number): number;
  /** `answer` is a `BodyAnswer`: More (only after `bodyPull`), Last, Gone or TooLarge. */
  onBody(handle: ExchangeHandle, answer: number): void;
  onWritable(handle: ExchangeHandle): void;
  /** `fault` says what became of the body: Gone or TooLarge. */
  onAborted(handle: ExchangeHandle, fault: number): void;
  onSent(handle: ExchangeHandle): void;
  onStopped(): void;
}

/** One server name with its certificates; texts are PEM. The first entry is the default one. */
export interface NativeTlsEntry {
  serverName: string;
  keys: string[];
  certificates: string[];
  passphrase: string;
  authorities: string[];
  revocations: string[];
  nameAuthorities: boolean;
  requestCertificate: boolean;
  rejectUnauthorized: boolean;
  ciphers: string;
  /** `SSL_OP_*` */
  options: number;
  /** The one protocol that ALPN may select, or "". */
  protocol: string;
  lowMemory: boolean;
}

export interface NativeTlsConnection {
  protocol: string;
  cipher: string;
  cipherStandardName: string;
  applicationProtocol: string;
  serverName: string;
  resumed: boolean;
  authorized: boolean;
  verifyError: string;
  /** DER, the peer's own first. */
  certificates: ArrayBuffer[];
}

/** Bits of the `flags` argument of `serverSetWebSocket`. */
export const WebSocketFlag = {
  CloseOnLimit: 1,
  SendPings: 2,
  /** permessage-deflate is agreed upon with clients that offer it. */
  Deflate: 4,
  /** Messages are compressed when asked for; else only those of clients are. */
  Compresses: 8,
  /** Pings and pongs are reported. */
  HearsControls: 16,
} as const;

/** Number of a WebSocket: slot (the lower 22 bits) and serial. A stale one makes calls no-ops. */
export type WebSocketHandle = number;

/** What `webSocketUpgrade` returns for a bad handshake, which it answered; 0 is for none at all. */
export const UPGRADE_REFUSED = -1;

export const TopicAction = { Subscribe: 0, Unsubscribe: 1, Has: 2 } as const;

/** `slot`: the lower 22 bits of the handle, nobody else's until `onClose`. */
export interface WebSocketEvents {
  /** Slot and message by turns. The number of messages that were handled: the others come again. */
  onMessages(...values: (number | string | ArrayBuffer)[]): number;
  /** A message was too long for JavaScript; the socket was closed. */
  onUnreadable(slot: number): void;
  onPing(slot: number, data: ArrayBuffer): void;
  onPong(slot: number, data: ArrayBuffer): void;
  onDrain(slot: number): void;
  /** Not after `webSocketClose` and `webSocketTerminate`. */
  onClose(slot: number, code: number, reason: string): void;
}

export interface ListenRequest {
  host: string;
  port: number;
  unix: string;
  reusePort: boolean;
  ipv6Only: boolean;
}

export interface Listening {
  port: number;
  host: string;
  ipv6: boolean;
}

export interface ListenFailure {
  /** A positive errno value, or a getaddrinfo code when `resolver` is set. */
  errno: number;
  syscall: string;
  reason: string;
  resolver: boolean;
}

export interface NativeBinding {
  exchangeCells(resource: object): Uint32Array;
  requestBatch(): [handles: Float64Array, words: Uint32Array];
  /** The response of the request that `onRequests` is handling; see `onRequest`. */
  reply(body: string): void;
  tlsInfo(): { library: string; selfTest: boolean };
  serverCreate(
    events: ServerEvents,
    idleTimeoutSeconds: number,
    maxBodyBytes: number,
    maxConnections: number,
    cacheFiles: boolean,
  ): number;
  serverListen(server: number, request: ListenRequest): Listening | ListenFailure;
  /** Nothing changes on failure; open connections keep what they have. */
  serverSetTls(server: number, entries: NativeTlsEntry[]): TlsFailure | undefined;
  tlsCheckDh(pem: string): TlsFailure | undefined;
  serverSetAuthority(server: number, authority: string): void;
  serverSetRoutes(server: number, routes: NativeRoute[], hasFallback: boolean): void;
  /** `table`: "type extension extension...|type ...". */
  mediaTypes(table: string): NativeMediaTypes;
  /** A positive errno value when `path` cannot be opened as a directory. */
  directoryOpen(
    path: string,
    types: NativeMediaTypes,
    rules: DirectoryRules,
  ): NativeDirectory | number;
  serverStop(server: number, force: boolean): void;
  serverCloseIdle(server: number): number;
  serverPending(server: number): number;
  loopRef(on: boolean): void;
  requestUrl(handle: ExchangeHandle, server: number): string | undefined;
  requestHeader(handle: ExchangeHandle, name: string): string | null | undefined;
  requestAddress(handle: ExchangeHandle): [string, number, boolean] | null;
  requestTls(handle: ExchangeHandle): NativeTlsConnection | null;
  requestOpen(handle: ExchangeHandle): boolean;
  requestTimeout(handle: ExchangeHandle, seconds: number): void;
  bodyText(handle: ExchangeHandle): string | undefined;
  bodyBytes(handle: ExchangeHandle): ArrayBuffer | undefined;
  bodyPiece(handle: ExchangeHandle): ArrayBuffer | undefined;
  bodyInto(handle: ExchangeHandle, view: Uint8Array): number;
  bodyCollect(handle: ExchangeHandle): number;
  bodyPull(handle: ExchangeHandle): number;
  bodyDiscard(handle: ExchangeHandle): void;
  respond(
    handle: ExchangeHandle,
    status: number,
    fields: string | number,
    body: string | Uint8Array | undefined,
    flags?: number,
    declaredLength?: number,
  ): number;
  /**
   * Opens a file and sends it, or the bytes from `start` up to `end` (-1: all). `range` is the
   * request's Range field where it counts; a 416 goes out with `fieldsWithoutType`. Returns
   * `Delivery`, NOT_REGULAR or more, or a negative errno value; nothing was sent then.
   */
  respondFile(
    handle: ExchangeHandle,
    status: number,
    fields: string | number,
    flags: number,
    file: string | number,
    start: number,
    end: number,
    range?: string,
    fieldsWithoutType?: string,
  ): number;
  /**
   * Starts a body that comes over time; `length` -1 when it is not known. Like `streamWrite`, it
   * returns how many bytes the piece has, as -1 - bytes when the producer should wait for
   * `onWritable`, undefined when nothing can be sent (any more).
   */
  streamStart(
    handle: ExchangeHandle,
    status: number,
    fields: string | number,
    flags: number,
    length: number,
    first?: string | Uint8Array,
  ): number | undefined;
  streamWrite(handle: ExchangeHandle, piece: string | Uint8Array): number | undefined;
  streamFlush(handle: ExchangeHandle): void;
  /** `Delivery`. */
  streamEnd(handle: ExchangeHandle, last?: string | Uint8Array): number;
  streamReset(handle: ExchangeHandle): void;
  /** Events count the first time only. Windows: 9 to 15, or 0 for shared. */
  serverSetWebSocket(
    server: number,
    events: WebSocketEvents,
    maxPayloadBytes: number,
    backpressureLimit: number,
    idleTimeoutSeconds: number,
    flags: number,
    compressWindow: number,
    memoryLevel: number,
    decompressWindow: number,
  ): void;
  /** `except`: a socket that is left out, or 0. Bytes, 0 when nobody gets it. */
  serverPublish(
    server: number,
    except: WebSocketHandle,
    topic: string,
    message: string | Uint8Array,
    compress: boolean,
  ): number;
  serverSubscribers(server: number, topic: string): number;
  /** From now on, and for those that have subscribers already, `serverTakeTopics` tells. */
  serverWatchTopics(server: number): void;
  /** Topics that got their first subscriber or lost their last one since the call before. */
  serverTakeTopics(server: number): string[] | undefined;
  serverWebSockets(server: number): number;
  /** Request fields as they came, "" for missing ones; `fields` are lines for the response. */
  webSocketUpgrade(
    exchange: ExchangeHandle,
    upgrade: string,
    connection: string,
    key: string,
    version: string,
    extensions: string,
    protocol: string,
    fields: string,
    hasDate: boolean,
  ): WebSocketHandle;
  /** Bytes of the message, -1 when some of it waits for the client, 0 when it was dropped. */
  webSocketSend(handle: WebSocketHandle, message: string | Uint8Array, compress: boolean): number;
  webSocketControl(handle: WebSocketHandle, isPong: boolean, data: string | Uint8Array): number;
  webSocketClose(handle: WebSocketHandle, code: number, reason: string): void;
  webSocketTerminate(handle: WebSocketHandle): void;
  /** Whether that changed anything. */
  webSocketCork(handle: WebSocketHandle, on: boolean): boolean;
  webSocketPause(handle: WebSocketHandle, on: boolean): void;
  /**
   * Of a message that waited while the socket was paused: it comes again after `resume`, and those
   * behind it, too. False when the message is to be handled now.
   */
  webSocketReturn(handle: WebSocketHandle, message: string | Uint8Array): boolean;
  /** Of the socket whose `onMessages` handler has returned (`ExchangeCell.MessageCorked`). */
  webSocketUncork(): void;
  webSocketBuffered(handle: WebSocketHandle): number;
  webSocketAddress(handle: WebSocketHandle): string | undefined;
  webSocketTopic(handle: WebSocketHandle, action: number, topic: string): boolean;
  webSocketTopics(handle: WebSocketHandle): string[];
  internFields(fields: string): number;
  abort(handle: ExchangeHandle): void;
}
