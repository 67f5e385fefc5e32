// SPDX-License-Identifier: MIT
//
// What the primary process and its workers agree upon.

/** Descriptor of a worker's pipe for questions about ports, behind the one of node:cluster. */
export const PORTS_FD = 4;

/** Number of the worker, from 1 on, in its environment. */
export const WORKER_VARIABLE = 'BUNSERVE_WORKER';

/** How long requests under way may take when the process is to end. */
export const GRACE_MS = 10_000;

export interface StopMessage {
  bunserveStop: 1;
  signal: 'SIGINT' | 'SIGTERM';
}

export function isStopMessage(message: unknown): message is StopMessage {
  return typeof message === 'object' && message !== null && 'bunserveStop' in message;
}
