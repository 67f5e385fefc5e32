// SPDX-License-Identifier: MIT
// WebSockets of Elysia, by its own Bun adapter: validation, params, topics, and what is sent back.
import { Elysia, t } from 'elysia';
import { listenApp } from './support.mjs';

const app = new Elysia()
  .ws('/echo', {
    message: (ws, message) => void ws.send(message),
  })
  .ws('/typed', {
    body: t.Object({ n: t.Number() }),
    response: t.Object({ double: t.Number() }),
    message: (ws, { n }) => void ws.send({ double: 2 * n }),
  })
  .ws('/rooms/:room', {
    query: t.Object({ name: t.String() }),
    open(ws) {
      ws.subscribe(ws.data.params.room);
      ws.send(`welcome ${ws.data.query.name}`);
    },
    message(ws, message) {
      ws.publish(ws.data.params.room, `${ws.data.query.name}: ${message}`);
      ws.send(`sent ${ws.isSubscribed(ws.data.params.room)}`);
    },
    close: (ws) => void app.server.publish(ws.data.params.room, `${ws.data.query.name} left`),
  })
  .ws('/guarded', {
    beforeHandle: ({ query, status }) => (query.key === 'open' ? undefined : status(401)),
    message: (ws, message) => void ws.send(message),
  })
  .ws('/returns', { message: (_, message) => `returned ${message}` })
  .ws('/closes', { message: (ws) => void ws.close(4001, 'enough') })
  .get('/', 'hello');

listenApp(app);
