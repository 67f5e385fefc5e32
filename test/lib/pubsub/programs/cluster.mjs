// SPDX-License-Identifier: MIT
// A node:cluster of two workers that serve sockets, all of which are in one room. Arguments: the
// serialization, and whether the primary is in it (`relay`). Prints "NAME listens PORT" and
// "NAME state" of the workers; obeys lines of stdin: `publish TEXT` by the primary, `kill one`.
import cluster from 'node:cluster';
import { subscribe } from 'node:diagnostics_channel';
import { createInterface } from 'node:readline';
import { serve } from 'bunserve';
import { cluster as link } from 'bunserve/pubsub';

const [serialization, how] = process.argv.slice(2);
const base = { port: 0, hostname: '127.0.0.1', development: false };

function primary() {
  cluster.setupPrimary({ serialization });
  const pubsub = how === 'relay' ? link({ prefix: 'test:' }) : undefined;
  const server = serve({ ...base, pubsub, fetch: () => new Response() });
  const workers = {};
  for (const name of ['one', 'two']) {
    workers[name] = cluster.fork({ NAME: name });
    workers[name].on('message', ({ said }) => {
      if (said !== undefined) console.log(`${name} ${said}`);
    });
  }
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const [word, text] = line.split(' ');
      if (word === 'publish') server.publish('room', text);
      if (word === 'kill') workers[text].process.kill('SIGKILL');
    })
    .on('close', () => process.exit(0));
}

function worker() {
  const say = (said) => process.send({ said });
  subscribe('bunserve:pubsub:state', ({ state }) => say(state));
  subscribe('bunserve:pubsub:error', ({ error }) => say(error.code));
  const server = serve({
    ...base,
    pubsub: link({ prefix: 'test:' }),
    fetch: (req, self) => (self.upgrade(req) ? undefined : new Response('no')),
    websocket: {
      open: (ws) => ws.subscribe('room'),
      message: (ws, message) => ws.publish('room', message),
    },
  });
  say(`listens ${server.port}`);
}

if (cluster.isPrimary) primary();
else worker();
