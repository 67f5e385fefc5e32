// SPDX-License-Identifier: MIT
//
// What the adapters have in common: names of channels, envelopes, the bounded outbox, subscribing
// again when a lost link is back. A link of a kind connects, sends, joins and parts.

import { invalidArgument, outOfRange, pubSubError } from '../errors.js';
import { Assembler, encode, ENVELOPE_BYTES, ORIGIN_BYTES, tooLong } from './envelope.js';
import { Outbox, type Packet } from './outbox.js';
import type { PubSubAdapter, PubSubKind, PubSubState } from './types.js';

export interface LinkOptions {
  /** Begins the names of channels; applications that share a link need one each. */
  prefix?: string;
  /** Bytes that wait while the link is down or slow; then the oldest messages are dropped. 16 MiB. */
  maxQueueBytes?: number;
  /** Messages that wait. Default 100,000. */
  maxQueueMessages?: number;
  /** Seconds after which a link that takes nothing counts as lost. Default 10. */
  answerTimeout?: number;
}

/** What a kind of link says of itself. */
export interface LinkTraits {
  prefix: string;
  /** What a prefix may be, and how that is said. */
  prefixPattern?: RegExp;
  batchBytes?: number;
}

const DEFAULT_BYTES = 16 * 1024 * 1024;
const DEFAULT_MESSAGES = 100_000;
const DEFAULT_ANSWER_SECONDS = 10;
/** What a timer takes: 24 days. */
const MAX_ANSWER_SECONDS = 2_000_000;
/** How long close() waits for what is to be sent, and for the link's own goodbye. */
const CLOSE_MS = 1_000;

function readLimit(options: LinkOptions, name: keyof LinkOptions, fallback: number): number {
  const value = options[name];
  if (value === undefined) return fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw outOfRange(`options.${name}`, 'an integer >= 1', value);
  }
  return value;
}

function readAnswerMs(options: LinkOptions): number {
  const seconds = readLimit(options, 'answerTimeout', DEFAULT_ANSWER_SECONDS);
  if (seconds > MAX_ANSWER_SECONDS) {
    throw outOfRange('options.answerTimeout', `<= ${MAX_ANSWER_SECONDS}`, seconds);
  }
  return seconds * 1000;
}

function readPrefix({ prefix }: LinkOptions, traits: LinkTraits): string {
  if (prefix === undefined) return traits.prefix;
  const pattern = traits.prefixPattern ?? /^[^\s]{1,500}$/u;
  if (typeof prefix !== 'string' || !pattern.test(prefix)) {
    throw invalidArgument(`The "prefix" option must be a string that matches ${String(pattern)}`);
  }
  return prefix;
}

/** Resolves after `ms` or with `promise`, whichever is first. */
async function atMost(ms: number, promise: Promise<unknown> | void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([over, Promise.resolve(promise).catch(() => {})]);
  clearTimeout(timer);
}

export abstract class LinkAdapter implements PubSubAdapter {
  onMessage: PubSubAdapter['onMessage'];
  onError: PubSubAdapter['onError'];
  onState: PubSubAdapter['onState'];
  protected readonly prefix: string;
  /** How long the link may take to answer. */
  protected readonly answerMs: number;
  readonly #maxBytes: number;
  readonly #origin = process.getBuiltinModule('node:crypto').randomBytes(ORIGIN_BYTES);
  readonly #outbox: Outbox;
  readonly #assembler: Assembler;
  /** Topics that are wanted, by channel. */
  readonly #topics = new Map<string, string>();
  #state: PubSubState = 'connecting';
  #sequence = 0;
  #isStarted = false;
  #isUp = false;
  #isClosing = false;
  #isClosed = false;
  /** Counts the times the link came and went. */
  #turn = 0;
  #hasComplained = false;

  protected constructor(options: LinkOptions, traits: LinkTraits) {
    this.prefix = readPrefix(options, traits);
    this.#maxBytes = readLimit(options, 'maxQueueBytes', DEFAULT_BYTES);
    this.answerMs = readAnswerMs(options);
    const limits = {
      maxBytes: this.#maxBytes,
      maxMessages: readLimit(options, 'maxQueueMessages', DEFAULT_MESSAGES),
      batchBytes: traits.batchBytes ?? 1024 * 1024,
      answerMs: this.answerMs,
    };
    this.#outbox = new Outbox(
      limits,
      (packets) => this.transmit(packets),
      (error) => this.fail(error),
      () => {
        if (this.#isUp) this.stuck();
      },
    );
    this.#assembler = new Assembler(this.#origin, this.#maxBytes);
  }

  /** Connects; calls `up` and `down` from then on, and `over` when it is given up. */
  protected abstract connect(): void;
  protected abstract disconnect(): Promise<unknown> | void;
  /** Resolves when the link has taken the packets. Only called while it is up. */
  protected abstract transmit(packets: Packet[]): Promise<unknown>;
  protected abstract join(channel: string): unknown;
  protected abstract part(channel: string): unknown;
  /** The name of a topic's channel. */
  protected abstract channelOf(topic: string): string;
  /** The longest message the link takes. */
  protected abstract limit(): number;

