// SPDX-License-Identifier: MIT
//
// A request body that is with the connection: complete in native memory, or arriving. It is read in
// one piece, or as a byte stream whose every pull asks the connection for what comes next: while
// nobody pulls, the socket is paused once the high-water mark is reached.

import { bodyTooLarge, connectionClosed } from '../errors.js';
import { type BodySource, decodeUtf8 } from '../fetch/internal.js';
import { native } from '../native/binding.js';
import { BodyAnswer } from '../native/contract.js';
import type { ConnectionCore } from './connection-core.js';
import { pieceMade } from './piece-memory.js';
import { forkBody } from './shared-body.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** What the native side hands out at once. */
const PIECE_BYTES = 128 * 1024;
const BYTE_ORDER_MARK = 0xfeff;

/** Text by the standard's "UTF-8 decode": one leading byte order mark goes. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

function faultError(fault: number | undefined): Error {
  return fault === BodyAnswer.TooLarge ? bodyTooLarge() : connectionClosed();
}

export class ConnectionBody implements BodySource {
  /** What a read waits for; gets a `BodyAnswer`. */
  #waiting: ((answer: number) => void) | undefined;
  /** Of the stream, until it is closed or failed. */
  #controller: ReadableByteStreamController | undefined;

  constructor(private readonly core: ConnectionCore) {}

  /** The connection's answer to the last `Later`. */
  news(answer: number): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }

  /** Nothing more will come: the exchange is over. */
  end(): void {
    this.news(this.core.bodyFault as number);
    this.#fail();
  }

  #wait(listener: (answer: number) => void): void {
    this.#waiting = listener;
    this.core.owner.watch(this.core);
  }

  /** `take` once the body is complete. */
  #whole<T>(take: () => T): Promise<T> {
    const { core } = this;
    return new Promise((resolve, reject) => {
      const settle = (answer: number): void => {
        if (answer !== BodyAnswer.Last) {
          reject(faultError(core.bodyFault ?? answer));
          return;
        }
        try {
          resolve(take());
        } catch (error) {
          reject(error as Error);
        }
      };
      const answer = native.bodyCollect(core.handle);
      if (answer === BodyAnswer.Later) this.#wait(settle);
      else settle(answer);
    });
  }

  bytes(): Promise<Bytes> {
    const { handle } = this.core;
    return this.#whole(() => new Uint8Array(native.bodyBytes(handle) as ArrayBuffer));
  }

  text(): Promise<string> {
    const { handle } = this.core;
    return this.#whole(() => {
      const text = native.bodyText(handle);
      // Too long for a native string: the decoder says so in its own words.
      if (text === undefined) return decodeUtf8(new Uint8Array(native.bodyBytes(handle)!));
      return withoutMark(text);
    });
  }

  stream(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      type: 'bytes',
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#pull(),
      cancel: () => {
        this.#controller = undefined;
        this.#waiting = undefined;
        native.bodyDiscard(this.core.handle);
      },
    });
  }

  #pull(): Promise<void> | undefined {
    const answer = native.bodyPull(this.core.handle);
    if (answer !== BodyAnswer.Later) {
      this.#feed(answer);
      return undefined;
    }
    return new Promise((resolve) => {
      this.#wait((news) => {
        this.#feed(news);
        resolve();
      });
    });
  }

  #feed(answer: number): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    if (answer === BodyAnswer.More || answer === BodyAnswer.Last) {
      const whole = this.#take(controller);
      if (answer === BodyAnswer.Last && whole) this.#close(controller);
    } else if (answer === BodyAnswer.Done) this.#close(controller);
    else this.#fail(answer);
  }

  /** Passes on what is here; false when there may be more of it. */
  #take(controller: ReadableByteStreamController): boolean {
    const { handle } = this.core;
    const { byobRequest } = controller;
    const view = byobRequest?.view as Uint8Array | null | undefined;
    if (view) {
      const count = native.bodyInto(handle, view);
      if (count > 0) byobRequest!.respond(count);
      return count < view.byteLength;
    }
    const piece = native.bodyPiece(handle);
    const size = piece === undefined ? 0 : piece.byteLength;
    if (size > 0) {
      pieceMade(size);
      controller.enqueue(new Uint8Array(piece!));
    }
    return size < PIECE_BYTES;
  }

  #close(controller: ReadableByteStreamController): void {
    this.#controller = undefined;
    controller.close();
    // A pending BYOB read only settles once its request has been answered.
    controller.byobRequest?.respond(0);
  }

  #fail(answer?: number): void {
    const controller = this.#controller;
    this.#controller = undefined;
    controller?.error(faultError(this.core.bodyFault ?? answer));
  }

  fork(): [BodySource, BodySource] {
    return forkBody(this);
  }
}
