// SPDX-License-Identifier: MIT
//
// The entry points the addon calls for the WebSockets of one server, and what becomes of a handler
// that throws (behaviours 16.8). None of them ever throws.

import { native } from '../native/binding.js';
import { cells, ExchangeCell } from '../native/cells.js';
import { isolated, needsIsolation } from '../native/isolation.js';
import type { WebSocketEvents } from '../native/contract.js';
import type { AnyHandler, WebSocketSettings } from './options.js';
import { OwnSocket } from './own-socket.js';
import { ServerWebSocket, type SocketOwner, type TopicRelay } from './server-websocket.js';

/** The lower bits of a handle are the socket's slot, which events name it by. */
const SLOTS = 2 ** 22;

type Socket = ServerWebSocket<unknown>;

/** Memory that arrived, as the socket wants it. */
function received(ws: Socket, memory: ArrayBuffer): Buffer<ArrayBuffer> {
  switch (ws.binaryType) {
    case 'nodebuffer':
      return Buffer.from(memory);
    case 'arraybuffer':
      return memory as never;
    case 'uint8array':
      return new Uint8Array(memory) as never;
    case 'blob':
      return new Blob([memory]) as never;
  }
}

/** To 'uncaughtException', after whatever is on the stack. */
function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}

export class WebSocketHub implements SocketOwner {
  server = -1;
  relay: TopicRelay | undefined;
  #handlers: AnyHandler = {};
  #publishesToSelf = false;
  /** There were sockets of the library's. */
  #hasOwn = false;
  /** By slot: they are dense, and an array is what is looked up fastest. */
  readonly #sockets: (Socket | undefined)[] = [];
  readonly #events: WebSocketEvents;

  constructor() {
    this.#events = {
      onMessages: (...values) => {
        for (let i = 0; i < values.length; i += 2) {
          const slot = values[i] as number;
          if (cells[ExchangeCell.MessageSlot] !== slot) {
            // What was sent to a socket leaves before the handler of another one runs.
            if (cells[ExchangeCell.MessageCorked] !== 0) native.webSocketUncork();
            cells[ExchangeCell.MessageSlot] = slot;
          }
          cells[ExchangeCell.MessageIndex] = i / 2;
          this.#message(slot, values[i + 1] as string | ArrayBuffer);
          // Ticks and microtasks run, and a store that was entered goes, before the next one.
          if (cells[ExchangeCell.ClosesScope] !== 0 || cells[ExchangeCell.ContextTouched] !== 0) {
            return i / 2 + 1;
          }
        }
        return values.length / 2;
      },
      onUnreadable: (slot) => this.#lost(slot, 1009, 'The message does not fit into memory'),
      onPing: (slot, data) => this.#control(slot, this.#handlers.ping, data),
      onPong: (slot, data) => this.#control(slot, this.#handlers.pong, data),
      onDrain: (slot) => {
        const ws = this.#sockets[slot];
        if (ws === undefined || this.#isOwn(ws)) return;
        this.#call(ws, () => this.#handlers.drain?.call(undefined, ws));
      },
      onClose: (slot, code, reason) => this.#lost(slot, code, reason),
    };
  }

  get publishesToSelf(): boolean {
    return this.#publishesToSelf;
  }

  /** New options and handlers, for open sockets, too. */
  configure(settings: WebSocketSettings): void {
    this.#handlers = settings.handlers;
    this.#publishesToSelf = settings.publishToSelf;
    native.serverSetWebSocket(
      this.server,
      this.#events,
      settings.maxPayloadBytes,
      settings.backpressureLimit,
      settings.idleTimeoutSeconds,
      settings.flags,
      settings.compressWindow,
      settings.memoryLevel,
      settings.decompressWindow,
    );
  }

  /** A connection became a socket: `open` runs before this returns. */
  open(handle: number, data: unknown): void {
    const ws = ServerWebSocket.make(this, handle, data);
    this.#sockets[handle % SLOTS] = ws;
    if (data instanceof OwnSocket) {
      this.#hasOwn = true;
      data.opened(ws);
      return;
    }
    try {
      void this.#handlers.open?.call(undefined, ws);
    } catch (error) {
      ws.terminate();
      this.#fail(ws, error);
    }
  }

  closed(ws: Socket, code: number, reason: string): void {
    this.#sockets[ServerWebSocket.handle(ws) % SLOTS] = undefined;
    ServerWebSocket.end(ws);
    this.relay?.changed();
    if (this.#hasOwn && ws.data instanceof OwnSocket) {
      ws.data.closed();
      return;
    }
    this.#call(ws, () => this.#handlers.close?.call(undefined, ws, code, reason));
  }

  #message(slot: number, message: string | ArrayBuffer): void {
    const ws = this.#sockets[slot];
    if (ws === undefined) return;
    const mayReturn = ws.isPaused || cells[ExchangeCell.MessageReturned] !== 0;
    if (mayReturn && this.#return(ws, message)) return;
    if (this.#hasOwn && ws.data instanceof OwnSocket) {
      cells[ExchangeCell.ClosesScope] = 1;
      if (typeof message === 'string') ws.data.received(message);
      return;
    }
    const { message: handler } = this.#handlers;
    if (handler === undefined) return;
    const data = typeof message === 'string' ? message : received(ws, message);
    try {
      const result: unknown = needsIsolation
        ? isolated(handler, undefined, ws, data)
        : handler(ws, data);
      // Most likely a promise: what waits for it goes on before the next message comes.
      if (result !== undefined) cells[ExchangeCell.ClosesScope] = 1;
    } catch (error) {
      this.#fail(ws, error);
    }
  }

  /** A message that was here already when the handler of an earlier one paused the socket. */
  #return(ws: Socket, message: string | ArrayBuffer): boolean {
    const payload = typeof message === 'string' ? message : new Uint8Array(message);
    return native.webSocketReturn(ServerWebSocket.handle(ws), payload);
  }

  #lost(slot: number, code: number, reason: string): void {
    const ws = this.#sockets[slot];
    if (ws !== undefined) this.closed(ws, code, reason);
  }

  #control(slot: number, handler: AnyHandler['ping'], data: ArrayBuffer): void {
    const ws = this.#sockets[slot];
    if (ws !== undefined && handler !== undefined && !this.#isOwn(ws)) {
      this.#call(ws, () => handler.call(undefined as never, ws, received(ws, data)));
    }
  }

  #isOwn(ws: Socket): boolean {
    return this.#hasOwn && ws.data instanceof OwnSocket;
  }

  #call(ws: Socket, handle: () => unknown): void {
    try {
      void handle();
    } catch (error) {
      this.#fail(ws, error);
    }
  }

  #fail(ws: Socket, error: unknown): void {
    cells[ExchangeCell.ClosesScope] = 1;
    const { error: handler } = this.#handlers;
    if (handler === undefined) {
      throwLater(error);
      return;
    }
    try {
      void handler.call(undefined as never, error as Error, ws);
    } catch (second) {
      throwLater(second);
    }
  }
}
