// SPDX-License-Identifier: MIT
//
// A chat whose rooms reach over processes: sockets of this one are served by Bun.serve's topics, those
// of others through Redis. examples/chat/run.mjs starts two of it; alone it is
// `REDIS_URL=redis://127.0.0.1:6379 bunserve examples/chat/server.mjs`.

import { redis } from 'bunserve/pubsub';
import { Redis } from 'ioredis';

// For its settings only: the adapter makes connections of its own.
const client = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', { lazyConnect: true });

const server = Bun.serve({
  pubsub: redis(client, { prefix: 'chat:' }),
  routes: {
    '/': Bun.file(new URL('page.html', import.meta.url)),
    '/status': () => Response.json({ link: server.pubsub.state, here: server.pendingWebSockets }),
    '/rooms/:room': (req, server) => {
      const name = new URL(req.url).searchParams.get('name') ?? 'somebody';
      const data = { room: req.params.room, name: name.slice(0, 40) };
      if (server.upgrade(req, { data })) return undefined;
      return new Response('WebSockets only', { status: 426 });
    },
  },
  fetch: () => new Response('Not Found', { status: 404 }),
  websocket: {
    maxPayloadLength: 4096,
    open(ws) {
      ws.subscribe(ws.data.room);
      say(ws, 'came in');
    },
    message(ws, message) {
      say(ws, String(message));
    },
    close(ws) {
      say(ws, 'has left');
    },
  },
});

/** To everybody in the room, here and elsewhere; a room is a topic. */
function say({ data }, text) {
  server.publish(data.room, JSON.stringify({ name: data.name, text }));
}

console.log(`chat on ${server.url}`);
