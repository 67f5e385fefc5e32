// SPDX-License-Identifier: MIT
//
// The primary process of `bunserve --workers`: starts the workers, starts those that fail again,
// ends them when it is told to end, and passes their pub/sub messages on. It serves nothing itself:
// the kernel spreads connections over the workers (SO_REUSEPORT).

import type { Worker } from 'node:cluster';
import { constants } from 'node:os';
import type { Duplex } from 'node:stream';
import { ClusterHub } from '../../pubsub/cluster-hub.js';
import { nodeCluster } from '../../pubsub/node-cluster.js';
import { PortBroker, PortLine } from './ports.js';
import { GRACE_MS, PORTS_FD, WORKER_VARIABLE, type StopMessage } from './protocol.js';

type Signal = StopMessage['signal'];

/** A worker that ran for so long was in order. */
const STABLE_MS = 10_000;
const MAX_FAILURES = 5;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** The others start when the first one listens, so that a program that cannot is told of once. */
const FIRST_START_MS = 2_000;
/** What a worker may take to end when its grace is over. */
const KILL_MS = GRACE_MS + 2_000;

/** One of the N, through all its processes. */
interface Slot {
  number: number;
  worker: Worker | undefined;
  startedAt: number;
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

/** How a process ended. */
interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

function say(text: string): void {
  console.error(`bunserve: ${text}`);
}

function describe({ code, signal }: Ending): string {
  return signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
}

function exitCodeOf({ code, signal }: Ending): number {
  return signal === null ? (code ?? 0) : 128 + constants.signals[signal];
}

export class Supervisor {
  readonly #slots: Slot[];
  readonly #broker = new PortBroker();
  #hasServed = false;
  #restStarted = false;
  /** Set when the process is to end. */
  #stopping: { signal: Signal; code: number } | undefined;

  constructor(count: number) {
    this.#slots = Array.from({ length: count }, (_, index) => ({
      number: index + 1,
      worker: undefined,
      startedAt: 0,
      failures: 0,
      timer: undefined,
    }));
  }

  /** `file`: the command's own; `args`: its arguments. */
  run(file: string, args: readonly string[]): void {
    const cluster = nodeCluster();
    cluster.setupPrimary({
      exec: file,
      args: [...args],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    });
    ClusterHub.get();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => this.#onSignal(signal));
    }
    this.#start(this.#slots[0] as Slot);
    setTimeout(() => this.#startRest(), FIRST_START_MS).unref();
  }

  #startRest(): void {
    if (this.#restStarted || this.#stopping !== undefined) return;
    this.#restStarted = true;
    for (const slot of this.#slots.slice(1)) this.#start(slot);
  }

  #start(slot: Slot): void {
    slot.timer = undefined;
    slot.startedAt = performance.now();
    let line: PortLine | undefined;
    let hasEnded = false;
    const ended = (ending: Ending): void => {
      if (hasEnded) return;
      hasEnded = true;
      if (line !== undefined) this.#broker.leave(line);
      slot.worker = undefined;
      this.#ended(slot, ending);
    };
    const failed = (error: unknown): void => {
      say(`worker ${slot.number} cannot be started: ${String(error)}`);
      ended({ code: 1, signal: null });
    };
    try {
      const worker = nodeCluster().fork({ [WORKER_VARIABLE]: String(slot.number) });
      slot.worker = worker;
      worker.on('exit', (code: number | null, signal: NodeJS.Signals | null) =>
        ended({ code, signal }),
      );
      worker.on('error', (error) => {
        // Others are about messages to a worker that is gone.
        if (worker.process.pid === undefined) failed(error);
      });
      const stdio = worker.process.stdio as unknown as (Duplex | undefined)[] | undefined;
      const pipe = stdio?.[PORTS_FD];
      if (pipe === undefined || pipe === null) return;
      line = new PortLine(this.#broker, pipe, () => {
        this.#hasServed = true;
        this.#startRest();
      });
    } catch (error) {
      failed(error);
    }
  }

  #ended(slot: Slot, ending: Ending): void {
    if (this.#stopping !== undefined) {
      const code = exitCodeOf(ending);
      const isAsked = code === 128 + constants.signals[this.#stopping.signal];
      if (!isAsked) this.#stopping.code ||= code;
      this.#endWhenAlone();
      return;
    }
    if (ending.code === 0) {
      // The program is done.
      this.#startRest();
      this.#endWhenAlone();
      return;
    }
    const ranMs = performance.now() - slot.startedAt;
    slot.failures = ranMs >= STABLE_MS ? 1 : slot.failures + 1;
    const what = `worker ${slot.number} ${describe(ending)}`;
    if (!this.#hasServed && ranMs < STABLE_MS) {
      this.#giveUp(`${what} before it served anything`, ending);
    } else if (slot.failures >= MAX_FAILURES) {
      this.#giveUp(`${what}, for the ${MAX_FAILURES}th time in a row; giving up`, ending);
    } else {
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (slot.failures - 1), LONGEST_PAUSE_MS);
      say(`${what}; starting it again in ${pause / 1000} s`);
      slot.timer = setTimeout(() => this.#start(slot), pause);
    }
  }

  #giveUp(reason: string, ending: Ending): void {
    say(reason);
    this.#stop('SIGTERM', exitCodeOf(ending) || 1);
  }

  #onSignal(signal: Signal): void {
    if (this.#stopping === undefined) {
      this.#stop(signal, 0);
      return;
    }
    for (const { worker } of this.#slots) worker?.process.kill('SIGKILL');
    process.exit(128 + constants.signals[signal]);
  }

  #stop(signal: Signal, code: number): void {
    this.#stopping = { signal, code };
    for (const slot of this.#slots) {
      clearTimeout(slot.timer);
      slot.timer = undefined;
      const message: StopMessage = { bunserveStop: 1, signal };
      if (slot.worker?.isConnected() === true) slot.worker.send(message, () => undefined);
    }
    setTimeout(() => {
      for (const { worker } of this.#slots) worker?.process.kill('SIGKILL');
    }, KILL_MS).unref();
    this.#endWhenAlone();
  }

  #endWhenAlone(): void {
    if (this.#slots.some(({ worker, timer }) => worker !== undefined || timer !== undefined))
      return;
    process.exit(this.#stopping?.code ?? 0);
  }
}
