// SPDX-License-Identifier: MIT
//
// Public types of the WebSocket API.

import type { ServerWebSocket } from './server-websocket.js';

/** What `send` and its kin return: bytes sent, 0 when dropped, -1 under backpressure. */
export type ServerWebSocketSendStatus = number;

/**
 * Memory a compressor or decompressor of one socket takes; `"shared"` is one for all sockets, which
 * remembers nothing from one message to the next, `"dedicated"` the largest of its own.
 */
export type WebSocketCompressor =
  | 'disable'
  | 'shared'
  | 'dedicated'
  | '3KB'
  | '4KB'
  | '8KB'
  | '16KB'
  | '32KB'
  | '64KB'
  | '128KB'
  | '256KB';

/** What binary messages, pings and pongs arrive as. */
export type WebSocketBinaryType = 'nodebuffer' | 'arraybuffer' | 'uint8array' | 'blob';

type Handled = void | Promise<void>;

/**
 * The `websocket` option of `serve()`: handlers for all sockets of a server. What a handler throws
 * goes to `error`, or else to `'uncaughtException'`; rejections are unhandled rejections.
 */
export interface WebSocketHandler<T = undefined> {
  /** Not read: gives the type of `ws.data`, as in `data: {} as { user: string }`. */
  data?: T;
  /** `message` is a string for text, and what `binaryType` says for anything else. */
  message?(ws: ServerWebSocket<T>, message: string | Buffer<ArrayBuffer>): Handled;
  /** Runs inside `server.upgrade()`. */
  open?(ws: ServerWebSocket<T>): Handled;
  /** What waited for the client has left. */
  drain?(ws: ServerWebSocket<T>): Handled;
  /**
   * The code and reason of the Close frame; 1005 when it had none, 1006 when the connection ended
   * without one, and then `reason` says whether the client broke the protocol or was silent.
   */
  close?(ws: ServerWebSocket<T>, code: number, reason: string): Handled;
  /** Was answered already. */
  ping?(ws: ServerWebSocket<T>, data: Buffer<ArrayBuffer>): Handled;
  pong?(ws: ServerWebSocket<T>, data: Buffer<ArrayBuffer>): Handled;
  error?(error: Error, ws: ServerWebSocket<T>): Handled;
  /** Bytes; a larger message closes the socket with 1009. Default 16 MiB. */
  maxPayloadLength?: number;
  /** Bytes that may wait for a client before messages to it are dropped. Default 16 MiB. */
  backpressureLimit?: number;
  /** Close a socket that is over the limit. Default false. */
  closeOnBackpressureLimit?: boolean;
  /** Seconds of silence before a socket is closed; default 120, at most 960, 0 = never. */
  idleTimeout?: number;
  /** Ping silent clients some seconds before their time is over. Default true. */
  sendPings?: boolean;
  /** `ws.publish()` reaches `ws` itself. Default false. */
  publishToSelf?: boolean;
  /** RFC 7692. Default false. */
  perMessageDeflate?:
    | boolean
    | { compress?: WebSocketCompressor | boolean; decompress?: WebSocketCompressor | boolean };
}

/** What can be sent besides strings. */
export type WebSocketBytes = ArrayBufferView | ArrayBufferLike | Blob;
