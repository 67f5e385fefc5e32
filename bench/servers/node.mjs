// SPDX-License-Identifier: MIT
// The apps on node:http with nothing on top: one function, strings compared by hand.
// Knows nothing of how it is measured.
import { createServer } from 'node:http';

const kText = 'text/plain;charset=utf-8';
const kJson = 'application/json;charset=utf-8';

function send(res, type, body) {
  res.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  res.end(body);
}

const text = (req, res) => send(res, kText, 'Bun!');

const apps = {
  static: text,
  text,
  handler: text,
  user: (req, res) => {
    const raw = req.url.slice('/users/'.length);
    const id = raw.includes('%') ? decodeURIComponent(raw) : raw;
    send(res, kJson, JSON.stringify({ id, ok: true }));
  },
  echo: (req, res) => {
    const parts = [];
    req.on('data', (part) => parts.push(part));
    req.on('end', () => {
      const body = parts.length === 1 ? parts[0] : Buffer.concat(parts);
      send(res, kJson, JSON.stringify(JSON.parse(body.toString())));
    });
  },
  meta: (req, res) => {
    const { headers } = req;
    const query = new URL(req.url, 'http://localhost').searchParams;
    send(
      res,
      kText,
      `${headers['user-agent']}|${headers['accept-language']}|` +
        `${headers['x-request-id']}|${query.get('page')}|${query.get('q')}`,
    );
  },
};

const app = apps[process.argv[2]];
if (!app) process.exit(64);
const server = createServer(app);
if (process.env.BENCH_IDLE) server.keepAliveTimeout = 120_000;
server.listen(Number(process.env.BENCH_PORT), '127.0.0.1');
