// SPDX-License-Identifier: MIT
//
// A worker's part of `bunserve --workers`: its servers share their ports with those of the other
// workers, publish to them, and are drained when the process is told to end.

import { subscribe } from 'node:diagnostics_channel';
import { readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { notSupported } from '../../errors.js';
import type { Server, ServerMessage } from '../../index.js';
import { cluster } from '../../pubsub/cluster.js';
import { setPlacement, type Place, type PlaceWish } from '../../placement.js';
import { GRACE_MS, isStopMessage, PORTS_FD } from './protocol.js';

/** Servers of this process by what they asked for; the index tells equal wishes apart. */
const taken = new Map<string, boolean[]>();

function take(name: string): number {
  const list = taken.get(name) ?? [];
  taken.set(name, list);
  const free = list.indexOf(false);
  const index = free < 0 ? list.length : free;
  list[index] = true;
  return index;
}

/** The primary's answer, waited for. */
function readLine(): string {
  const byte = Buffer.alloc(1);
  let line = '';
  for (;;) {
    if (readSync(PORTS_FD, byte, 0, 1, null) === 0) process.exit(1); // the primary is gone
    if (byte[0] === 10) return line;
    line += byte.toString('latin1');
  }
}

function place({ port, hostname, unix }: PlaceWish): Place {
  if (unix !== undefined) {
    throw notSupported('A unix socket with --workers', 'Several processes can share a port only.');
  }
  const name = `${encodeURIComponent(hostname ?? '')}:${port}`;
  const index = take(name);
  const key = `${name}/${index}`;
  let given = port;
  if (port === 0) {
    writeSync(PORTS_FD, `ask ${key}\n`);
    given = Number(readLine());
  }
  const left = (): void => {
    (taken.get(name) as boolean[])[index] = false;
  };
  return {
    port: given,
    settled(got) {
      writeSync(PORTS_FD, `settled ${key} ${got ?? 0}\n`);
      if (got === undefined) left();
    },
    // Topics of different servers have nothing to do with each other.
    pubsub: () => cluster({ prefix: `bunserve:${key}:` }),
    left,
  };
}

/** Servers that listen, or are draining. */
const servers = new Set<Server>();

function watchServers(): void {
  subscribe('bunserve:server:listen', (message) => {
    servers.add((message as ServerMessage).server as Server);
  });
  subscribe('bunserve:server:close', (message) => {
    servers.delete((message as ServerMessage).server as Server);
  });
}

/** Requests are answered; sockets are closed with 1001 when none of these is left. */
async function drain(): Promise<void> {
  const end = Date.now() + GRACE_MS;
  const stopped = Promise.all([...servers].map((server) => server.stop()));
  const look = setInterval(() => {
    for (const server of servers) {
      const hasSocketsOnly = server.pendingRequests === 0 && server.pendingWebSockets > 0;
      if (hasSocketsOnly || Date.now() > end) void server.stop(true);
    }
  }, 20);
  await stopped;
  clearInterval(look);
}

let isDraining = false;
let isAsked = false;
const seen = new Set<string>();

function onSignal(signal: 'SIGINT' | 'SIGTERM'): void {
  seen.add(signal);
  // A program that handles the signal ends as it likes.
  if (isDraining || process.listenerCount(signal) > 1) return;
  isDraining = true;
  void drain().then(() => process.exit(isAsked ? 0 : 128 + constants.signals[signal]));
}

/** Before the program is loaded. */
export function becomeWorker(): void {
  setPlacement(place);
  watchServers();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A program without servers ends when it is done.
  process.channel?.unref();
  process.on('message', (message) => {
    if (!isStopMessage(message)) return;
    isAsked = true;
    const { signal } = message;
    // A terminal sends it to all processes: that one is about to be handled.
    setImmediate(() =>
      setImmediate(() => {
        if (!seen.has(signal)) process.kill(process.pid, signal);
      }),
    );
  });
}
