// SPDX-License-Identifier: MIT
// The apps on Bun.serve. One file for three contestants: Bun runs it as it is, Node runs the same
// script with `--import bunserve/register`, and with BENCH_PLAIN=1 Node imports `bunserve` alone
// and keeps its own Response. Knows nothing of how it is measured.

const plain = process.env.BENCH_PLAIN ? await import('bunserve') : undefined;
const { serve, file } = plain ?? globalThis.Bun;
const { BENCH_TLS_KEY: keyFile, BENCH_TLS_CERT: certFile } = process.env;
const text = () => new Response('Bun!');

// The fixed names stand for what an app would look up: none is taken from the request as it is.
const folder = process.env.BENCH_FILES;
const names = ['16k.bin', '1m.bin', '64m.bin'];
// Node's own Response takes a file for a Blob in memory.
const FileResponse = plain ? plain.Response : Response;
const paths = new Map(names.map((name) => [`/${name}`, `${folder}/${name}`]));

function sendFile(req) {
  const { url } = req;
  return new FileResponse(file(paths.get(url.slice(url.indexOf('/', 8)))));
}

const piece = new Uint8Array(64 * 1024).fill(0x73);
const memory = new Uint8Array(1024 * 1024).fill(0x6d);
const event = new TextEncoder().encode(
  `data: ${JSON.stringify({ id: 1234, text: 'something happened' })}\n\n`,
);

function pieces() {
  let count = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(piece);
      if (++count === 16) controller.close();
    },
  });
}

// One event a turn to everybody who is there; twenty for each.
function broadcaster(send) {
  const subscribers = new Map();
  const tick = () => {
    for (const [subscriber, sent] of subscribers) {
      send(subscriber, sent === 19);
      if (sent === 19) subscribers.delete(subscriber);
      else subscribers.set(subscriber, sent + 1);
    }
    if (subscribers.size > 0) setImmediate(tick);
  };
  return (subscriber) => {
    if (subscribers.size === 0) setImmediate(tick);
    subscribers.set(subscriber, 0);
  };
}

function manyRoutes(count) {
  const routes = {};
  for (let i = 0; i < count / 2; i++) {
    routes[`/api/v1/resource${i}`] = text;
    routes[`/api/v1/resource${i}/:id`] = text;
  }
  return routes;
}

const sockets = (websocket) => ({
  fetch: (req, self) => (self.upgrade(req) ? undefined : text()),
  websocket: { idleTimeout: 0, ...websocket },
});

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
  memory: () => ({ fetch: () => new Response(memory) }),
  file: () => ({ fetch: () => new Response(file(process.env.BENCH_CONTENT)) }),
  sendfile: () => ({ fetch: sendFile }),
  fileroutes: () => ({
    routes: Object.fromEntries(names.map((name) => [`/${name}`, file(`${folder}/${name}`)])),
  }),
  stream: () => ({ fetch: () => new Response(pieces()) }),
  sse: () => {
    const headers = { 'Content-Type': 'text/event-stream' };
    const publish = broadcaster((controller, last) => {
      controller.enqueue(event);
      if (last) controller.close();
    });
    return { fetch: () => new Response(new ReadableStream({ start: publish }), { headers }) };
  },
  // A message comes back, goes to everybody, or is the end.
  'ws-echo': () => sockets({ message: (ws, message) => void ws.send(message) }),
  'ws-deflate': () =>
    sockets({ perMessageDeflate: true, message: (ws, message) => void ws.send(message, true) }),
  'ws-publish': () =>
    sockets({
      open: (ws) => ws.subscribe('all'),
      message: (ws, message) => void server.publish('all', message),
    }),
  'ws-connect': () => sockets({ open: (ws) => ws.close(), message() {} }),
  routes10: () => ({ routes: manyRoutes(10) }),
  routes10000: () => ({ routes: manyRoutes(10_000) }),
};

const app = apps[process.argv[2]];
if (!app) process.exit(64);
const unix = process.env.BENCH_UNIX;
const server = serve({
  ...(unix
    ? { unix }
    : { port: Number(process.env.BENCH_PORT), hostname: process.env.BENCH_HOST ?? '127.0.0.1' }),
  ...(keyFile ? { tls: { key: file(keyFile), cert: file(certFile) } } : {}),
  ...(process.env.BENCH_IDLE ? { idleTimeout: 120 } : {}),
  ...app(),
});
