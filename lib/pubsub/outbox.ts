// SPDX-License-Identifier: MIT
//
// What waits for a link: bounded, oldest first out when there is too much. One batch is under way at
// a time; what is published meanwhile is the next one, so that a busy link gets large batches and an
// idle one small delays. A batch that fails is lost, never sent twice.

import { pubSubError } from '../errors.js';

/** A message on its way to a channel of the link. */
export interface Packet<Part = Uint8Array> {
  channel: string;
  parts: Part[];
  size: number;
}

export interface OutboxLimits {
  maxMessages: number;
  maxBytes: number;
  /** Bytes of a batch; one larger message is a batch of its own. */
  batchBytes: number;
  /** A link that takes so long for a batch is stuck. Default 10 seconds. */
  answerMs?: number;
}

const BATCH_MESSAGES = 1024;
const ANSWER_MS = 10_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

export class Outbox<Part = Uint8Array> {
  /** Messages that were dropped because too many waited. */
  dropped = 0;
  /** What waits is from `#head` on. */
  #queue: Packet<Part>[] = [];
  #head = 0;
  #bytes = 0;
  #isOpen = false;
  #isBusy = false;
  #hasEnded = false;
  /** Dropped since somebody was told. */
  #untold = 0;
  #failures = 0;
  #cut: (() => void) | undefined;
  #whenIdle: (() => void)[] = [];

  constructor(
    private readonly limits: OutboxLimits,
    private readonly transmit: (packets: Packet<Part>[]) => Promise<unknown>,
    private readonly onLoss: (error: Error) => void,
    private readonly onStuck: () => void = () => undefined,
  ) {}

  push(packet: Packet<Part>): void {
    if (this.#hasEnded) {
      this.#drop();
      return;
    }
    this.#queue.push(packet);
    this.#bytes += packet.size;
    const { maxMessages, maxBytes } = this.limits;
    while (this.#waiting > maxMessages || this.#bytes > maxBytes) {
      this.#bytes -= (this.#take(1)[0] as Packet<Part>).size;
      this.#drop();
    }
    this.#run();
  }

  get #waiting(): number {
    return this.#queue.length - this.#head;
  }

  /** The oldest. Moving the rest up each time would cost more than sending. */
  #take(count: number): Packet<Part>[] {
    const taken = this.#queue.slice(this.#head, this.#head + count);
    this.#head += taken.length;
    if (this.#head > this.#queue.length / 2) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return taken;
  }

  #drop(): void {
    this.dropped += 1;
    if (this.#untold === 0) {
      const reason = this.#hasEnded ? 'the link is closed' : 'too many wait for the link';
      this.onLoss(pubSubError('DROPPED', `Messages are dropped, the oldest first: ${reason}`));
    }
    this.#untold += 1;
  }

  /** The link takes messages. */
  open(): void {
    this.#isOpen = true;
    this.#failures = 0;
    this.#run();
  }

  /** The link was lost: what was under way counts as lost, the rest waits. */
  shut(): void {
    this.#isOpen = false;
    this.#cut?.();
  }

  /** Nothing leaves any more. */
  end(): void {
    this.#hasEnded = true;
    for (let count = this.#take(this.#waiting).length; count > 0; count--) this.#drop();
    this.#bytes = 0;
    this.shut();
    this.#settleIdle();
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      this.#settleIdle();
    });
  }

  #settleIdle(): void {
    if (this.#isBusy || this.#waiting > 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #run(): void {
    if (!this.#isOpen || this.#isBusy || this.#waiting === 0) return;
    this.#isBusy = true;
    // Together with what else is published in this turn.
    queueMicrotask(() => void this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    while (this.#isOpen && this.#waiting > 0) {
      const batch = this.#takeBatch();
      try {
        await this.#send(batch);
        this.#failures = 0;
      } catch (error) {
        const { message } = error as Error;
        this.onLoss(pubSubError('LOST', `${batch.length} messages were lost: ${message}`, error));
        if (this.#isOpen) await this.#pause();
      }
    }
    this.#isBusy = false;
    if (this.#untold > 0 && this.#isOpen) {
      const count = this.#untold;
      this.#untold = 0;
      this.onLoss(pubSubError('DROPPED', `${count} messages were dropped; the link is free again`));
    }
    this.#settleIdle();
    this.#run();
  }

  #takeBatch(): Packet<Part>[] {
    let count = 0;
    let size = 0;
    const most = Math.min(this.#waiting, BATCH_MESSAGES);
    for (; count < most; count++) {
      const packet = this.#queue[this.#head + count] as Packet<Part>;
      if (count > 0 && size + packet.size > this.limits.batchBytes) break;
      size += packet.size;
    }
    this.#bytes -= size;
    return this.#take(count);
  }

  #send(batch: Packet<Part>[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const stuck = setTimeout(() => {
        fail(new Error('the link does not answer'));
        this.onStuck();
      }, this.limits.answerMs ?? ANSWER_MS);
      stuck.unref();
      const settle = (): void => {
        clearTimeout(stuck);
        this.#cut = undefined;
      };
      const fail = (error: unknown): void => {
        settle();
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      this.#cut = () => fail(new Error('the link was cut'));
      // An async function also catches what transmit throws.
      (async () => this.transmit(batch))().then(() => {
        settle();
        resolve();
      }, fail);
    });
  }

  /** A link that is there and fails is not asked all the time. */
  #pause(): Promise<void> {
    const delay = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(done, delay);
      const cut = (): void => done();
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
      timer.unref();
      this.#cut = cut;
    });
  }
}
