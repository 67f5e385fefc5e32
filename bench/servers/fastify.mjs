// SPDX-License-Identifier: MIT
// The apps on Fastify: no logger, reply.send instead of async handlers, a response schema where
// the shape is known (its fast path). Knows nothing of how it is measured.
import serveFiles from '@fastify/static';
import Fastify from 'fastify';

const userSchema = {
  response: {
    200: {
      type: 'object',
      properties: { id: { type: 'string' }, ok: { type: 'boolean' } },
    },
  },
};
const text = (app) => app.get('/', (req, reply) => reply.send('Bun!'));

const memory = Buffer.alloc(1024 * 1024, 'm');

const apps = {
  static: text,
  text,
  handler: text,
  user: (app) =>
    app.get('/users/:id', { schema: userSchema }, (req, reply) =>
      reply.send({ id: req.params.id, ok: true }),
    ),
  echo: (app) => app.post('/echo', (req, reply) => reply.send(req.body)),
  memory: (app) => app.get('/', (req, reply) => reply.send(memory)),
  sendfile: (app) => app.register(serveFiles, { root: process.env.BENCH_FILES }),
  meta: (app) =>
    app.get('/meta', (req, reply) => {
      const { headers, query } = req;
      reply.send(
        `${headers['user-agent']}|${headers['accept-language']}|` +
          `${headers['x-request-id']}|${query.page}|${query.q}`,
      );
    }),
};

const define = apps[process.argv[2]];
if (!define) process.exit(64);
const app = Fastify(process.env.BENCH_IDLE ? { keepAliveTimeout: 120_000 } : {});
define(app);
const path = process.env.BENCH_UNIX;
await app.listen(path ? { path } : { port: Number(process.env.BENCH_PORT), host: '127.0.0.1' });
