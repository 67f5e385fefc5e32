// SPDX-License-Identifier: MIT
// Kinds of response bodies: bytes on the wire, Content-Type and Content-Length. The types are
// Bun's (behaviours 1.7), except for Blobs (DIVERGENCES.md, blob-content-type).
import { file, Response } from 'bunserve';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpMessage } from '../../helpers/http-message.js';
import { exchange, get, withErrorLog, withServer } from '../../helpers/with-server.js';

type Body = ConstructorParameters<typeof Response>[0];

const utf8 = 'text/plain;charset=utf-8';
const octets = 'application/octet-stream';
const bytes = Uint8Array.of(0, 1, 0x7f, 0x80, 0xff);

function header(message: HttpMessage | undefined, name: string): string | undefined {
  const found = message?.headers.filter(([key]) => key.toLowerCase() === name) ?? [];
  expect(found.length).toBeLessThan(2);
  return found[0]?.[1];
}

/** The answer of a handler that makes a Response with this body. */
async function answer(make: () => Response): Promise<HttpMessage | undefined> {
  return withServer({ fetch: make }, async (server) => (await exchange(server, get('/')))[0]);
}

function form(): FormData {
  const data = new FormData();
  data.append('name', 'värde');
  return data;
}

const kinds: [string, () => unknown, string | undefined, Uint8Array | string][] = [
  ['string', () => 'text', utf8, 'text'],
  ['string beyond Latin-1', () => 'é € 😀', utf8, 'é € 😀'],
  ['string with a lone surrogate', () => 'a\ud800b', utf8, 'a\ufffdb'],
  ['string with NUL and line ends', () => 'a\0\r\n\r\nb', utf8, 'a\0\r\n\r\nb'],
  ['empty string', () => '', undefined, ''],
  ['null', () => null, undefined, ''],
  ['undefined', () => undefined, undefined, ''],
  ['Uint8Array', () => bytes, octets, bytes],
  ['a part of a buffer', () => new Uint8Array(bytes.buffer, 1, 3), octets, bytes.slice(1, 4)],
  ['DataView', () => new DataView(bytes.buffer, 2, 2), octets, bytes.slice(2, 4)],
  ['ArrayBuffer', () => bytes.buffer, octets, bytes],
  ['Uint16Array', () => Uint16Array.of(0x4241), octets, 'AB'],
  ['Buffer', () => Buffer.from('buffer'), octets, 'buffer'],
  ['empty bytes', () => new Uint8Array(0), undefined, ''],
  ['Blob', () => new Blob(['bl', 'ob'], { type: 'Image/X-Own' }), 'image/x-own', 'blob'],
  ['Blob without a type', () => new Blob(['blob']), undefined, 'blob'],
  [
    'URLSearchParams',
    () => new URLSearchParams({ a: '1 2' }),
    'application/x-www-form-urlencoded;charset=UTF-8',
    'a=1+2',
  ],
  ['number', () => 5, utf8, '5'],
  ['object', () => ({}), utf8, '[object Object]'],
];

test.each(kinds)('%s', async (_, make, type, content) => {
  const message = await answer(() => new Response(make() as Body));
  expect(message?.status).toBe(200);
  expect(header(message, 'content-type')).toBe(type);
  expect(message?.body).toEqual(Buffer.from(content as string));
  expect(header(message, 'content-length')).toBe(String(message?.body.length));
});

test('Response.json', async () => {
  const message = await answer(() => Response.json({ a: 'é' }, { status: 201 }));
  expect([message?.status, header(message, 'content-type')]).toEqual([
    201,
    'application/json;charset=utf-8',
  ]);
  expect(message?.body.toString()).toBe('{"a":"é"}');
});

test('FormData', async () => {
  const message = await answer(() => new Response(form()));
  const type = header(message, 'content-type') ?? '';
  expect(type).toMatch(/^multipart\/form-data; boundary=/);
  const back = new globalThis.Response(message?.body as Uint8Array<ArrayBuffer>, {
    headers: { 'content-type': type },
  });
  expect((await back.formData()).get('name')).toBe('värde');
});

test('a file, read when it is asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bunserve-test-'));
  try {
    const path = join(folder, 'page.html');
    writeFileSync(path, '<p>é');
    const message = await answer(() => new Response(file(path)));
    expect(header(message, 'content-type')).toBe('text/html;charset=utf-8');
    expect(message?.body.toString()).toBe('<p>é');
    await withErrorLog(async (log) => {
      expect((await answer(() => new Response(file(join(folder, 'none')))))?.status).toBe(500);
      expect(log[0]?.[0]).toMatchObject({ code: 'ENOENT', syscall: 'open' });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a clone, and what fetch() returned', async () => {
  const original = new Response('shared', { headers: { 'x-a': '1' } });
  const options = {
    routes: {
      '/source': () => new Response('from afar', { status: 206, headers: { 'x-b': '2' } }),
      '/clone': () => original.clone(),
      '/proxy': (request: Request) => fetch(new URL('/source', request.url)),
    },
  };
  await withServer(options, async (server) => {
    const host = `Host: 127.0.0.1:${server.port}`;
    const paths = ['/clone', '/clone', '/proxy'];
    const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\n${host}\r\n\r\n`).join('');
    const messages = await exchange(server, requests, 3);
    expect(messages.map(({ status, body }) => [status, body.toString()])).toEqual([
      [200, 'shared'],
      [200, 'shared'],
      [206, 'from afar'],
    ]);
    expect([header(messages[1], 'x-a'), header(messages[2], 'x-b')]).toEqual(['1', '2']);
  });
});