  /** The link is there and takes nothing: a network that swallows all, a server that hangs. */
  protected stuck(): void {
    // Most clients notice by themselves, sooner or later.
  }

  /** The link is new: nothing is subscribed to. */
  protected async joinAll(channels: readonly string[]): Promise<unknown> {
    // All asked at once: what is parted from meanwhile comes after.
    const asked = channels.map((channel) => {
      try {
        return Promise.resolve(this.join(channel));
      } catch (error) {
        return Promise.reject(error as Error);
      }
    });
    const results = await Promise.allSettled(asked);
    const failed = results.filter((result) => result.status === 'rejected');
    if (failed.length === 0) return;
    const reason: unknown = failed[0]?.reason;
    const what = `${failed.length} of ${channels.length} topics cannot be subscribed to`;
    throw pubSubError('SUBSCRIBE', `${what}: ${String(reason)}`, reason);
  }

  get state(): PubSubState {
    return this.#state;
  }

  get dropped(): number {
    return this.#outbox.dropped;
  }

  /** Nothing may be opened any more. */
  protected get isClosed(): boolean {
    return this.#isClosed;
  }

  open(): void {
    if (this.#isStarted || this.#isClosing) return;
    this.#isStarted = true;
    this.connect();
  }

  publish(topic: string, message: string | Uint8Array, kind: PubSubKind, compress = false): void {
    if (this.#isClosing) return;
    this.open();
    const bytes = typeof message === 'string' ? Buffer.from(message) : message;
    if (bytes.length + ENVELOPE_BYTES > this.#maxBytes) {
      this.fail(pubSubError('TOO_LARGE', `${tooLong(bytes.length)} (see maxQueueBytes)`));
      return;
    }
    this.#sequence += 1;
    try {
      const envelope = { kind, compress, bytes };
      const parts = encode(this.#origin, this.#sequence, envelope, this.limit());
      const size = parts.reduce((sum, part) => sum + part.length, 0);
      this.#outbox.push({ channel: this.channelOf(topic), parts, size });
    } catch (error) {
      this.fail(error);
    }
  }

  subscribe(topic: string): void {
    if (this.#isClosing) return;
    this.open();
    const channel = this.channelOf(topic);
    if (this.#topics.has(channel)) return;
    this.#topics.set(channel, topic);
    if (this.#isUp) void this.#ask(() => this.join(channel));
  }

  unsubscribe(topic: string): void {
    const channel = this.channelOf(topic);
    if (this.#topics.delete(channel) && this.#isUp) void this.#ask(() => this.part(channel));
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    await atMost(CLOSE_MS, this.#outbox.idle());
    this.#isClosed = true;
    this.#isUp = false;
    this.#turn += 1;
    this.#outbox.shut();
    this.#topics.clear();
    try {
      if (this.#isStarted) await atMost(CLOSE_MS, this.disconnect());
    } finally {
      this.#move('closed');
    }
  }

  /** What fails with the link is not worth telling: the link's own error is. */
  async #ask(action: () => unknown): Promise<void> {
    const turn = this.#turn;
    try {
      await action();
    } catch (error) {
      if (turn === this.#turn) this.fail(error);
    }
  }

  /** The link is there. */
  protected up(): void {
    if (this.#isClosed || this.#isUp) return;
    this.#isUp = true;
    this.#turn += 1;
    const turn = this.#turn;
    this.#assembler.clear();
    void this.#ask(() => this.joinAll([...this.#topics.keys()])).then(() => {
      if (turn !== this.#turn) return;
      this.#hasComplained = false;
      this.#move('open');
      this.#outbox.open();
    });
  }

  /** The link is lost; `error` is told once. */
  protected down(error: unknown): void {
    if (this.#isClosed || this.#state === 'closed') return;
    if (this.#isUp) {
      this.#isUp = false;
      this.#turn += 1;
      this.#outbox.shut();
    }
    if (this.#state === 'open') this.#move('down');
    if (!this.#hasComplained) {
      this.#hasComplained = true;
      this.fail(error);
    }
  }

  /** The link will not come back. */
  protected over(error: Error): void {
    if (this.#isClosed || this.#state === 'closed') return;
    this.#isUp = false;
    this.#turn += 1;
    this.#move('closed');
    this.fail(error);
    this.#outbox.end();
  }

  protected receive(channel: string, bytes: Uint8Array): void {
    const topic = this.#topics.get(channel);
    if (topic === undefined) return;
    try {
      const message = this.#assembler.take(bytes);
      if (message === undefined) return;
      const { kind, compress } = message;
      const content = kind === 'text' ? Buffer.from(message.bytes).toString() : message.bytes;
      this.onMessage?.(topic, content, kind, compress);
    } catch (error) {
      this.fail(error);
    }
  }

  protected fail(error: unknown): void {
    this.onError?.(error instanceof Error ? error : new Error(String(error)));
  }

  #move(state: PubSubState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.onState?.(state);
  }
}

/** A growing pause before the next attempt, spread so that processes do not come back together. */
export function pauseBefore(attempt: number): number {
  return Math.min(50 * 2 ** Math.min(attempt, 10), 2_000) * (0.5 + Math.random() / 2);
}
