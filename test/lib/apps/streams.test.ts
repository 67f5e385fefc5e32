// SPDX-License-Identifier: MIT
// Applications that stream, send events and take uploads, unchanged, on us and on real Bun.

import { answersOfBoth, type Ask } from './both-runtimes.js';

const MIB = 1024 * 1024;

/** Bytes without a period that a chunk size could hide. */
function bytes(size: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(size);
  for (let i = 0; i < size; i++) all[i] = (i * 31 + (i >> 8)) & 0xff;
  return all;
}

const upload = bytes(3 * MIB);

type Init = () => RequestInit;

function raw(body: Uint8Array<ArrayBuffer> | ReadableStream): Init {
  const headers = { 'content-type': 'application/octet-stream' };
  return () => ({ method: 'POST', body, headers });
}

/** A body of unknown length: the client sends it chunked. */
function chunked(pieces: readonly Uint8Array[]): Init {
  return () => {
    const body = ReadableStream.from(pieces as never) as ReadableStream;
    return { ...raw(body)(), duplex: 'half' } as RequestInit;
  };
}

const pieces = Array.from({ length: 40 }, (_, i) => bytes(1000 * i + 1));

function form(): RequestInit {
  const data = new FormData();
  data.append('text', 'é and\r\n--boundary');
  data.append('file', new File([upload], 'ünï.bin', { type: 'application/octet-stream' }));
  return { method: 'POST', body: data };
}

function files(): RequestInit {
  const data = new FormData();
  for (const size of [1, 70_000, 2 * MIB]) {
    const type = 'application/octet-stream';
    data.append('files', new File([bytes(size)], `${size}.bin`, { type }));
  }
  return { method: 'POST', body: data };
}

function withField(name: string, value: string): Init {
  return () => ({ headers: { [name]: value } });
}

const tag = (value: string): Init => withField('if-none-match', value);
const coded = (coding: string): Init => withField('accept-encoding', coding);
const head: Init = () => ({ method: 'HEAD' });

const shared: readonly Ask[] = [
  { path: '/stream/text' },
  { path: '/stream/text', init: head },
  { path: '/stream/large' },
  { path: '/stream/cut' },
  { path: '/stream/endless', leftAt: '/stream/left' },
  { path: '/sse', init: withField('accept', 'text/event-stream') },
  { path: '/sse/endless', leftAt: '/sse/left' },
  { path: '/upload/raw', init: raw(upload) },
  { path: '/upload/raw', init: chunked(pieces) },
  { path: '/upload/whole', init: raw(upload) },
  { path: '/upload/whole', init: chunked(pieces) },
  { path: '/upload/form', init: form },
  { path: '/upload/echo', init: raw(upload) },
  { path: '/upload/echo', init: chunked(pieces) },
];

const own: Readonly<Record<string, readonly Ask[]>> = {
  hono: [
    { path: '/stream/failing' },
    { path: '/stream/piped' },
    { path: '/sse/error' },
    { path: '/upload/parsed', init: form },
    { path: '/upload/piped', init: raw(upload) },
    { path: '/upload/limited', init: raw(bytes(1000).fill(65)) },
    { path: '/upload/limited', init: raw(bytes(1001)) },
    { path: '/upload/limited', init: chunked([bytes(500).fill(66), bytes(400).fill(67)]) },
    { path: '/upload/limited', init: chunked(pieces) },
    ...['text', 'json', 'stream', 'empty', 'weak'].map((kind) => ({ path: `/tagged/${kind}` })),
    { path: '/tagged/text', init: head },
    { path: '/tagged/text', init: tag('"a", "b"') },
    { path: '/tagged/text', init: tag('"8e1ec218dc7ecaadd65388fba9b6723ce114268a"') },
    { path: '/tagged/stream', init: tag('*') },
    { path: '/packed/text', init: coded('gzip') },
    { path: '/packed/text', init: coded('identity') },
    { path: '/packed/json', init: coded('deflate') },
    { path: '/packed/small', init: coded('gzip') },
    { path: '/slow' },
    { path: '/proxied/stream/text' },
    { path: '/proxied/stream/large' },
    { path: '/proxied/upload/raw', init: raw(upload) },
    { path: '/proxied/upload/echo', init: raw(upload) },
    { path: '/proxied/tagged/text', init: coded('gzip') },
  ],
  'itty-router': [
    { path: '/stream/failing' },
    { path: '/stream/piped' },
    { path: '/upload/cloned', init: raw(upload) },
    { path: '/upload/cloned', init: chunked(pieces) },
  ],
  h3: [
    { path: '/stream/response' },
    { path: '/upload/stream', init: raw(upload) },
    {
      path: '/upload/read',
      init: () => ({ method: 'POST', body: new URLSearchParams('a=%C3%A9') }),
    },
  ],
  elysia: [
    { path: '/stream/numbers' },
    { path: '/stream/response' },
    { path: '/sse/objects' },
    { path: '/upload/files', init: files },
    { path: '/upload/form', init: () => ({ method: 'POST', body: new FormData() }) },
  ],
};

describe('streams, events and uploads', () => {
  it.each(Object.entries(own))('of %s answer as on Bun', async (name, asks) => {
    const { ours, bun } = await answersOfBoth(`${name}-streams`, [...shared, ...asks], true);
    expect(ours).toEqual(bun);
  });
});
