// SPDX-License-Identifier: MIT
//
// A response whose body comes over time, between its producer and the connection. What is there
// when the microtasks of the handler are over leaves with the head: as a plain response when that
// is all there is, else as the first chunk. From then on each piece is one native call.

import { connectionClosed } from '../errors.js';
import { native } from '../native/binding.js';
import { Delivery, type ExchangeHandle } from '../native/contract.js';
import { respond } from './respond.js';
import type { ResponseTarget } from './target.js';

/** Where the pieces come from. */
export interface Producer {
  /** More is wanted, after a piece that the writer did not answer with true. */
  resume(): void;
  /** Nobody wants the rest; `reason` is undefined when nobody ever did. */
  cancel(reason: unknown): void;
}

/** Status, field lines and flags of a response whose body is yet to come. */
export interface StreamHead {
  readonly status: number;
  readonly fields: string;
  readonly flags: number;
  /** Bytes of the whole body, -1 when nobody knows. */
  readonly length: number;
}

export type Piece = string | Uint8Array;

const Phase = { Gathering: 0, Open: 1, Ended: 2, Gone: 3 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

// Rounds of next tick and microtasks that are waited for. Node's own streams take three to hand over
// what they have.
const TICKS = 3;
// More than this does not wait for the end of the microtasks.
const GATHER_BYTES = 64 * 1024;
// After so much without a break others get their turn: a producer and a client that are both fast
// would otherwise keep the event loop to themselves.
const BURST_BYTES = 512 * 1024;
const LONG_STRING = 1024 * 1024;
// What a piece costs apart from its bytes.
const PIECE_COST = 256;

const { isAnyArrayBuffer } = process.getBuiltinModule('node:util/types');

/** A chunk in a form the addon takes; TypeError in Bun's words for anything else. */
export function pieceOf(chunk: unknown): Piece {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) {
    return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  if (isAnyArrayBuffer(chunk)) return new Uint8Array(chunk);
  throw Object.assign(
    new TypeError('write() expects a string, ArrayBufferView, or ArrayBuffer'),
    chunk === null || chunk === undefined
      ? { code: 'ERR_STREAM_NULL_VALUES' }
      : { code: 'ERR_INVALID_ARG_TYPE' },
  );
}

const settled = Promise.resolve();

const open = new Map<ExchangeHandle, StreamWriter>();

/** The addon's onWritable. */
export function resumeStream(handle: ExchangeHandle): void {
  open.get(handle)?.writable();
}

/** The addon's onAborted. */
export function abandonStream(handle: ExchangeHandle, reason: () => unknown): void {
  const writer = open.get(handle);
  if (writer !== undefined) writer.abandoned(reason());
}

export class StreamWriter {
  /** Settles when the response is over, one way or the other; never rejects. */
  readonly finished: Promise<void>;
  #finish!: () => void;
  #phase: Phase = Phase.Gathering;
  #pieces: Piece[] = [];
  #gathered = 0;
  #ticks = 0;
  #burst = 0;
  /** The client has more than it takes. */
  #full = false;
  /** The producer waits to be resumed. */
  #owed = false;
  #drains: (() => void)[] = [];

  constructor(
    private readonly core: ResponseTarget,
    private readonly head: StreamHead,
  ) {
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  #producer!: Producer;

  /** Lets the producer begin. What it gives until the microtasks are over is gathered. */
  start(producer: Producer): void {
    this.#producer = producer;
    producer.resume();
    if (this.#phase !== Phase.Gathering) return;
    void settled.then(this.#wait);
  }

  // A tick queued by a microtask runs when no microtask is left. (queueMicrotask() would make an
  // async resource for each.)
  readonly #wait = (): void => {
    if (this.#phase === Phase.Gathering) process.nextTick(this.#waited);
  };

  readonly #waited = (): void => {
    if (++this.#ticks < TICKS) void settled.then(this.#wait);
    else this.#open();
  };

  get isOver(): boolean {
    return this.#phase >= Phase.Ended;
  }

  /** The connection ended before the response did. */
  get isGone(): boolean {
    return this.#phase === Phase.Gone;
  }

  get isSecure(): boolean {
    return this.core.owner.scheme === 'https://';
  }

  get isFull(): boolean {
    return this.#full;
  }

  /**
   * Takes a piece. False: the producer should wait for resume(), which comes only if the response
   * is not over. Throws for chunks of a wrong type.
   */
  put(chunk: unknown): boolean {
    const size = this.write(pieceOf(chunk));
    if (this.#phase >= Phase.Ended) return false;
    if (this.#full) {
      this.#owed = true;
      return false;
    }
    this.#burst += size + PIECE_COST;
    if (this.#burst < BURST_BYTES) return true;
    this.#owed = true;
    setImmediate(() => this.#goOn());
    return false;
  }

  /** Takes a piece whatever waits already; returns its size in bytes. */
  write(piece: Piece): number {
    if (this.#phase === Phase.Gathering) return this.#gather(piece);
    if (this.#phase !== Phase.Open) return 0;
    // Very long strings are encoded here, where running out of memory is an error to be caught.
    const bytes =
      typeof piece === 'string' && piece.length > LONG_STRING ? Buffer.from(piece) : piece;
    return this.#sent(native.streamWrite(this.core.handle, bytes));
  }

  #gather(piece: Piece): number {
    const size = typeof piece === 'string' ? Buffer.byteLength(piece) : piece.byteLength;
    if (size === 0) return 0;
    this.#gathered += size;
    if (this.#gathered < GATHER_BYTES) {
      // The producer may use its memory for the next piece.
      this.#pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece));
    } else {
      this.#open();
      this.write(piece);
    }
    return size;
  }

  /** Sends what was written at once; the body's length cannot be told any more. */
  flush(): void {
    this.#open();
    if (this.#phase === Phase.Open) native.streamFlush(this.core.handle);
  }

  #open(): void {
    if (this.#phase !== Phase.Gathering) return;
    this.#phase = Phase.Open;
    open.set(this.core.handle, this);
    const { status, fields, flags, length } = this.head;
    const first = joined(this.#pieces);
    this.#pieces = [];
    const { handle } = this.core;
    this.#sent(native.streamStart(handle, status, fields, flags, length, first));
  }

  #sent(outcome: number | undefined): number {
    if (outcome === undefined) {
      // The connection went before anybody could say so.
      this.abandoned(connectionClosed());
      return 0;
    }
    if (outcome >= 0) return outcome;
    this.#full = true;
    return -1 - outcome;
  }

  /** The body is complete. */
  end(): void {
    if (this.#phase >= Phase.Ended) return;
    const gathering = this.#phase === Phase.Gathering;
    this.#over(Phase.Ended);
    const { core } = this;
    if (gathering) {
      const { status, fields, flags } = this.head;
      respond(core, status, fields, joined(this.#pieces), flags);
    } else {
      const delivery = native.streamEnd(core.handle);
      if (delivery !== Delivery.Sent) core.notSent(delivery);
    }
    this.#finish();
  }

  /** The rest will never come: the client must not take what it has for the whole. */
  fail(error: unknown): void {
    if (this.#phase >= Phase.Ended) return;
    const isBegun = this.#phase === Phase.Open;
    this.#over(Phase.Ended);
    report(error);
    native.streamReset(this.core.handle);
    this.core.broke(error, isBegun);
    this.#finish();
  }

  #over(phase: Phase): void {
    this.#phase = phase;
    this.core.ended = true;
    this.#full = false;
    open.delete(this.core.handle);
    this.#release();
  }

  writable(): void {
    this.#full = false;
    this.#release();
    this.#goOn();
  }

  #goOn(): void {
    this.#burst = 0;
    if (!this.#owed || this.#full || this.#phase !== Phase.Open) return;
    this.#owed = false;
    this.#producer.resume();
  }

  abandoned(reason: unknown): void {
    if (this.#phase >= Phase.Ended) return;
    this.#over(Phase.Gone);
    this.#producer.cancel(reason);
    this.#finish();
  }

  /** Settles when the client has taken what waited for it, or never will. */
  drained(): Promise<void> {
    if (!this.#full) return Promise.resolve();
    return new Promise((resolve) => this.#drains.push(resolve));
  }

  #release(): void {
    if (this.#drains.length === 0) return;
    const drains = this.#drains;
    this.#drains = [];
    for (const resolve of drains) resolve();
  }
}

/** Whether the text ends in the first half of a character, which must not meet the second. */
function endsInHalf(text: string): boolean {
  return (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
}

function joined(pieces: Piece[]): Piece {
  if (pieces.length === 0) return '';
  if (pieces.length === 1) return pieces[0] as Piece;
  const areTexts = pieces.every((piece) => typeof piece === 'string' && !endsInHalf(piece));
  if (areTexts) return pieces.join('');
  return Buffer.concat(
    pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
  );
}

/** For what a source throws on being told that nobody wants the rest: aborts are no news then. */
export function reportUnlessAbort(error: unknown): void {
  if ((error as Partial<Error> | null)?.name !== 'AbortError') report(error);
}

/** To stderr: a response that was cut off would otherwise leave no trace. */
export function report(error: unknown): void {
  try {
    console.error(error);
  } catch {
    console.error('A response stream failed with a value that cannot be shown');
  }
}
