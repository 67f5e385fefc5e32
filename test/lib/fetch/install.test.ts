// SPDX-License-Identifier: MIT
// installFetchClasses(): our classes as globals, native fetch() that takes and returns them. Every
// case runs in a process of its own, against a loopback server of node:http.

import { inFreshNode } from './support.js';

const setup = `
const { installFetchClasses } = await import(lib + 'fetch/install.js');
const { Response: Ours } = await import(lib + 'fetch/response.js');
const { Request: OurRequest } = await import(lib + 'fetch/request.js');
const { Headers: OurHeaders } = await import(lib + 'fetch/headers.js');
const loaded = () => process.moduleLoadList.includes('NativeModule internal/deps/undici/undici');
const print = (...values) => console.log(JSON.stringify(values));
`;

const server = `
const { createServer } = await import('node:http');
const server = createServer((req, res) => {
  let body = '';
  req.on('data', (chunk) => (body += chunk));
  req.on('end', () => {
    res.setHeader('x-method', req.method);
    res.end(JSON.stringify([req.method, req.url, req.headers['x-a'], req.headers['content-type'],
      req.headers['content-length'] ?? req.headers['transfer-encoding'], body]));
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = 'http://127.0.0.1:' + server.address().port + '/p';
`;

describe('installed classes', () => {
  it('are the globals, with the attributes of the native ones, and load nothing', async () => {
    const out = await inFreshNode(`${setup}
      installFetchClasses();
      const before = loaded();
      const response = new Response('x');
      const checks = [globalThis.Response === Ours, Request === OurRequest, Headers === OurHeaders,
        response instanceof Response, response.headers instanceof Headers, response instanceof Error,
        Object.getPrototypeOf(Ours.prototype) === Object.prototype];
      const attributes = ['Response', 'Request', 'Headers', 'fetch'].map((name) => {
        const { enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(globalThis, name);
        return [enumerable, writable, configurable];
      });
      print(before, loaded(), checks, attributes, fetch.name, fetch.length);
    `);
    expect(JSON.parse(out)).toEqual([
      false,
      false,
      [true, true, true, true, true, false, true],
      [
        [false, true, true],
        [false, true, true],
        [false, true, true],
        [true, true, true],
      ],
      'fetch',
      1,
    ]);
  });

  it('recognise what fetch() returns, and the other way round', async () => {
    const out = await inFreshNode(`${setup} ${server}
      installFetchClasses();
      const response = await fetch(url);
      const Native = response.constructor;
      print(response instanceof Response, response.headers instanceof Headers, Native === Response,
        new Response() instanceof Native, new Headers() instanceof response.headers.constructor,
        globalThis.Response === Ours, new Response(response.body, response).headers.get('x-method'));
      server.close();
    `);
    expect(JSON.parse(out)).toEqual([true, true, false, true, true, true, 'GET']);
  });

  it('go into fetch(): requests, headers, bodies', async () => {
    const out = await inFreshNode(`${setup} ${server}
      installFetchClasses();
      const read = async (...args) => (await fetch(...args)).json();
      const request = () => new Request(url, { method: 'POST', body: 'text', headers: { 'X-A': '1' } });
      const used = request();
      print(await read(used), used.bodyUsed, await read(request(), { method: 'PUT', body: 'other' }),
        await read(url, { headers: new Headers({ 'x-a': '2' }) }),
        await read(url, request()),
        await read(url, { method: 'POST', body: new Response('stream').body }),
        await read(new Request(url)));
      const failed = await fetch(used).catch((error) => error.name);
      const controller = new AbortController();
      const aborting = fetch(new Request(url, { signal: controller.signal })).catch((error) => error.name);
      controller.abort();
      print(failed, await aborting, await fetch(new Request(url), { signal: AbortSignal.abort() }).catch((error) => error.name));
      server.close();
    `);
    const [first, second] = out.split('\n').map((line) => JSON.parse(line) as unknown[]);
    expect(first).toEqual([
      ['POST', '/p', '1', 'text/plain;charset=UTF-8', '4', 'text'],
      true,
      ['PUT', '/p', '1', 'text/plain;charset=UTF-8', '5', 'other'],
      ['GET', '/p', '2', null, null, ''],
      ['POST', '/p', '1', 'text/plain;charset=UTF-8', '4', 'text'],
      ['POST', '/p', null, null, 'chunked', 'stream'],
      ['GET', '/p', null, null, null, ''],
    ]);
    expect(second).toEqual(['TypeError', 'AbortError', 'AbortError']);
  });

  it('can be installed after the native classes were loaded, and taken out again', async () => {
    const out = await inFreshNode(`
      const natives = [globalThis.Response, globalThis.Request, globalThis.Headers];
      const nativeFetch = fetch;
      ${setup}
      const restore = installFetchClasses();
      const installed = [Response === Ours, new Response() instanceof natives[0],
        new natives[0]() instanceof Response, installFetchClasses() === restore, fetch !== nativeFetch];
      restore();
      print(installed, natives.every((Class) => globalThis[Class.name] === Class), fetch === nativeFetch);
    `);
    expect(JSON.parse(out)).toEqual([[true, true, true, true, true], true, true]);
  });

  it('lead to the native classes where Node keeps them reachable', async () => {
    const out = await inFreshNode(`${setup}
      installFetchClasses();
      const { nativeResponse, nativeRequest } = await import(lib + 'fetch/internal.js');
      const lazyAccessors = Number(process.versions.node.split('.')[0]) < 22;
      if (lazyAccessors) {
        const native = nativeResponse(new Response('x', { status: 201 }));
        print(native.status, native.constructor !== Response, globalThis.Response === Ours,
          new Response() instanceof native.constructor, nativeRequest(new Request('http://a/')).url);
      } else {
        let thrown = null;
        try { nativeResponse(new Response('x')); } catch (error) { thrown = error.name; }
        print(201, thrown === 'TypeError', globalThis.Response === Ours, true, 'http://a/');
      }
    `);
    expect(JSON.parse(out)).toEqual([201, true, true, true, 'http://a/']);
  });

  it('serve multipart forms without native Responses', async () => {
    const out = await inFreshNode(`${setup}
      installFetchClasses();
      const form = new FormData();
      form.append('a', '1');
      print([...(await new Response(form).formData())], await new Response(new Blob(['b'])).text());
    `);
    expect(JSON.parse(out)).toEqual([[['a', '1']], 'b']);
  });
});
