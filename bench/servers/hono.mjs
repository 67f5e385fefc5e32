// SPDX-License-Identifier: MIT
// The apps on Hono with @hono/node-server. Knows nothing of how it is measured.
import { createAdaptorServer } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';

const text = (app) => app.get('/', (c) => c.text('Bun!'));

const memory = new Uint8Array(1024 * 1024).fill(0x6d);

const apps = {
  static: text,
  text,
  handler: text,
  user: (app) => app.get('/users/:id', (c) => c.json({ id: c.req.param('id'), ok: true })),
  echo: (app) => app.post('/echo', async (c) => c.json(await c.req.json())),
  memory: (app) => app.get('/', (c) => c.body(memory)),
  sendfile: (app) => app.use('*', serveStatic({ root: process.env.BENCH_FILES })),
  meta: (app) =>
    app.get('/meta', (c) => {
      const { req } = c;
      return c.text(
        `${req.header('user-agent')}|${req.header('accept-language')}|` +
          `${req.header('x-request-id')}|${req.query('page')}|${req.query('q')}`,
      );
    }),
};

const define = apps[process.argv[2]];
if (!define) process.exit(64);
const app = new Hono();
define(app);
const server = createAdaptorServer({ fetch: app.fetch });
if (process.env.BENCH_IDLE) server.keepAliveTimeout = 120_000;
if (process.env.BENCH_UNIX) server.listen(process.env.BENCH_UNIX);
else server.listen(Number(process.env.BENCH_PORT), '127.0.0.1');
