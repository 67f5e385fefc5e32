// SPDX-License-Identifier: MIT
// The server of the soaks: a route for every way to answer, or not to. See server-process.mjs.
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { file, Response, serve } from 'bunserve';

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const large = new Uint8Array(4e6).fill(120);
let unhandled = 0;
let aborted = 0;
let pulled = 0;
process.on('unhandledRejection', () => unhandled++);
process.on('uncaughtException', () => unhandled++);

/** A body of `size` bytes in pieces of 64 KiB, made when asked for. */
function streamOf(size) {
  const piece = new Uint8Array(64 * 1024).fill(115);
  let left = size;
  return new ReadableStream({
    pull(controller) {
      const next = left < piece.length ? piece.subarray(0, left) : piece;
      left -= next.length;
      pulled += next.length;
      controller.enqueue(next);
      if (left === 0) controller.close();
    },
  });
}

/** What files.soak.mjs has made. */
const path = process.env.SOAK_FILE;
const delays = monitorEventLoopDelay({ resolution: 1 });

/** Number of the last message of each topic. */
const published = new Map();

/**
 * `s`, `u` and `p` with the name of a topic: subscribe, unsubscribe, publish. The first two are
 * answered with the number of the topic's last message, so that a client knows what it must get.
 */
function socketMessage(ws, text) {
  const what = text[0];
  const topic = text.slice(2);
  const last = published.get(topic) ?? 0;
  if (what === 'p') {
    published.set(topic, last + 1);
    server.publish(topic, `m ${topic} ${last + 1}`);
  } else {
    if (what === 's') ws.subscribe(topic);
    else ws.unsubscribe(topic);
    ws.send(`${what} ${topic} ${last}`);
  }
}

const { SOAK_TLS_KEY: key, SOAK_TLS_CERT: cert } = process.env;
const server = serve({
  ...(key && { tls: { key: file(key), cert: file(cert) } }),
  ...(process.env.SOAK_UNIX ? { unix: process.env.SOAK_UNIX } : { port: 0, hostname: '127.0.0.1' }),
  idleTimeout: Number(process.env.SOAK_IDLE ?? 10),
  routes: {
    '/static': new Response('x'.repeat(100)),
    '/static-large': new Response('x'.repeat(3e6)),
    '/large': () => new Response(large),
    '/string': () => new Response('y'.repeat(1e6)),
    '/soon': async () => (await turn(), new Response('soon')),
    '/forget': () => new Promise(() => undefined),
    '/wait': (req) =>
      new Promise((_, reject) => {
        req.signal.addEventListener('abort', () => {
          aborted++;
          reject(req.signal.reason);
        });
      }),
    '/signal': (req) => {
      req.signal.addEventListener('abort', () => aborted++);
      return new Response(large);
    },
    '/read': async (req) => new Response(String((await req.bytes()).length)),
    '/json': async (req) => Response.json(await req.json()),
    '/fail': () => {
      throw new Error('soak');
    },
    ...(path ? { '/file': () => new Response(file(path)), '/route': file(path) } : {}),
    '/stream/:size': (req) => new Response(streamOf(Number(req.params.size))),
  },
  fetch: (req, self) => (self.upgrade(req) ? undefined : new Response('ok')),
  websocket: { idleTimeout: 0, backpressureLimit: 0, message: socketMessage },
  error: () => new Response('error', { status: 500 }),
});

function glance() {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const fds = readdirSync('/proc/self/fd').length;
  const pending = server.pendingRequests;
  const sockets = server.pendingWebSockets;
  let subscribers = 0;
  for (const topic of published.keys()) subscribers += server.subscriberCount(topic);
  const memory = { rss, heapUsed, external, arrayBuffers };
  return { ...memory, fds, pending, sockets, subscribers, unhandled, aborted, pulled };
}

const commands = {
  glance,
  /** Measures the delay of the event loop from now on; `delay` is what it was, in milliseconds. */
  watch() {
    delays.enable();
    delays.reset();
    return {};
  },
  delay: () => ({ max: delays.max / 1e6, p99: delays.percentile(99) / 1e6 }),
  async counters() {
    while (server.pendingRequests + server.pendingWebSockets > 0) await turn();
    server.closeIdleConnections();
    for (let i = 0; i < 6; i++) {
      await turn();
      gc();
    }
    return glance();
  },
};

const input = createInterface({ input: process.stdin });
input.on('line', async (word) => {
  if (word in commands) say(await commands[word]());
});
input.on('close', async () => {
  await server.stop(true);
  process.exitCode = unhandled === 0 ? 0 : 1;
});
say({ port: server.port });
