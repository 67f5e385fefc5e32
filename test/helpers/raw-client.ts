// SPDX-License-Identifier: MIT
// One TCP (or unix) connection, with TLS where asked for, that sends exactly the bytes it is told to and reports what came
// back: complete responses, and how the peer ended the connection. It waits for events only; the
// deadline is a watchdog that turns a hang into an error, never a way to find something out.
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ResponseReader, TRUNCATED, valuesOf, type HttpMessage } from './http-message.js';
import { openSocket, type Target } from './transport.js';
import { FrameReader } from './websocket-frames.js';

export type Ending = 'open' | 'closed' | 'reset';

export interface RawClientOptions extends Target {
  /** Method of request i, for responses to HEAD. */
  readonly methodOf?: (index: number) => string;
  readonly deadlineMs?: number;
}

export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

export class RawClient {
  readonly reader: ResponseReader;
  /** What followed a 101. */
  readonly frames = new FrameReader();
  /** Everything received, as it came. */
  readonly received: Buffer[] = [];
  ending: Ending = 'open';

  readonly #socket: Socket;
  readonly #deadlineMs: number;
  #wake: (() => void) | null = null;

  private constructor(socket: Socket, options: RawClientOptions) {
    this.#socket = socket;
    this.#deadlineMs = options.deadlineMs ?? 120_000;
    this.reader = new ResponseReader(options.methodOf);
    socket.setNoDelay(true);
    socket.on('data', (data: Buffer) => {
      this.received.push(data);
      this.#push(data);
      this.#wake?.();
    });
    socket.on('end', () => this.#finish('closed'));
    socket.on('error', () => this.#finish('reset'));
    socket.on('close', () => this.#finish('closed'));
  }

  static async connect(options: RawClientOptions): Promise<RawClient> {
    return new RawClient(await openSocket(options), options);
  }

  get messages(): readonly HttpMessage[] {
    return this.reader.messages;
  }

  /** Sends latin-1 text or bytes; resolves once the kernel has taken them. */
  async write(data: string | Buffer): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
    if (this.#socket.destroyed || bytes.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#socket.write(bytes, () => resolve());
    });
  }

  /** Sends `size` bytes at a time, each its own segment; stops when the peer has gone. */
  async writeInPieces(data: string, size: number): Promise<void> {
    for (let at = 0; at < data.length && this.ending === 'open'; at += size) {
      await this.write(data.slice(at, at + size));
      await nextTurn();
    }
  }

  /** Leaves what comes in the kernel's buffers, which fill up, until reading goes on. */
  read(on: boolean): void {
    if (on) this.#socket.resume();
    else this.#socket.pause();
  }

  /** Sends FIN and keeps reading. */
  halfClose(): void {
    this.#socket.end();
  }

  /** Resolves when `count` messages are complete, or the peer has ended the connection. */
  async untilMessages(count: number): Promise<void> {
    await this.#until(() => this.messages.length >= count || this.#isOver());
  }

  /** Resolves when `count` frames are there, or the peer has ended the connection. */
  async untilFrames(count: number): Promise<void> {
    await this.#until(() => this.frames.frames.length >= count || this.#isOver());
  }

  /** Resolves when the peer has ended the connection. */
  async untilEnd(): Promise<void> {
    await this.#until(() => this.ending !== 'open');
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #push(data: Buffer): void {
    this.reader.push(data);
    if (!this.reader.hasSwitched) return;
    const { messages } = this.reader;
    const [agreed] = valuesOf(messages.at(-1)!.headers, 'sec-websocket-extensions');
    this.frames.takeover = agreed?.includes('server_no_context_takeover') === false;
    this.frames.push(this.reader.takeSwitched());
    this.reader.fault ??= this.frames.fault;
  }

  #isOver(): boolean {
    return this.ending !== 'open' || this.reader.fault !== null;
  }

  #finish(ending: Ending): void {
    if (this.ending === 'open') {
      this.ending = ending;
      this.reader.end();
      if (this.frames.isInside) this.reader.fault ??= TRUNCATED;
    }
    this.#wake?.();
  }

  async #until(condition: () => boolean): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const watchdog = setTimeout(() => {
        this.#wake = null;
        reject(new NoAnswer(`nothing more came within ${this.#deadlineMs} ms`));
      }, this.#deadlineMs);
      this.#wake = () => {
        if (!condition()) return;
        clearTimeout(watchdog);
        this.#wake = null;
        resolve();
      };
    });
  }
}
