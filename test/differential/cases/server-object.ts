// SPDX-License-Identifier: MIT
// The object serve() returns: its methods with right and wrong arguments, before and after stop().
import type { DifferentialCase } from '../case.js';
import { evaluated } from './evaluated.js';

/** A case with a server `s` of its own, stopped afterwards. */
function withServer(name: string, code: string, options = '{}'): DifferentialCase {
  return evaluated(
    name,
    `const s = Bun.serve({ ...base, ...${options} });
     try { return await (async () => { ${code} })(); } finally { s.stop(true); }`,
  );
}

/** What a method does with each list of arguments. */
function calls(method: string, ...lists: readonly string[]): DifferentialCase {
  const tried = lists.map((list) => `thrown(() => s.${method}(${list}))`).join(', ');
  return withServer(`${method}(${lists.join('), (')})`.replaceAll('/', '|'), `return [${tried}];`);
}

const FOREIGN = 'new Request("http://a/")';

export const cases: readonly DifferentialCase[] = [
  calls('requestIP', '', '5', 'null', 'undefined', '"x"', '{}', FOREIGN),
  calls('timeout', '', '5', FOREIGN),
  calls('timeout', '5, 5', '"x", 5', '{}, 5'),
  calls('timeout', `${FOREIGN}, "5"`, `${FOREIGN}, null`, `${FOREIGN}, {}`, `${FOREIGN}, 10n`),
  calls('timeout', ...['0', '-1', '1.5', 'NaN', 'Infinity', '1e9'].map((n) => `${FOREIGN}, ${n}`)),
  calls('subscriberCount', '', 'null', 'undefined', '""', '"a"', '5', '{}'),
  calls('publish', '', '"a"', '"a", "b"', '"a", ""', '"a", new Uint8Array(3)'),
  calls('upgrade', '', '5', FOREIGN, `${FOREIGN}, {}`),
  calls('closeIdleConnections', '', '5'),
  withServer(
    'reload()',
    'return [thrown(() => s.reload()), thrown(() => s.reload(5)), thrown(() => s.reload(null))];',
  ),
  withServer(
    'reload() with wrong options',
    `return [{ fetch: 5 }, { error: 5 }, { routes: 5 }, { fetch() {}, port: -1 }, { idleTimeout: 1.5 },
       { idleTimeout: 256 }, { hostname: 'a', unix: 'b' }, { development: { hmr: 1 } }, { routes: { a: 1 } }]
       .map((options) => thrown(() => s.reload(options)).slice(0, 2));`,
  ),
  withServer(
    'reload() ignores what cannot change',
    `const before = [s.port, s.hostname, s.development, s.id, s.url.href];
     const same = s.reload({ fetch: base.fetch, port: 1, hostname: 'x', development: true, id: 'y' }) === s;
     const after = [s.port, s.hostname, s.development, s.id, s.url.href];
     return [same, JSON.stringify(before) === JSON.stringify(after)];`,
  ),
  withServer(
    'reload() takes a function',
    'return s.reload(Object.assign(() => 0, { fetch: base.fetch })) === s;',
  ),
  withServer(
    'ref() and unref()',
    'return [s.ref() === s, s.ref() === s, s.unref() === s, s.unref() === s, s.ref() === s];',
  ),
  withServer(
    'url is one object',
    'return [s.url === s.url, s.url instanceof URL, s.url.port === String(s.port)];',
  ),
  withServer(
    'counters of an idle server',
    'return [s.pendingRequests, s.pendingWebSockets, s.closeIdleConnections()];',
  ),
  withServer(
    'own properties',
    'return [Object.keys(s), JSON.stringify(Object.getOwnPropertySymbols(s))];',
  ),
  withServer(
    'properties are read-only',
    `return ['port', 'hostname', 'url', 'id', 'development', 'address', 'protocol', 'pendingRequests'].map((name) => {
       const before = s[name];
       try { s[name] = 'other'; return 'set'; } catch (e) { return [e.name, s[name] === before || typeof before]; }
     });`,
  ),
  ...['development', '', 'test'].map((value) =>
    evaluated(
      `development by NODE_ENV=${value}`,
      `process.env.NODE_ENV = '${value}';
       const s = Bun.serve({ ...base, development: undefined });
       const out = [s.development, String(s)];
       s.stop(true);
       delete process.env.NODE_ENV;
       return out;`,
    ),
  ),
  withServer(
    'fetch() with a path',
    `const res = await s.fetch('/x?y=1'); return [res.status, res.url.replace(/:\\d+/, ''), await res.text()];`,
  ),
  withServer(
    'fetch() with a URL and with a Request',
    `const out = [];
     for (const target of ['http://other.example/a', new Request('http://third.example/b')]) out.push((await s.fetch(target)).url);
     return out;`,
  ),
  withServer(
    'fetch() with what is no target',
    `const out = [await rejected(() => s.fetch())];
     for (const target of [undefined, null, 5, '', {}, true, new URL('http://a/b'), []]) out.push(await rejected(() => s.fetch(target)));
     return out;`,
  ),
  withServer(
    'what the handler gets from fetch()',
    `return [await (await s.fetch('/q')).json(), await (await s.fetch('/q', { method: 'POST', body: 'text' })).json()];`,
    `{ async fetch(...args) { return Response.json([args.length, this?.constructor !== undefined, args[0].method,
       new URL(args[0].url).pathname, await args[0].text(), args[0].signal.aborted, typeof args[0].params]); } }`,
  ),
  withServer(
    'fetch() rejects with what the handler throws',
    `const out = [await rejected(() => s.fetch('/'))];
     s.reload({ fetch: async () => { throw new RangeError('later'); } });
     out.push(await rejected(() => s.fetch('/')));
     return out;`,
    `{ fetch() { throw new TypeError('now'); }, error: () => new Response('never') }`,
  ),
  withServer(
    'fetch() of a handler that returns nothing',
    `const out = [];
     for (const value of [undefined, null]) { s.reload({ fetch: () => value }); out.push(await rejected(() => s.fetch('/'))); }
     return out;`,
  ),
  evaluated(
    'fetch() without a handler',
    `const s = Bun.serve({ ...base, fetch: undefined, routes: { '/': new Response('x') } });
     try { return await rejected(() => s.fetch('/')); } finally { s.stop(true); }`,
  ),
  withServer(
    'fetch() does not consult routes',
    `return (await s.fetch('/route')).text();`,
    `{ routes: { '/route': new Response('route') } }`,
  ),
  withServer(
    'stop() is a promise of undefined',
    `const first = s.stop(); const second = s.stop(true);
     return [first instanceof Promise, second instanceof Promise, seen(await first), seen(await second), seen(await s.stop())];`,
  ),
  withServer(
    'after stop()',
    `void s.url; await s.stop();
     return [s.port, s.hostname, s.protocol, s.development, s.id, s.pendingRequests, s.closeIdleConnections(),
       s.requestIP(new Request('http://a/')), thrown(() => s.timeout(new Request('http://a/'), 5)),
       s.ref() === s, s.unref() === s, s.publish('a', 'b'), s.subscriberCount('a'), String(s),
       s.reload({ fetch: () => new Response('new') }) === s, await (await s.fetch('/')).text()];`,
  ),
  withServer(
    'disposal',
    `const type = [typeof s[Symbol.dispose], typeof s[Symbol.asyncDispose]];
     const result = s[Symbol.dispose]();
     return [type, seen(result), s.port];`,
  ),
  evaluated(
    'the request in hand',
    `const ip = server.requestIP(req);
     return [server.pendingRequests, Object.keys(ip), ip.address.endsWith('127.0.0.1'), typeof ip.port, seen(server.timeout(req, 0)),
       server.requestIP(req.clone()) === null];`,
  ),
  evaluated(
    'requestIP() after awaits',
    `await new Promise((resolve) => setTimeout(resolve, 1));
     return [server.requestIP(req) !== null, server.pendingRequests];`,
  ),
];
