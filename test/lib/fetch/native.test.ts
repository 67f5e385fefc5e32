// SPDX-License-Identifier: MIT
// Our classes beside Node's own: nothing of Node's fetch is loaded for them, `instanceof` is right
// however and whenever the native classes turn up, and conversions keep everything. Loading can only
// be watched in a fresh process.

import { nativeRequest, nativeResponse } from '#lib/fetch/internal.js';
import { Request } from '#lib/fetch/request.js';
import { Response } from '#lib/fetch/response.js';
import { inFreshNode } from './support.js';

const load = `
const { Response } = await import(lib + 'fetch/response.js');
const { Request } = await import(lib + 'fetch/request.js');
const { Headers } = await import(lib + 'fetch/headers.js');
const I = await import(lib + 'fetch/internal.js');
const loaded = () => process.moduleLoadList.includes('NativeModule internal/deps/undici/undici');
const streams = () => process.moduleLoadList.includes('NativeModule internal/webstreams/readablestream');
const print = (...values) => console.log(JSON.stringify(values));
`;

describe('plain use', () => {
  it('loads neither Node’s fetch nor streams for simple responses and requests', async () => {
    const out = await inFreshNode(`${load}
      const response = new Response('x', { headers: { a: '1' } });
      const request = new Request('http://a/', { method: 'POST', body: '{}' });
      const answers = [I.responseBlock(response).length, await response.text(), await request.json(),
        response instanceof Response, response instanceof Error, response.bodyUsed,
        Response.json({}).headers.get('content-type'), Response.redirect('/').status,
        [...new Headers({ b: '2' })], ({}) instanceof Response, await (async () => request)() === request];
      print(answers, loaded(), streams());
    `);
    expect(JSON.parse(out)).toEqual([
      [46, 'x', {}, true, false, true, 'application/json', 302, [['b', '2']], false, true],
      false,
      false,
    ]);
  });

  it('is recognised by native classes that are loaded later', async () => {
    const out = await inFreshNode(`${load}
      const ours = [new Response('x'), new Request('http://a/'), new Headers()];
      const before = loaded();
      const names = ['Response', 'Request', 'Headers'];
      const isNative = names.map((name, i) => ours[i] instanceof globalThis[name]);
      const chained = [Response, Request, Headers].map((Class, i) =>
        Object.getPrototypeOf(Class.prototype) === globalThis[names[i]].prototype);
      const crossed = ours[0] instanceof globalThis.Request;
      const theirs = new globalThis.Response('x') instanceof Response;
      print(before, isNative, chained, crossed, theirs, 'then' in ours[0]);
    `);
    expect(JSON.parse(out)).toEqual([
      false,
      [true, true, true],
      [true, true, true],
      false,
      true,
      false,
    ]);
  });

  it('is chained at once when the native classes were loaded before', async () => {
    const out = await inFreshNode(`const Native = globalThis.Response; ${load}
      print(Object.getPrototypeOf(Response.prototype) === Native.prototype, 'then' in new Response());
    `);
    expect(JSON.parse(out)).toEqual([true, false]);
  });

  it('patches no global', async () => {
    const out = await inFreshNode(`
      const names = Object.getOwnPropertyNames(globalThis).filter((name) => !/^(Response|Request|Headers|FormData|WebSocket|MessageEvent|CloseEvent|EventSource|localStorage|sessionStorage)$/.test(name));
      const before = names.map((name) => globalThis[name]);
      ${load}
      print(names.filter((name, i) => !Object.is(globalThis[name], before[i])), globalThis.Response !== Response);
    `);
    expect(JSON.parse(out)).toEqual([[], true]);
  });

  it('works with a second copy of itself', async () => {
    const out = await inFreshNode(`${load}
      const other = await import(lib + 'fetch/response.js?copy');
      const theirs = new other.Response('x');
      print(theirs instanceof globalThis.Response, theirs instanceof other.Response, await new Response(theirs.body).text());
    `);
    expect(JSON.parse(out)).toEqual([true, true, 'x']);
  });
});

describe('nativeResponse()', () => {
  const Native = globalThis.Response;

  it('keeps status, headers and body, and takes the body', async () => {
    const make = [
      () => 'text',
      () => Buffer.from('text'),
      () => new Blob(['text']),
      () => new Response('text').body,
      () => new URLSearchParams('text'),
    ];
    for (const body of make) {
      const ours = new Response(body(), { status: 201, statusText: 'Made', headers: { a: '1' } });
      const native = nativeResponse(ours);
      expect(Object.getPrototypeOf(native)).toBe(Native.prototype);
      expect([native.status, native.statusText, native.headers.get('a')]).toEqual([
        201,
        'Made',
        '1',
      ]);
      expect(await native.text()).toMatch(/^text=?$/);
      expect(ours.bodyUsed).toBe(true);
      expect(() => nativeResponse(ours)).toThrow(TypeError);
    }
  });

  it('knows errors, redirects, cookies and statuses without body', () => {
    expect(nativeResponse(Response.error()).type).toBe('error');
    expect(nativeResponse(Response.redirect('/x')).headers.get('location')).toBe('/x');
    expect(nativeResponse(new Response('', { status: 204 })).body).toBe(null);
    const cookies = new Response(null, {
      headers: [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ],
    });
    expect(nativeResponse(cookies).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });
});

describe('nativeRequest()', () => {
  const Native = globalThis.Request;

  it('keeps every attribute and the body', async () => {
    const controller = new AbortController();
    const ours = new Request('http://a/b?c#d', {
      method: 'PUT',
      body: 'text',
      headers: { a: '1' },
      redirect: 'manual',
      referrer: 'http://r/',
      credentials: 'omit',
      cache: 'no-store',
      integrity: 'sha256-x',
      signal: controller.signal,
    });
    const native = nativeRequest(ours);
    expect(Object.getPrototypeOf(native)).toBe(Native.prototype);
    for (const key of [
      'url',
      'method',
      'redirect',
      'referrer',
      'credentials',
      'cache',
      'integrity',
    ] as const) {
      expect([key, native[key]]).toEqual([key, ours[key]]);
    }
    expect([...native.headers]).toEqual([...ours.headers]);
    controller.abort();
    expect(native.signal.aborted).toBe(true);
    expect([await native.text(), ours.bodyUsed]).toEqual(['text', true]);
  });

  it('is what native code gets that was given ours, where Node allows it', () => {
    const make = (): unknown => new Native(new Request('http://a/', { method: 'POST', body: 'x' }));
    // Private fields, from Node 24 on, cannot be answered for.
    const hasSymbols = Object.getOwnPropertySymbols(new Native('http://a/')).length > 0;
    if (hasSymbols) expect((make() as globalThis.Request).method).toBe('POST');
    else expect(make).toThrow(TypeError);
    expect(new Native('http://a/', new Request('http://b/', { method: 'POST' })).method).toBe(
      'POST',
    );
  });
});
