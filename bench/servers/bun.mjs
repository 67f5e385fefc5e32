// SPDX-License-Identifier: MIT
// The apps on Bun.serve. One file for three contestants: Bun runs it as it is, Node runs the same
// script with `--import bunserve/register`, and with BENCH_PLAIN=1 Node imports `bunserve` alone
// and keeps its own Response. Knows nothing of how it is measured.

const serve = process.env.BENCH_PLAIN ? (await import('bunserve')).serve : globalThis.Bun.serve;
const text = () => new Response('Bun!');

function manyRoutes(count) {
  const routes = {};
  for (let i = 0; i < count / 2; i++) {
    routes[`/api/v1/resource${i}`] = text;
    routes[`/api/v1/resource${i}/:id`] = text;
  }
  return routes;
}

const apps = {
  static: () => ({ routes: { '/': new Response('Bun!') } }),
  text: () => ({ fetch: text }),
  handler: () => ({ routes: { '/': text } }),
  user: () => ({
    routes: { '/users/:id': (req) => Response.json({ id: req.params.id, ok: true }) },
  }),
  echo: () => ({
    routes: { '/echo': { POST: async (req) => Response.json(await req.json()) } },
  }),
  meta: () => ({
    routes: {
      '/meta': (req) => {
        const { headers } = req;
        const query = new URL(req.url).searchParams;
        return new Response(
          `${headers.get('user-agent')}|${headers.get('accept-language')}|` +
            `${headers.get('x-request-id')}|${query.get('page')}|${query.get('q')}`,
        );
      },
    },
  }),
  routes10: () => ({ routes: manyRoutes(10) }),
  routes10000: () => ({ routes: manyRoutes(10_000) }),
};

const app = apps[process.argv[2]];
if (!app) process.exit(64);
serve({
  port: Number(process.env.BENCH_PORT),
  hostname: '127.0.0.1',
  ...(process.env.BENCH_IDLE ? { idleTimeout: 120 } : {}),
  ...app(),
});
