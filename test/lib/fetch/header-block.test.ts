// SPDX-License-Identifier: MIT
// The wire block of responses: order and spelling as read off Bun 1.4.5, automatic content types,
// framing headers left out, the cache and what invalidates it.

import {
  AutoType,
  HeaderFlag,
  headerBlock,
  responseBlock,
  responseFlags,
  responseHeader,
  TypeLine,
  wantsClose,
} from '#lib/fetch/internal.js';
import { Headers } from '#lib/fetch/headers.js';
import { Response } from '#lib/fetch/response.js';

const TEXT = 'content-type: text/plain;charset=utf-8\r\n';
const JSON_LINE = 'Content-Type: application/json;charset=utf-8\r\n';

describe('the block of a response', () => {
  it('has cookies first, then known names in canonical case, then the others as written', () => {
    const response = new Response('x', {
      headers: [
        ['z-custom', '1'],
        ['ETag', '"a"'],
        ['A-custom', '2'],
        ['Set-Cookie', 'a=1'],
        ['cache-control', 'no-store'],
        ['CACHE-CONTROL', 'max'],
        ['set-cookie', 'b=2'],
        ['z-CUSTOM', '3'],
      ],
    });
    expect(responseBlock(response)).toBe(
      'set-cookie: a=1\r\nset-cookie: b=2\r\n' +
        'ETag: "a"\r\nCache-Control: no-store, max\r\n' +
        `z-custom: 1, 3\r\nA-custom: 2\r\n${TEXT}`,
    );
  });

  it('spells names as Bun does', () => {
    const names = ['dnt', 'te', 'etag', 'x-xss-protection', 'www-authenticate', 'SERVER', 'Allow'];
    const block = headerBlock(new Headers(names.map((name) => [name, '1'] as [string, string])));
    expect(block.split(': 1\r\n').slice(0, -1)).toEqual([
      'DNT',
      'TE',
      'ETag',
      'X-XSS-Protection',
      'www-authenticate',
      'SERVER',
      'Allow',
    ]);
  });

  it('leaves the framing to the server', () => {
    const response = new Response('x', {
      headers: { 'Content-Length': '9', 'Transfer-Encoding': 'chunked', date: 'D' },
    });
    expect(responseBlock(response)).toBe(`Date: D\r\n${TEXT}`);
    expect(responseFlags(response)).toBe(
      HeaderFlag.ContentLength | HeaderFlag.TransferEncoding | HeaderFlag.Date,
    );
    expect(responseHeader(response, 'content-length')).toBe('9');
  });

  it.each([
    ['text', () => new Response('x'), TEXT],
    ['empty text', () => new Response(''), ''],
    ['nothing', () => new Response(null), ''],
    ['bytes', () => new Response(new Uint8Array(1)), 'content-type: application/octet-stream\r\n'],
    ['no bytes', () => new Response(new Uint8Array(0)), ''],
    ['a stream', () => new Response(new ReadableStream()), ''],
    ['JSON', () => Response.json({}), JSON_LINE],
    ['a typed Blob', () => new Response(new Blob(['x'], { type: 'A/B' })), 'content-type: a/b\r\n'],
    ['an untyped Blob', () => new Response(new Blob(['x'])), ''],
    [
      'URLSearchParams',
      () => new Response(new URLSearchParams('a=b')),
      'content-type: application/x-www-form-urlencoded;charset=UTF-8\r\n',
    ],
    ['a redirect', () => Response.redirect('/x'), 'Location: /x\r\n'],
  ])('names the type of %s', (_what, make, expected) => {
    expect(responseBlock(make())).toBe(expected);
    const touched = make();
    expect(touched.headers).toBeDefined();
    expect(responseBlock(touched).toLowerCase()).toBe(expected.toLowerCase());
  });

  it('puts types that are headers among the known ones', () => {
    const json = Response.json({}, { headers: { 'x-a': '1', etag: '"q"' } });
    expect(responseBlock(json)).toBe(`ETag: "q"\r\n${JSON_LINE}x-a: 1\r\n`);
    const params = new Response(new URLSearchParams('a=b'), { headers: { 'x-a': '1' } });
    expect(responseBlock(params)).toBe(
      'Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\nx-a: 1\r\n',
    );
    expect(responseBlock(Response.json({}, { headers: { 'content-type': 'x/y' } }))).toBe(
      'Content-Type: x/y\r\n',
    );
  });

  it('keeps Bun’s form of an automatic type that was only looked at', () => {
    const text = new Response('x', { headers: { 'x-a': '1' } });
    expect(text.headers.get('content-type')).toBe('text/plain;charset=UTF-8');
    text.headers.set('etag', '"a"');
    expect(responseBlock(text)).toBe(`ETag: "a"\r\nx-a: 1\r\n${TEXT}`);
    const json = Response.json({});
    expect(json.headers.get('content-type')).toBe('application/json');
    expect(responseBlock(json)).toBe(JSON_LINE);
    expect(responseBlock(json.clone())).toBe(JSON_LINE);
    expect(headerBlock(new Headers(json.headers))).toBe('Content-Type: application/json\r\n');
  });

  it('sends the user’s own type, and none when the user removed it', () => {
    const own = new Response('x');
    own.headers.set('Content-Type', 'text/html');
    expect(responseBlock(own)).toBe('Content-Type: text/html\r\n');
    const none = new Response('x');
    none.headers.delete('content-type');
    expect(responseBlock(none)).toBe('');
  });

  it('writes the automatic line as the form asks', () => {
    const text = new Response('x', { headers: { 'x-a': '1' } });
    expect(responseBlock(text, TypeLine.Omit)).toBe('x-a: 1\r\n');
    expect(responseBlock(text, TypeLine.Canonical)).toBe(
      'Content-Type: text/plain;charset=utf-8\r\nx-a: 1\r\n',
    );
    expect(responseBlock(new Response(new Uint8Array(1)), TypeLine.Canonical)).toBe('');
    expect(responseBlock(Response.json({}), TypeLine.Omit)).toBe(JSON_LINE);
    const blob = new Response(new Blob([''], { type: 'a/b' }));
    expect(responseBlock(blob, TypeLine.Canonical)).toBe('Content-Type: a/b\r\n');
    expect(responseBlock(blob, TypeLine.Omit)).toBe('');
    expect(Object.values(AutoType)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('follows every change of the headers', () => {
    const response = new Response(null, { headers: { a: '1' } });
    expect(responseBlock(response)).toBe('a: 1\r\n');
    response.headers.append('a', '2');
    expect(responseBlock(response)).toBe('a: 1, 2\r\n');
    response.headers.set('b', '3');
    response.headers.delete('a');
    expect(responseBlock(response)).toBe('b: 3\r\n');
    expect(responseBlock(response)).toBe(responseBlock(response));
  });

  it('keeps latin-1 and control characters, and nothing that ends a line', () => {
    const response = new Response(null, { headers: { a: 'caf\xe9\x01', b: '  s\t' } });
    expect(responseBlock(response)).toBe('a: caf\xe9\x01\r\nb: s\r\n');
    for (const value of ['a\r\nb: c', 'a\nb', 'a\rb', 'a\0']) {
      expect(() => new Response(null, { headers: { a: value } })).toThrow(TypeError);
      expect(() => new Response().headers.set('a', value)).toThrow(TypeError);
    }
    expect(() => Response.redirect('/x\r\nSet-Cookie: a=1')).toThrow(TypeError);
  });

  it.each([
    ['close', true],
    ['Keep-Alive, CLOSE', true],
    ['keep-alive', false],
    ['closed', false],
    ['x-close', false],
  ])('reads "Connection: %s"', (value, expected) => {
    expect(wantsClose(new Response(null, { headers: { connection: value } }))).toBe(expected);
    expect(wantsClose(new Response(null))).toBe(false);
  });
});
