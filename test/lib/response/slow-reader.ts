// SPDX-License-Identifier: MIT
// A client that takes the first bytes of a response and leaves the rest with the server until it is
// told to go on: with a body larger than the socket buffers the server has to wait then.
import type { Socket } from 'node:net';
import type { Server } from 'bunserve';
import { ResponseReader, type HttpMessage } from '../../helpers/http-message.js';
import { openSocket } from '../../helpers/transport.js';

/** More than any kernel buffers for a connection (tcp_rmem and tcp_wmem end at 6 and 4 MB). */
export const LARGE = 32 * 1024 * 1024;

export interface SlowResult {
  readonly messages: readonly HttpMessage[];
  readonly fault: string | null;
  /** The server closed the connection; else it is still open. */
  readonly isClosed: boolean;
}

export class SlowReader {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];
  #received = 0;
  #expected = Infinity;
  #isClosed = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const end = (): void => {
      this.#isClosed = true;
      this.#wake();
    };
    socket.on('end', end);
    socket.on('close', end);
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => this.#take(data));
  }

  /** Sends the request; resolves when the response has begun, and reads no further. */
  static async begin(server: Server, request: string): Promise<SlowReader> {
    const tls = server.protocol === 'https';
    const socket = await openSocket({ port: server.port as number, tls });
    const slow = new SlowReader(socket);
    socket.write(request, 'latin1');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    return slow;
  }

  /** Reads until the response is complete or the server has closed. */
  finish(): Promise<SlowResult> {
    return this.#readUntil(() => this.#received >= this.#expected || this.#isClosed);
  }

  /** Reads until the server has closed the connection. */
  untilClosed(): Promise<SlowResult> {
    return this.#readUntil(() => this.#isClosed);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    if (this.#chunks.length === 0) {
      const head = /^(?:.*\r\n)*?content-length: (\d+)\r\n(?:.+\r\n)*\r\n/i;
      const [matched = '', length] = head.exec(data.toString('latin1')) ?? [];
      this.#expected = matched.length + Number(length);
    }
    this.#chunks.push(data);
    this.#received += data.length;
    this.#wake();
  }

  // The strict reader is slow with a body that comes in a thousand pieces: it gets them as one.
  async #readUntil(isDone: () => boolean): Promise<SlowResult> {
    this.#socket.resume();
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        if (isDone()) resolve();
      };
      this.#wake();
    });
    const reader = new ResponseReader();
    reader.push(Buffer.concat(this.#chunks));
    if (this.#isClosed) reader.end();
    return { messages: reader.messages, fault: reader.fault, isClosed: this.#isClosed };
  }
}
