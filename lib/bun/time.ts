// SPDX-License-Identifier: MIT
//
// Bun.sleep, Bun.sleepSync, Bun.nanoseconds.

import { invalidArgument } from '../errors.js';

const MAX_TIMEOUT = 2 ** 31 - 1;

/** Resolves after `duration` milliseconds, or at a Date; at once when that is over. */
export function sleep(duration: number | Date): Promise<void> {
  const isDate = duration instanceof Date;
  if (!isDate && typeof duration !== 'number') {
    throw new TypeError('sleep expects a number (milliseconds)');
  }
  const end = performance.now() + (isDate ? Number(duration) - Date.now() : duration);
  return new Promise((resolve) => {
    // Timers of Node end above 24 days, and up to a millisecond too early.
    const wait = (): void => {
      const left = end - performance.now();
      if (left > 0) setTimeout(wait, Math.min(Math.ceil(left), MAX_TIMEOUT));
      else resolve();
    };
    const left = end - performance.now();
    setTimeout(wait, left > 0 ? Math.min(Math.ceil(left), MAX_TIMEOUT) : 0);
  });
}

/** Blocks the thread for `milliseconds`. */
export function sleepSync(milliseconds: number): void {
  if (typeof milliseconds !== 'number') throw invalidArgument('milliseconds must be a number');
  if (milliseconds < 0) {
    throw invalidArgument(`argument to sleepSync must not be negative, got ${milliseconds}`);
  }
  const end = performance.now() + milliseconds;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let left = milliseconds; left > 0; left = end - performance.now()) {
    Atomics.wait(cell, 0, 0, left);
  }
}

/** Nanoseconds since the process started. */
export function nanoseconds(): number {
  return Math.round(performance.now() * 1e6);
}
