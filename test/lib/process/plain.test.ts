// SPDX-License-Identifier: MIT
// Plain `bunserve`, without `register`: nothing global is touched, and Node's own Response is as
// good as ours, from handlers and as a static route. In processes of their own, because the test
// runner's has looked at the globals already.
import { runProgram } from './program.js';

const clean = { code: 0, signal: null, stderr: '' };

async function reported(code: string, flags: readonly string[] = []): Promise<unknown> {
  const ending = await runProgram(code, { flags });
  expect(ending).toMatchObject(clean);
  return JSON.parse(ending.stdout) as unknown;
}

test('importing it patches nothing', async () => {
  const differences = await reported(`
    const snapshot = () => {
      const all = {};
      for (const name of Object.getOwnPropertyNames(globalThis)) {
        const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(globalThis, name);
        all[name] = [value, get, set, JSON.stringify(flags)];
      }
      return all;
    };
    const Module = (await import('node:module')).default;
    const resolve = Module._resolveFilename;
    // Reading lazy globals may replace them: twice, so that only others' changes are seen.
    snapshot();
    for (const name of ['Response', 'Request', 'Headers', 'fetch', 'FormData', 'Blob', 'AbortController', 'AbortSignal', 'ReadableStream']) globalThis[name];
    const before = snapshot();
    const { serve, Response } = await import('bunserve');
    const server = serve({ port: 0, fetch: () => new Response('x') });
    await fetch(new URL('/', 'http://127.0.0.1:' + server.port));
    await server.stop(true);
    const after = snapshot();
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const changed = names.filter((name) => String(before[name]?.[3]) !== String(after[name]?.[3]) ||
      [0, 1, 2].some((i) => before[name][i] !== after[name][i] && !Number.isNaN(before[name][i])));
    report({ changed, bun: typeof globalThis.Bun, own: Response === globalThis.Response, resolve: Module._resolveFilename === resolve });
  `);
  expect(differences).toEqual({ changed: [], bun: 'undefined', own: false, resolve: true });
});

test('import "bun" is not ours to answer then', async () => {
  const ending = await runProgram(
    `import 'bunserve'; await import('bun').then(() => report('found'), (e) => report(e.code));`,
    {
      cwd: '/',
    },
  );
  // Neither package can be found from here.
  expect(ending.code).not.toBe(0);
});

const ASK = `
  import { serve } from 'bunserve';
  const options = { port: 0, hostname: '127.0.0.1', development: false };
  const read = async (r) => {
    const headers = Object.fromEntries([...r.headers].filter(([name]) => name !== 'date' && name !== 'etag'));
    return [r.status, headers, Buffer.from(await r.arrayBuffer()).toString('latin1'), r.headers.getSetCookie()];
  };
  const ask = async (server, paths, init) => {
    const answers = {};
    for (const path of paths) answers[path] = await read(await fetch(new URL(path, server.url), { redirect: 'manual', ...init }));
    return answers;
  };
`;

const RESPONSES = `{
  '/string': () => new Response('native \u20ac', { headers: { 'x-a': '1' } }),
  '/bytes': () => new Response(new Uint8Array([0x41, 0xff])),
  '/json': () => Response.json({ a: 1 }, { status: 201 }),
  '/empty': () => new Response(null, { status: 204 }),
  '/redirect': () => Response.redirect('http://example.com/x', 301),
  '/cookies': () => new Response('c', { headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2']] }),
  '/params': () => new Response(new URLSearchParams('a=1')),
}`;

