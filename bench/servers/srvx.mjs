// SPDX-License-Identifier: MIT
// The apps on srvx with its FastResponse, which skips Node's own Response.
// Knows nothing of how it is measured.
import { FastResponse, serve } from 'srvx';

const kJson = { headers: { 'Content-Type': 'application/json;charset=utf-8' } };
const text = () => new FastResponse('Bun!');

const memory = new Uint8Array(1024 * 1024).fill(0x6d);

const apps = {
  static: text,
  text,
  handler: text,
  user: (req) => {
    const raw = req.url.slice(req.url.lastIndexOf('/') + 1);
    const id = raw.includes('%') ? decodeURIComponent(raw) : raw;
    return new FastResponse(JSON.stringify({ id, ok: true }), kJson);
  },
  echo: async (req) => new FastResponse(JSON.stringify(await req.json()), kJson),
  memory: () => new FastResponse(memory),
  meta: (req) => {
    const { headers } = req;
    const query = new URL(req.url).searchParams;
    return new FastResponse(
      `${headers.get('user-agent')}|${headers.get('accept-language')}|` +
        `${headers.get('x-request-id')}|${query.get('page')}|${query.get('q')}`,
    );
  },
};

const app = apps[process.argv[2]];
if (!app) process.exit(64);
const server = serve({
  port: Number(process.env.BENCH_PORT),
  hostname: '127.0.0.1',
  silent: true,
  fetch: app,
});
if (process.env.BENCH_IDLE) server.node.server.keepAliveTimeout = 120_000;
