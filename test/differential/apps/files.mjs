// SPDX-License-Identifier: MIT
// Files as responses: from handlers, in slices, and as route values. The files are made here, with
// the same content and dates for every runtime, in a folder that becomes the working directory.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listening, port } from './support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bunserve-files-'));
process.chdir(folder);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const made = new Date('2020-05-06T07:08:09Z');
const make = (name, content) => {
  writeFileSync(name, content);
  utimesSync(name, made, made);
};
make('a.txt', 'hello file world');
make('empty.txt', '');
make('page.html', '<p>page</p>');
make('data.bin', new Uint8Array(300_000).fill(7));
make('b.pdf', 'not really');
make('noextension', 'plain');
mkdirSync('folder');

const file = (path, options) => Bun.file(path, options);
const part = (...range) => file('a.txt').slice(...range);
const text = (init) => () => new Response(file('a.txt'), init);
const sent = (blob, init) => () => new Response(blob, init);
const mixed = { 'X-A': '1', 'Content-Type': 'x/y', 'Cache-Control': 'no-store', ETag: '"abc"' };
const cookies = [
  ['Set-Cookie', 'a=1'],
  ['X-A', '1'],
  ['Set-Cookie', 'b=2'],
];
const epoch = 'Thu, 01 Jan 1970 00:00:00 GMT';

const handlers = {
  '/plain': text(),
  '/headers': text({ headers: mixed }),
  '/404': text({ status: 404 }),
  '/201': text({ status: 201 }),
  '/204': text({ status: 204 }),
  '/304': text({ status: 304 }),
  '/async': async () => {
    await 1;
    return new Response(file('a.txt'));
  },
  '/sized': () => {
    const sized = file('a.txt');
    return sized.size === 16 ? new Response(sized) : undefined;
  },
  '/validators': text({ headers: { 'Last-Modified': epoch, ETag: '"x"' } }),
  '/framing': text({ headers: { 'Content-Length': '3', 'Transfer-Encoding': 'chunked' } }),
  '/accept-ranges': text({ headers: { 'Accept-Ranges': 'none' } }),
  '/close': text({ headers: { Connection: 'close' } }),
  '/date': text({ headers: { Date: epoch } }),
  '/cookies': text({ headers: cookies }),
  '/content-range': text({ headers: { 'Content-Range': 'bytes 0-1/2' } }),
  '/typed': () => new Response(file('a.txt', { type: 'text/x-foo' })),
  '/empty': () => new Response(file('empty.txt')),
  '/html': () => new Response(file('page.html')),
  '/bin': () => new Response(file('data.bin')),
  '/pdf': () => new Response(file('b.pdf')),
  '/noextension': () => new Response(file('noextension')),
  '/missing': () => new Response(file('nope.txt')),
  '/folder': () => new Response(file('folder')),
  '/slice': sent(part(5, 10)),
  '/slice-404': sent(part(5, 10), { status: 404 }),
  '/slice-all': sent(part(0, 16)),
  '/slice-open': sent(part(4)),
  '/slice-zero': sent(part(0)),
  '/slice-beyond': sent(part(20, 30)),
  '/slice-past': sent(part(10, 100)),
  '/slice-infinity': sent(part(3, Infinity)),
  '/slice-nowhere': sent(part(Infinity)),
  '/slice-far': sent(part(1e300)),
  '/slice-to-far': sent(part(0, 1e300)),
  '/slice-from-far': sent(part(2 ** 53, 2 ** 70)),
  '/slice-typed': sent(part(2, 6, 'text/html')),
  '/slice-download': sent(part(2, 6, 'application/zip')),
  '/slice-ranged': sent(part(2, 6), { headers: { 'Content-Range': 'bytes 1-2/3' } }),
  '/slice-slice': sent(part(4).slice(2, 5)),
  '/slice-empty': () => new Response(file('empty.txt').slice(0, 5)),
  '/slice-negative': sent(part(-4)),
};

const routes = {
  '/route': file('a.txt'),
  '/route/response': new Response(file('a.txt')),
  '/route/headers': new Response(file('a.txt'), { headers: mixed }),
  '/route/201': new Response(file('a.txt'), { status: 201 }),
  '/route/204': new Response(file('a.txt'), { status: 204 }),
  '/route/404': new Response(file('a.txt'), { status: 404 }),
  '/route/slice': part(5, 10),
  '/route/slice-response': new Response(part(5, 10)),
  '/route/slice-past': part(5, 1000),
  '/route/slice-beyond': part(20, 30),
  '/route/slice-nowhere': part(Infinity),
  '/route/slice-to-far': part(3, 1e300),
  '/route/slice-negative': part(-4),
  '/route/empty': file('empty.txt'),
  '/route/missing': file('nope.txt'),
  '/route/folder': file('folder'),
  '/route/modified': new Response(file('a.txt'), { headers: { 'Last-Modified': epoch } }),
  '/route/date': new Response(file('a.txt'), { headers: { Date: epoch } }),
  '/route/close': new Response(file('a.txt'), { headers: { Connection: 'close' } }),
  '/route/content-range': new Response(file('a.txt'), {
    headers: { 'Content-Range': 'bytes 0-1/2' },
  }),
  '/route/accept-ranges': new Response(file('a.txt'), { headers: { 'Accept-Ranges': 'none' } }),
  '/route/length': new Response(file('a.txt'), { headers: { 'Content-Length': '3' } }),
  '/route/cookies': new Response(file('a.txt'), { headers: cookies }),
  '/route/typed': file('a.txt', { type: 'text/x-foo' }),
  '/route/methods': { GET: file('a.txt'), POST: () => new Response('posted') },
  '/route/html': file('page.html'),
  '/route/bin': file('data.bin'),
};

const server = Bun.serve({
  port,
  development: false,
  routes: { ...handlers, ...routes },
  fetch: (req) => new Response(`fetch ${new URL(req.url).pathname}`),
  error: (e) =>
    new Response([e.name, e.code, e.errno, e.syscall, e.path, e.message].join('\n'), {
      status: 500,
    }),
});

listening({ ports: { '': server.port } });
