// SPDX-License-Identifier: MIT
// The apps on Deno.serve. Knows nothing of how it is measured.

type App = (req: Request) => Response | Promise<Response>;

const text: App = () => new Response('Bun!');

const memory = new Uint8Array(1024 * 1024).fill(0x6d);

const apps: Record<string, App> = {
  static: text,
  text,
  handler: text,
  user: (req) => {
    const raw = req.url.slice(req.url.lastIndexOf('/') + 1);
    const id = raw.includes('%') ? decodeURIComponent(raw) : raw;
    return Response.json({ id, ok: true });
  },
  echo: async (req) => Response.json(await req.json()),
  memory: () => new Response(memory),
  meta: (req) => {
    const { headers } = req;
    const query = new URL(req.url).searchParams;
    return new Response(
      `${headers.get('user-agent')}|${headers.get('accept-language')}|` +
        `${headers.get('x-request-id')}|${query.get('page')}|${query.get('q')}`,
    );
  },
};

const sockets =
  (handle: (socket: WebSocket) => void): App =>
  (req) => {
    const { socket, response } = Deno.upgradeWebSocket(req, { idleTimeout: 0 });
    handle(socket);
    return response;
  };

apps['ws-echo'] = sockets((socket) => {
  socket.onmessage = ({ data }) => socket.send(data);
});
const everybody = new Set<WebSocket>();
apps['ws-publish'] = sockets((socket) => {
  socket.onopen = () => everybody.add(socket);
  socket.onclose = () => everybody.delete(socket);
  socket.onmessage = ({ data }) => {
    for (const one of everybody) one.send(data);
  };
});
apps['ws-connect'] = sockets((socket) => {
  socket.onopen = () => socket.close();
});

const app = apps[Deno.args[0]];
if (!app) Deno.exit(64);
Deno.serve(
  { port: Number(Deno.env.get('BENCH_PORT')), hostname: '127.0.0.1', onListen: () => {} },
  app,
);
