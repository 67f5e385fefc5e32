// SPDX-License-Identifier: MIT
// The apps on uWebSockets.js (npm `uwebsockets`), written as its users write them: nothing is
// decoded or parsed that the app does not ask for. Knows nothing of how it is measured.
'use strict';
const { createReadStream } = require('node:fs');
const { readFile, stat } = require('node:fs/promises');
const { App, SHARED_COMPRESSOR, SSLApp } = require('uwebsockets');

const kText = 'text/plain;charset=utf-8';
const kJson = 'application/json;charset=utf-8';
const text = (res) => res.writeHeader('Content-Type', kText).end('Bun!');

function readBody(res, done) {
  let body;
  res.onData((chunk, last) => {
    const part = Buffer.from(chunk);
    if (last && !body) return done(part);
    body = body ? Buffer.concat([body, part]) : Buffer.concat([part]);
    if (last) done(body);
  });
  res.onAborted(() => {});
}

const memory = Buffer.alloc(1024 * 1024, 'm');

// As its documentation has it: what does not fit is offered again, and nothing is copied.
function sendMemory(res) {
  res.onAborted(() => {});
  res.cork(() => {
    const [, isDone] = res.tryEnd(memory, memory.length);
    if (isDone) return;
    res.onWritable((offset) => res.tryEnd(memory.subarray(offset), memory.length)[0]);
  });
}

const folder = process.env.BENCH_FILES;
const small = 64 * 1024;

// As in its own example of video: a stream, paused while the client does not take more. Small files
// are read as a whole.
async function sendFile(res, path) {
  let isGone = false;
  res.onAborted(() => (isGone = true));
  const { size } = await stat(path);
  if (size <= small) {
    const bytes = await readFile(path);
    if (!isGone) res.cork(() => res.end(bytes));
    return;
  }
  const stream = createReadStream(path, { highWaterMark: small });
  res.onAborted(() => {
    isGone = true;
    stream.destroy();
  });
  stream.on('data', (piece) => {
    if (isGone) return;
    const before = res.getWriteOffset();
    res.cork(() => {
      const [isTaken, isDone] = res.tryEnd(piece, size);
      if (isTaken || isDone) return;
      stream.pause();
      res.onWritable((offset) => {
        const [taken] = res.tryEnd(piece.subarray(offset - before), size);
        if (taken) stream.resume();
        return taken;
      });
    });
  });
}

const apps = {
  static: (app) => app.get('/', text),
  text: (app) => app.get('/', text),
  handler: (app) => app.get('/', text),
  user: (app) =>
    app.get('/users/:id', (res, req) => {
      const raw = req.getParameter(0);
      const id = raw.includes('%') ? decodeURIComponent(raw) : raw;
      res.writeHeader('Content-Type', kJson).end(JSON.stringify({ id, ok: true }));
    }),
  echo: (app) =>
    app.post('/echo', (res) => {
      readBody(res, (body) => {
        const answer = JSON.stringify(JSON.parse(body.toString()));
        res.cork(() => res.writeHeader('Content-Type', kJson).end(answer));
      });
    }),
  memory: (app) => app.get('/', sendMemory),
  sendfile: (app) =>
    app.get('/:name', (res, req) => {
      const name = req.getParameter(0);
      sendFile(res, `${folder}/${name}`);
    }),
  meta: (app) =>
    app.get('/meta', (res, req) => {
      const answer =
        `${req.getHeader('user-agent')}|${req.getHeader('accept-language')}|` +
        `${req.getHeader('x-request-id')}|${req.getQuery('page')}|${req.getQuery('q')}`;
      res.writeHeader('Content-Type', kText).end(answer);
    }),
};

const sockets = (app, behavior) => app.ws('/*', { idleTimeout: 0, ...behavior });

apps['ws-echo'] = (app) =>
  sockets(app, { message: (ws, message, isBinary) => void ws.send(message, isBinary) });
apps['ws-deflate'] = (app) =>
  sockets(app, {
    compression: SHARED_COMPRESSOR,
    message: (ws, message, isBinary) => void ws.send(message, isBinary, true),
  });
apps['ws-publish'] = (app) =>
  sockets(app, {
    open: (ws) => ws.subscribe('all'),
    message: (ws, message, isBinary) => void app.publish('all', message, isBinary),
  });
apps['ws-connect'] = (app) => sockets(app, { open: (ws) => ws.end(1000) });

const define = apps[process.argv[2]];
if (!define) process.exit(64);
const { BENCH_TLS_KEY: key, BENCH_TLS_CERT: cert } = process.env;
const onListen = (token) => {
  if (!token) process.exit(1);
};
const app = define(key ? SSLApp({ key_file_name: key, cert_file_name: cert }) : App());
if (process.env.BENCH_UNIX) app.listen_unix(onListen, process.env.BENCH_UNIX);
else app.listen('127.0.0.1', Number(process.env.BENCH_PORT), onListen);