const expected = {
  '/string': [
    200,
    { 'content-length': '10', 'content-type': 'text/plain;charset=UTF-8', 'x-a': '1' },
    'native \xe2\x82\xac',
    [],
  ],
  '/bytes': [200, { 'content-length': '2' }, 'A\xff', []],
  '/json': [201, { 'content-length': '7', 'content-type': 'application/json' }, '{"a":1}', []],
  '/empty': [204, {}, '', []],
  '/redirect': [301, { 'content-length': '0', location: 'http://example.com/x' }, '', []],
  '/cookies': [
    200,
    { 'content-length': '1', 'content-type': 'text/plain;charset=UTF-8', 'set-cookie': 'b=2' },
    'c',
    ['a=1', 'b=2'],
  ],
  '/params': [
    200,
    { 'content-length': '3', 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
    'a=1',
    [],
  ],
};

describe("Node's own Response", () => {
  test.each([
    ['from handlers', '(make) => make'],
    ['from async handlers', '(make) => async () => { await null; return make(); }'],
    ['as static routes', '(make) => make()'],
    ['as values of methods', '(make) => ({ GET: make() })'],
  ])('%s', async (_, wrap) => {
    const answers = await reported(`${ASK}
      const wrap = ${wrap};
      const made = Object.entries(${RESPONSES}).map(([path, make]) => [path, wrap(make)]);
      const server = serve({ ...options, routes: Object.fromEntries(made) });
      report(await ask(server, made.map(([path]) => path)));
      await server.stop(true);
    `);
    expect(answers).toEqual(expected);
  });

  test('streams from handlers, errors, and what was read already', async () => {
    const answers = await reported(`${ASK}
      console.error = () => {};
      const once = new Response('once');
      const server = serve({
        ...options,
        routes: {
          '/stream': () => new Response(new Blob(['from a ', 'stream']).stream()),
          '/failing': () => new Response(new ReadableStream({ pull() { throw new Error('x'); } })),
          '/once': () => once,
          '/error': () => Response.error(),
        },
        fetch: (req) => new Response(req.headers.get('x-a') + ' ' + req.url.split('/').pop()),
      });
      const answers = await ask(server, ['/stream', '/once', '/error', '/fetch'], { headers: { 'x-a': 'sent' } });
      answers['/failing'] = await fetch(new URL('/failing', server.url)).then(String, (error) => [error.name, '', error.cause?.code]);
      answers['/again'] = await read(await fetch(new URL('/once', server.url)));
      report(Object.fromEntries(Object.entries(answers).map(([path, [status, , body]]) => [path, status + ' ' + body])));
      await server.stop(true);
    `);
    expect(answers).toEqual({
      '/stream': '200 from a stream',
      '/failing': 'TypeError ECONNRESET',
      '/once': '200 once',
      '/error': '500 Something went wrong!',
      '/fetch': '200 sent fetch',
      '/again': '500 Something went wrong!',
    });
  });

  test('proxying: what fetch() returned goes out again', async () => {
    const answer = await reported(`${ASK}
      const source = serve({ ...options, fetch: () => new Response('afar', { status: 203, headers: { 'x-b': '2' } }) });
      const proxy = serve({ ...options, fetch: () => fetch(source.url) });
      const { '/': [status, headers, body] } = await ask(proxy, ['/']);
      report([status, headers['x-b'], body]);
      await Promise.all([source.stop(true), proxy.stop(true)]);
    `);
    expect(answer).toEqual([203, '2', 'afar']);
  });
});

test.each([
  ['plain', []],
  ['register', ['--import', 'bunserve/register']],
])('Responses of the package undici, %s', async (_, flags) => {
  const answers = await reported(
    `${ASK}
    const undici = await import('undici');
    const upstream = serve({ ...options, routes: {
      '/': () => new Response('made upstream', { headers: [['x-a', '1'], ['set-cookie', 'a=1'], ['set-cookie', 'b=2']] }),
      '/gone': () => new Response('gone', { status: 410 }),
    } });
    const server = serve({ ...options, error: (error) => new undici.Response('sorry: ' + error.message, { status: 503 }), routes: {
      '/fetched': () => undici.fetch(upstream.url),
      '/gone': async () => await undici.fetch(new URL('/gone', upstream.url)),
      '/made': () => new undici.Response('made here', { status: 201 }),
      '/empty': () => new undici.Response(null, { status: 204 }),
      '/read': async () => { const one = new undici.Response('x'); await one.text(); return one; },
      '/thrown': () => { throw new Error('boom'); },
      '/no': () => ({ [Symbol.toStringTag]: 'Response', status: 200 }),
    } });
    console.error = () => undefined;
    const all = {};
    for (const path of ['fetched', 'gone', 'made', 'empty', 'thrown', 'read', 'no']) {
      const [status, headers, text, cookies] = await read(await fetch(new URL('/' + path, server.url)));
      all[path] = [status, text, headers['x-a'] ?? null, cookies];
    }
    report(all);
    await Promise.all([server.stop(true), upstream.stop(true), undici.getGlobalDispatcher().close()]);
    `,
    flags,
  );
  expect(answers).toEqual({
    fetched: [200, 'made upstream', '1', ['a=1', 'b=2']],
    gone: [410, 'gone', null, []],
    made: [201, 'made here', null, []],
    empty: [204, '', null, []],
    thrown: [503, 'sorry: boom', null, []],
    read: [503, expect.stringContaining('already used'), null, []],
    no: [204, '', null, []],
  });
});

test('Responses of the package undici, and what fetch() is receiving, as static routes', async () => {
  const answer = await reported(`${ASK}
    const { gzipSync } = await import('node:zlib');
    const undici = await import('undici');
    const upstream = serve({ ...options, routes: {
      '/packed': new Response(gzipSync('packed'), { headers: { 'content-encoding': 'gzip', 'x-a': '1' } }),
      '/large': () => new Response('l'.repeat(3e6)),
    } });
    const used = new undici.Response('x');
    await used.text();
    const refused = (value) => { try { serve({ ...options, routes: { '/': value } }); return 'taken'; } catch (e) { return e.message; } };
    const routes = {
      '/made': new undici.Response('made', { status: 201, headers: [['x-a', '1'], ['set-cookie', 'a=1'], ['set-cookie', 'b=2']] }),
      '/empty': new undici.Response(null, { status: 204 }),
      '/method': { GET: new undici.Response('get') },
      '/fetched': await undici.fetch(new URL('/packed', upstream.url)),
      '/native': await fetch(new URL('/packed', upstream.url)),
      '/large': await fetch(new URL('/large', upstream.url)),
    };
    const server = serve({ ...options, routes });
    const at = (path) => fetch(new URL(path, server.url));
    const all = {};
    for (const path of Object.keys(routes)) {
      // Handlers answer until all bytes are there.
      for (let tag = path === '/empty'; !tag;) {
        const r = await at(path);
        await r.arrayBuffer();
        tag = r.headers.has('etag') || path === '/made';
      }
      const [status, headers, text, cookies] = await read(await at(path));
      all[path] = [status, text.length > 100 ? text.length : text, headers['x-a'] ?? null, headers['content-encoding'] ?? null, cookies];
    }
    report([all, refused(used), refused(undici.Response.error())]);
    await Promise.all([server.stop(true), upstream.stop(true), undici.getGlobalDispatcher().close()]);
  `);
  expect(answer).toEqual([
    {
      '/made': [201, 'made', '1', null, ['a=1', 'b=2']],
      '/empty': [204, '', null, null, []],
      '/method': [200, 'get', null, null, []],
      '/fetched': [200, 'packed', '1', null, []],
      '/native': [200, 'packed', '1', null, []],
      '/large': [200, 3e6, null, null, []],
    },
    'Response body has already been used',
    expect.stringContaining('Cannot use a Response with status 0 as a static route'),
  ]);
});

test("requests are instances of Node's own Request, and fetch() takes them", async () => {
  const answer = await reported(`${ASK}
    const source = serve({ ...options, fetch: async (req) => new Response(req.method + ' ' + (await req.text()) + ' ' + req.headers.get('x-a')) });
    const seen = [];
    const proxy = serve({ ...options, fetch: async (req) => {
      seen.push(req instanceof Request, req.headers instanceof Headers, req.signal instanceof AbortSignal);
      return fetch(source.url, { method: req.method, body: await req.text(), headers: req.headers });
    } });
    const r = await fetch(proxy.url, { method: 'POST', body: 'text', headers: { 'x-a': '1' } });
    report([await r.text(), ...seen]);
    await Promise.all([source.stop(true), proxy.stop(true)]);
  `);
  expect(answer).toEqual(['POST text 1', true, true, true]);
});

test('require()', async () => {
  const answer = await reported(
    `
    import { createRequire } from 'node:module';
    import * as imported from 'bunserve';
    const required = createRequire(import.meta.url)('bunserve');
    report({ same: Object.keys(imported).every((name) => required[name] === imported[name]), serve: typeof required.serve });
  `,
    ['--no-warnings'],
  );
  expect(answer).toEqual({ same: true, serve: 'function' });
});

test('without code generation from strings', async () => {
  const answer = await reported(
    `${ASK}
    const server = serve({ ...options, routes: { '/:a/:b': (req) => new Response(JSON.stringify(req.params)) } });
    report((await ask(server, ['/x/y%20z']))['/x/y%20z'][2]);
    await server.stop(true);
  `,
    ['--disallow-code-generation-from-strings'],
  );
  expect(answer).toBe('{"a":"x","b":"y z"}');
});
