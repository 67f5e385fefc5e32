// SPDX-License-Identifier: MIT
//
// The server's end of one WebSocket (behaviours 17). It knows its socket by a number; once that is
// closed, the number finds nothing and every call here does nothing.

import { invalidArgument, missingArguments } from '../errors.js';
import { native } from '../native/binding.js';
import { TopicAction } from '../native/contract.js';
import { LaterMessages } from './later-messages.js';
import {
  bytesOf,
  fittingReason,
  isBlob,
  isBytes,
  payloadOf,
  received,
  sizeOf,
  textOf,
} from './payload.js';
import type { ServerWebSocketSendStatus, WebSocketBinaryType, WebSocketBytes } from './types.js';

/** The link to other processes, as far as sockets know it. */
export interface TopicRelay {
  publish(topic: string, message: string | Uint8Array, compress: boolean): void;
  /** Subscriptions have changed. */
  changed(): void;
}

/** What publishing needs. */
export interface Publisher {
  /** Number of the native server. */
  readonly server: number;
  readonly relay: TopicRelay | undefined;
}

/** What sockets need from their server. */
export interface SocketOwner extends Publisher {
  readonly publishesToSelf: boolean;
  /** The socket closed itself. */
  closed(ws: ServerWebSocket<unknown>, code: number, reason: string): void;
}

const OPEN = 1;
const CLOSED = 3;
const MAX_CONTROL_BYTES = 125;
const BINARY_TYPES = new Map<unknown, WebSocketBinaryType>([
  ['nodebuffer', 'nodebuffer'],
  ['buffer', 'nodebuffer'],
  ['Buffer', 'nodebuffer'],
  ['arraybuffer', 'arraybuffer'],
  ['ArrayBuffer', 'arraybuffer'],
  ['uint8array', 'uint8array'],
  ['Uint8Array', 'uint8array'],
  ['blob', 'blob'],
]);

const constructing = Symbol('bunserve.constructing');

function checkTopic(method: string, args: number, topic: unknown): void {
  if (args === 0) throw new Error(`${method} requires at least 1 argument`);
  if (typeof topic !== 'string') {
    throw invalidArgument(`The "topic" argument must be of type string. ${received(topic)}`);
  }
}

function checkCompress(method: string, compress: unknown): void {
  if (compress !== undefined && typeof compress !== 'boolean') {
    throw new Error(`${method} expects compress to be a boolean`);
  }
}

function checkMessage(method: string, message: unknown): void {
  if (message === undefined || message === null) {
    throw new Error(`${method} requires a non-empty message`);
  }
}

/** A WebSocket of a server. Made by `server.upgrade()` only. */
export class ServerWebSocket<T = undefined> {
  readonly #owner: SocketOwner;
  readonly #handle: number;
  #data: T;
  #state: typeof OPEN | typeof CLOSED = OPEN;
  #binaryType: WebSocketBinaryType = 'nodebuffer';
  #later: LaterMessages | undefined;
  #isPaused = false;

  /** @internal */
  constructor(guard: typeof constructing, owner: SocketOwner, handle: number, data: T) {
    if (guard !== constructing) throw new TypeError('Illegal constructor');
    this.#owner = owner;
    this.#handle = handle;
    this.#data = data;
  }

  /** @internal */
  static make(owner: SocketOwner, handle: number, data: unknown): ServerWebSocket<unknown> {
    return new ServerWebSocket(constructing, owner, handle, data);
  }

  /** @internal */
  static handle(ws: ServerWebSocket<unknown>): number {
    return ws.#handle;
  }

  /** @internal The connection has ended, or will when what was sent has left. */
  static end(ws: ServerWebSocket<unknown>): void {
    ws.#state = CLOSED;
    ws.#later = undefined;
  }

  /** The `data` given to `server.upgrade()`. */
  get data(): T {
    return this.#data;
  }

  set data(value: T) {
    this.#data = value;
  }

  /** 1 (open) or 3 (closed). */
  get readyState(): 1 | 3 {
    return this.#state;
  }

