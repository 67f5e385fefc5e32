// SPDX-License-Identifier: MIT
// The apps on node:http with nothing on top: one function, strings compared by hand.
// Knows nothing of how it is measured.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { pipeline } from 'node:stream';

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

const memory = Buffer.alloc(1024 * 1024, 'm');
const piece = Buffer.alloc(64 * 1024, 's');
const event = Buffer.from(`data: ${JSON.stringify({ id: 1234, text: 'something happened' })}\n\n`);

apps.memory = (req, res) => {
  res.writeHead(200, { 'Content-Length': memory.length });
  res.end(memory);
};

apps.file = (req, res) => {
  res.writeHead(200, { 'Content-Length': statSync(process.env.BENCH_CONTENT).size });
  createReadStream(process.env.BENCH_CONTENT, { highWaterMark: 256 * 1024 }).pipe(res);
};

const folder = process.env.BENCH_FILES;
const paths = new Map(
  ['16k.bin', '1m.bin', '64m.bin'].map((name) => [`/${name}`, `${folder}/${name}`]),
);

apps.sendfile = async (req, res) => {
  const path = paths.get(req.url);
  const { size } = await stat(path);
  res.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': size });
  pipeline(createReadStream(path), res, () => undefined);
};

apps.stream = (req, res) => {
  let count = 0;
  const more = () => {
    while (count < 16) {
      count++;
      if (!res.write(piece)) return void res.once('drain', more);
    }
    res.end();
  };
  res.writeHead(200);
  more();
};

// One event a turn to everybody who is there; twenty for each.
const subscribers = new Map();

function tick() {
  for (const [res, sent] of subscribers) {
    res.write(event);
    if (sent < 19) {
      subscribers.set(res, sent + 1);
      continue;
    }
    res.end();
    subscribers.delete(res);
  }
  if (subscribers.size > 0) setImmediate(tick);
}

apps.sse = (req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  if (subscribers.size === 0) setImmediate(tick);
  subscribers.set(res, 0);
};

const app = apps[process.argv[2]];
if (!app) process.exit(64);
const { BENCH_TLS_KEY: key, BENCH_TLS_CERT: cert } = process.env;
const server = key
  ? createSecure({ key: readFileSync(key), cert: readFileSync(cert) }, app)
  : createServer(app);
if (process.env.BENCH_IDLE) server.keepAliveTimeout = 120_000;
if (process.env.BENCH_UNIX) server.listen(process.env.BENCH_UNIX);
else server.listen(Number(process.env.BENCH_PORT), '127.0.0.1');
