// SPDX-License-Identifier: MIT
//
// Hot module replacement over our own WebSockets: the channel that Vite sends updates into, and the
// browsers that listen. Vite makes a new channel when its configuration changes; browsers then find
// the way back by themselves.

import { OwnSocket } from '../websocket/own-socket.js';
import type { ServerWebSocket } from '../websocket/server-websocket.js';

/** A message of Vite's protocol. */
export interface HotPayload {
  type: string;
  event?: string;
  data?: unknown;
}

interface HotClient {
  send(payload: HotPayload): void;
  send(event: string, data?: unknown): void;
}

type HotListener = (data: unknown, client: HotClient) => void;

const MAX_MESSAGE = 1024 * 1024;

export class HotChannel {
  readonly #listeners = new Map<string, Set<HotListener>>();
  readonly #sockets = new Set<HotSocket>();
  /**
   * What a page that is loading will want to hear: the error that it is about to run into, or a
   * reload that nobody was there to hear of.
   */
  #kept: HotPayload | undefined;

  send(payload: HotPayload): void {
    if (payload.type === 'error') this.#kept = payload;
    else if (payload.type === 'full-reload' && this.#sockets.size === 0) this.#kept = payload;
    const text = JSON.stringify(payload);
    for (const socket of this.#sockets) socket.write(text);
  }

  on(event: string, listener: HotListener): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(event, listeners);
  }

  off(event: string, listener: HotListener): void {
    this.#listeners.get(event)?.delete(listener);
  }

  listen(): void {
    // The server listens already.
  }

  close(): void {
    for (const socket of this.#sockets) socket.end();
  }

  /** @internal */
  joined(socket: HotSocket): void {
    this.#sockets.add(socket);
    this.emit('vite:client:connect', undefined, socket);
    socket.write('{"type":"connected"}');
    if (this.#kept === undefined) return;
    socket.write(JSON.stringify(this.#kept));
    if (this.#kept.type !== 'error') this.#kept = undefined;
  }

  /** A file changed: what was wrong may be mended, or will be said again. */
  forget(): void {
    this.#kept = undefined;
  }

  /** @internal */
  left(socket: HotSocket): void {
    if (this.#sockets.delete(socket)) this.emit('vite:client:disconnect', undefined, socket);
  }

  /** @internal */
  emit(event: string, data: unknown, client: HotClient): void {
    for (const listener of this.#listeners.get(event) ?? []) {
      try {
        listener(data, client);
      } catch (error) {
        console.error(error);
      }
    }
  }
}

/** A browser that listens. */
export class HotSocket extends OwnSocket implements HotClient {
  #ws: ServerWebSocket<unknown> | undefined;

  constructor(private readonly channel: HotChannel) {
    super();
  }

  override opened(ws: ServerWebSocket<unknown>): void {
    this.#ws = ws;
    this.channel.joined(this);
  }

  override received(message: string): void {
    if (message.length > MAX_MESSAGE) return;
    let payload: unknown;
    try {
      payload = JSON.parse(message);
    } catch {
      return;
    }
    if (typeof payload !== 'object' || payload === null) return;
    const { type, event, data } = payload as Partial<HotPayload>;
    if (type === 'custom' && typeof event === 'string') this.channel.emit(event, data, this);
  }

  override closed(): void {
    this.#ws = undefined;
    this.channel.left(this);
  }

  send(payload: HotPayload | string, data?: unknown): void {
    const message =
      typeof payload === 'string' ? { type: 'custom', event: payload, data } : payload;
    this.write(JSON.stringify(message));
  }

  /** @internal */
  write(text: string): void {
    this.#ws?.sendText(text);
  }

  /** @internal */
  end(): void {
    this.#ws?.close(1001, 'The development server restarts');
  }
}

/** Answers whether the server is back: opened and closed. */
export class PingSocket extends OwnSocket {
  override opened(ws: ServerWebSocket<unknown>): void {
    ws.close(1000);
  }

  override received(): void {
    // Nothing is asked.
  }

  override closed(): void {
    // Nothing is kept.
  }
}
