// SPDX-License-Identifier: MIT
//
// SIGINT and SIGTERM end a program in order: its servers stop listening, requests under way are
// answered, then the signal does what it does. A second one does it at once. Programs that listen to
// the signal themselves are left alone.

import { runningServers } from './program-servers.js';

/** How long requests under way may take. */
const GRACE_MS = 10_000;

export function endInOrder(graceMs = GRACE_MS): void {
  let isEnding = false;
  const end = (signal: NodeJS.Signals): void => {
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return;
    const servers = runningServers();
    if (isEnding || servers.length === 0) {
      end(signal);
      return;
    }
    isEnding = true;
    setTimeout(end, graceMs, signal);
    void Promise.allSettled(servers.map((server) => server.stop())).then(() => end(signal));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