  /** IP address of the client; undefined for unix sockets and closed ones. */
  get remoteAddress(): string | undefined {
    return native.webSocketAddress(this.#handle);
  }

  /** What binary messages arrive as; default `"nodebuffer"`. */
  get binaryType(): WebSocketBinaryType {
    return this.#binaryType;
  }

  set binaryType(value: WebSocketBinaryType | 'buffer') {
    const type = BINARY_TYPES.get(value);
    if (type === undefined) {
      throw new Error(
        'binaryType must be either "uint8array", "arraybuffer", "nodebuffer" or "blob"',
      );
    }
    this.#binaryType = type;
  }

  /** Topics in the order of subscription. */
  get subscriptions(): string[] {
    return native.webSocketTopics(this.#handle);
  }

  /**
   * Sends a text message for a string, a binary one for bytes and Blobs; anything else is sent as
   * its text. Compressed when `compress` is true and the client agreed. Returns the bytes of the
   * message, -1 when some of them wait for the client, 0 when the message was dropped, or is empty.
   */
  send(message: string | WebSocketBytes, compress?: boolean): ServerWebSocketSendStatus {
    if (this.#state === CLOSED) return 0;
    if (typeof message === 'string' && compress === undefined && this.#later === undefined) {
      return native.webSocketSend(this.#handle, message, false);
    }
    if (arguments.length === 0) throw new Error('send requires at least 1 argument');
    checkMessage('send', message);
    checkCompress('send', compress);
    return this.#send(message, compress === true);
  }

  /** `send` for strings only. */
  sendText(message: string, compress?: boolean): ServerWebSocketSendStatus {
    if (this.#state === CLOSED) return 0;
    if (arguments.length === 0) throw new Error('sendText requires at least 1 argument');
    if (typeof message !== 'string') throw new Error('sendText expects a string');
    checkCompress('sendText', compress);
    return this.#send(message, compress === true);
  }

  /** `send` for bytes and Blobs only. */
  sendBinary(message: WebSocketBytes, compress?: boolean): ServerWebSocketSendStatus {
    if (this.#state === CLOSED) return 0;
    if (arguments.length === 0) throw new Error('sendBinary requires at least 1 argument');
    if (!isBytes(message) && !isBlob(message)) {
      throw new Error('sendBinary expects a Blob or BufferSource');
    }
    checkCompress('sendBinary', compress);
    return this.#send(message, compress === true);
  }

  #send(message: unknown, compress: boolean): number {
    const payload = payloadOf(message);
    const handle = this.#handle;
    if (payload === null) {
      this.#laterMessages().read(message as Blob, (bytes) =>
        native.webSocketSend(handle, bytes, compress),
      );
      return (message as Blob).size;
    }
    if (this.#later !== undefined) {
      const bytes = typeof payload === 'string' ? payload : payload.slice();
      this.#later.add(() => native.webSocketSend(handle, bytes, compress));
      return sizeOf(payload);
    }
    return native.webSocketSend(handle, payload, compress);
  }

  /** Messages that wait for a Blob to be read: the order of sending is kept. */
  #laterMessages(): LaterMessages {
    return (this.#later ??= new LaterMessages(() => (this.#later = undefined)));
  }

  /** Sends a ping with up to 125 bytes. Returns as `send`. */
  ping(data?: string | WebSocketBytes): ServerWebSocketSendStatus {
    return this.#control('ping', false, data);
  }

  /** Sends a pong with up to 125 bytes; pings are answered without it. Returns as `send`. */
  pong(data?: string | WebSocketBytes): ServerWebSocketSendStatus {
    return this.#control('pong', true, data);
  }

  #control(method: string, isPong: boolean, data: unknown): number {
    if (this.#state === CLOSED) return 0;
    const handle = this.#handle;
    const given = data === undefined || data === null ? '' : data;
    if (isBlob(given)) {
      checkControl(given.size);
      this.#laterMessages().read(given, (bytes) => native.webSocketControl(handle, isPong, bytes));
      return given.size;
    }
    if (typeof given !== 'string' && !isBytes(given)) {
      throw new Error(`${method} expects a string, Blob, or BufferSource`);
    }
    const payload = typeof given === 'string' ? given : bytesOf(given);
    checkControl(sizeOf(payload));
    return native.webSocketControl(handle, isPong, payload);
  }

  /**
   * Sends a Close frame and closes the socket: `close` of the handlers runs before this returns. The
   * reason is cut to 123 bytes.
   */
  close(code?: number, reason?: string): void {
    if (this.#state === CLOSED) return;
    if (code !== undefined && typeof code !== 'number') {
      throw invalidArgument('close requires a numeric code or undefined');
    }
    const number = code === undefined ? 1000 : code | 0;
    const text = reason === undefined ? '' : fittingReason(textOf(reason));
    const handle = this.#handle;
    if (this.#later === undefined) native.webSocketClose(handle, number, text);
    else this.#later.add(() => native.webSocketClose(handle, number, text));
    this.#owner.closed(this as ServerWebSocket<unknown>, number, text);
  }

  /** Ends the connection without a Close frame: `close` gets 1006 before this returns. */
  terminate(): void {
    if (this.#state === CLOSED) return;
    native.webSocketTerminate(this.#handle);
    this.#owner.closed(this as ServerWebSocket<unknown>, 1006, '');
  }

  /** Messages of the topic are sent to this socket from now on. */
  subscribe(topic: string): boolean {
    return this.#topic('subscribe', TopicAction.Subscribe, arguments.length, topic);
  }

  /** Returns whether there was a subscription. */
  unsubscribe(topic: string): boolean {
    return this.#topic('unsubscribe', TopicAction.Unsubscribe, arguments.length, topic);
  }

  isSubscribed(topic: string): boolean {
    return this.#topic('isSubscribed', TopicAction.Has, arguments.length, topic);
  }

  #topic(method: string, action: number, args: number, topic: unknown): boolean {
    if (this.#state === CLOSED) return false;
    checkTopic(method, args, topic);
    if (topic === '') throw new Error(`${method} requires a non-empty topic name`);
    const result = native.webSocketTopic(this.#handle, action, topic as string);
    if (action !== TopicAction.Has) this.#owner.relay?.changed();
    return result;
  }

  /**
   * Sends to all subscribers of a topic but this socket (see `publishToSelf`), also when this one is
   * closed. Returns the bytes of the message, -1 when a subscriber is behind, 0 when one is so far
   * behind that it does not get the message, or there is none.
   */
  publish(
    topic: string,
    message: string | WebSocketBytes,
    compress?: boolean,
  ): ServerWebSocketSendStatus {
    checkTopic('publish', arguments.length, topic);
    if (topic === '') throw new Error('publish requires a non-empty topic name');
    checkMessage('publish', message);
    checkCompress('publish', compress);
    return this.#publish(topic, message, compress === true);
  }

  /** `publish` for strings only. */
  publishText(topic: string, message: string, compress?: boolean): ServerWebSocketSendStatus {
    checkTopic('publishText', arguments.length, topic);
    if (typeof message !== 'string') throw new Error('publishText expects a string');
    checkCompress('publishText', compress);
    return this.#publish(topic, message, compress === true);
  }

  /** `publish` for bytes and Blobs only. */
  publishBinary(
    topic: string,
    message: WebSocketBytes,
    compress?: boolean,
  ): ServerWebSocketSendStatus {
    checkTopic('publishBinary', arguments.length, topic);
    if (topic === '') throw new Error('publishBinary requires a non-empty topic name');
    if (!isBytes(message) && !isBlob(message)) {
      throw new Error('publishBinary expects a Blob or BufferSource');
    }
    checkCompress('publishBinary', compress);
    return this.#publish(topic, message, compress === true);
  }

  #publish(topic: string, message: unknown, compress: boolean): number {
    const owner = this.#owner;
    return publish(owner, owner.publishesToSelf ? 0 : this.#handle, topic, message, compress);
  }

  /** What `callback` sends leaves in one piece. Returns what it returns. */
  cork<R>(callback: (this: ServerWebSocket<T>, ws: ServerWebSocket<T>) => R): R {
    if (arguments.length === 0) {
      throw missingArguments("Not enough arguments to 'cork'. Expected 1, got 0.");
    }
    if (typeof callback !== 'function') {
      throw invalidArgument(
        `The "callback" argument must be of type function. ${received(callback)}`,
      );
    }
    const isOwner = native.webSocketCork(this.#handle, true);
    try {
      return callback.call(this, this);
    } finally {
      if (isOwner) native.webSocketCork(this.#handle, false);
    }
  }

  /** Bytes that wait because the client does not take them. */
  getBufferedAmount(): number {
    return native.webSocketBuffered(this.#handle);
  }

  /** No message, ping or pong is handled until `resume()`; TCP makes the client wait. */
  pause(): void {
    if (this.#state === CLOSED) return;
    this.#isPaused = true;
    native.webSocketPause(this.#handle, true);
  }

  resume(): void {
    if (this.#state === CLOSED) return;
    this.#isPaused = false;
    native.webSocketPause(this.#handle, false);
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  get [Symbol.toStringTag](): string {
    return 'ServerWebSocket';
  }
}

for (const name of Object.getOwnPropertyNames(ServerWebSocket.prototype)) {
  if (name !== 'constructor') {
    Object.defineProperty(ServerWebSocket.prototype, name, { enumerable: true });
  }
}

function checkControl(size: number): void {
  if (size > MAX_CONTROL_BYTES) {
    throw new RangeError(
      `The data size must not be greater than 125 bytes. Received ${size} bytes.`,
    );
  }
}

/** To all subscribers but the socket `except` (0: nobody is left out), here and elsewhere. */
export function publish(
  by: Publisher,
  except: number,
  topic: string,
  message: unknown,
  compress: boolean,
): number {
  const payload = payloadOf(message);
  if (payload !== null) return publishNow(by, except, topic, payload, compress);
  const blob = message as Blob;
  const later = new LaterMessages(() => {});
  later.read(blob, (bytes) => publishNow(by, except, topic, bytes, compress));
  return native.serverSubscribers(by.server, topic) === 0 ? 0 : blob.size;
}

function publishNow(
  { server, relay }: Publisher,
  except: number,
  topic: string,
  payload: string | Uint8Array,
  compress: boolean,
): number {
  const result = native.serverPublish(server, except, topic, payload, compress);
  relay?.publish(topic, payload, compress);
  return result;
}
