// SPDX-License-Identifier: MIT
// AsyncLocalStorage around a server: the stores that handlers keep from where they were given, and
// those of one request that the next must not see.
import type { DifferentialCase } from '../case.js';
import { evaluated } from './evaluated.js';

const SETUP = `
  const { AsyncLocalStorage } = await import('node:async_hooks');
  const als = new AsyncLocalStorage();
  const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
  const store = () => new Response(String(als.getStore()));
  const servers = [];
  const start = (options) => {
    const s = Bun.serve({ ...base, ...options });
    servers.push(s);
    return s;
  };
  const ask = async (s, path = '/', init) => (await fetch(new URL(path, s.url), init)).text();
`;

function around(name: string, code: string): DifferentialCase {
  return evaluated(
    name,
    `${SETUP} try { return await (async () => { ${code} })(); } finally { for (const s of servers) s.stop(true); }`,
  );
}

const HANDLERS: readonly (readonly [string, string])[] = [
  ['fetch', '{ fetch: store }'],
  ['an async fetch', '{ fetch: async () => { await turn(); return store(); } }'],
  ['a route', "{ routes: { '/': store } }"],
  ['a method of a route', "{ routes: { '/': { GET: store } } }"],
  ['a route with params', "{ routes: { '/:id': store, '/*': store } }"],
  ['static, the old name', "{ static: { '/': store } }"],
  ['error()', "{ fetch: () => { throw new Error('x'); }, error: store }"],
  ['error() after a rejection', '{ fetch: async () => { await turn(); throw 1; }, error: store }'],
  [
    'what a handler waits for',
    `{ fetch: async () => {
         const seen = [als.getStore()];
         await turn();
         seen.push(als.getStore());
         await new Promise((resolve) => process.nextTick(resolve));
         seen.push(als.getStore());
         setTimeout(() => seen.push(als.getStore()), 1);
         await turn();
         await turn();
         return Response.json(seen);
       } }`,
  ],
];

const given = HANDLERS.flatMap(([name, options]) => [
  around(
    `${name} that was given inside run()`,
    `const s = als.run('outer', () => start(${options}));
     return [await ask(s), await ask(s), als.getStore()];`,
  ),
  around(
    `${name} that was given outside of it`,
    `als.run('earlier', () => undefined);
     const s = start(${options});
     return [await ask(s), await als.run('client', () => ask(s))];`,
  ),
]);

const entered: readonly DifferentialCase[] = [
  around(
    'enterWith() before serve()',
    `const s = await new Promise((resolve) => setTimeout(() => { als.enterWith('entered'); resolve(start({ fetch: store })); }, 1));
     return ask(s);`,
  ),
  ...['', "als.run('outer', () => ", "als.run('outer', () => als.run('inner', () => "].map(
    (open) => {
      const close = ')'.repeat(open.split('(').length - 1 - (open.match(/\(\)/g)?.length ?? 0));
      return around(
        `enterWith() in a request is not seen by the next: ${open === '' ? 'no store' : open}`,
        `const s = ${open}start({ fetch: async (req) => {
           const before = als.getStore();
           als.enterWith(new URL(req.url).pathname);
           await turn();
           return new Response([before, als.getStore()].join());
         } })${close};
         const one = [await ask(s, '/1'), await ask(s, '/2')];
         return [...one, ...(await Promise.all(['/3', '/4', '/5'].map((path) => ask(s, path))))];`,
      );
    },
  ),
  around(
    'run() in a request hides the store of its server',
    `const s = als.run('outer', () => start({ fetch: (req) => als.run('own', async () => { await turn(); return store(); }) }));
     return [await ask(s), await ask(s)];`,
  ),
  around(
    'exit() in a request',
    `const s = als.run('outer', () => start({ fetch: () => als.exit(store) }));
     return ask(s);`,
  ),
  around(
    'two storages',
    `const other = new AsyncLocalStorage();
     const s = als.run('a', () => other.run('b', () => start({ fetch: () => new Response(als.getStore() + other.getStore()) })));
     return ask(s);`,
  ),
  ...['undefined', 'null', '0', '""', 'false', '{}'].map((value) =>
    around(
      `a store that is ${value}`,
      `const s = als.run(${value}, () => start({ fetch: () => Response.json([typeof als.getStore(), als.getStore() ?? null]) }));
       return ask(s);`,
    ),
  ),
];

const later: readonly DifferentialCase[] = [
  around(
    'reload() outside leaves the other handlers their store',
    `const s = als.run('outer', () => start({ routes: { '/r': store }, fetch: store }));
     s.reload({ routes: { '/r': store } });
     return [await ask(s, '/r'), await ask(s)];`,
  ),
  around(
    'reload() inside run()',
    `const s = start({ routes: { '/r': store }, fetch: store });
     als.run('later', () => s.reload({ routes: { '/r': store } }));
     return [await ask(s, '/r'), await ask(s)];`,
  ),
  around(
    'server.fetch()',
    `const s = als.run('outer', () => start({ fetch: store }));
     const inner = async () => (await s.fetch('/')).text();
     return [await inner(), await als.run('caller', inner)];`,
  ),
  around(
    'a server that is started by a handler',
    `let inner;
     const s = start({ fetch: () => { inner ??= als.run('inner', () => start({ fetch: store })); return store(); } });
     return [await ask(s), await ask(inner), await ask(s)];`,
  ),
  around(
    'the body of a request',
    `const s = als.run('outer', () => start({ fetch: async (req) => new Response((await req.text()) + als.getStore()) }));
     const body = () => new ReadableStream({ async pull(c) { await turn(); c.enqueue(new TextEncoder().encode('body ')); c.close(); } });
     return [await ask(s, '/', { method: 'POST', body: 'text ' }), await ask(s, '/', { method: 'POST', body: body(), duplex: 'half' })];`,
  ),
  around(
    'a stream as the body of a response',
    `const s = start({ fetch: () => als.run('own', () => {
       let count = 0;
       return new Response(new ReadableStream({ async pull(c) {
         await turn();
         c.enqueue(als.getStore());
         if (++count === 3) c.close();
       } }));
     }) });
     return ask(s);`,
  ),
  around(
    'cancel() of a stream whose client leaves',
    `let tell;
     const told = new Promise((resolve) => (tell = resolve));
     const s = start({ fetch: () => als.run('own', () => new Response(new ReadableStream({
       async pull(c) { await turn(); c.enqueue('x'); },
       cancel() { tell(als.getStore()); },
     }))) });
     const leaving = new AbortController();
     const response = await fetch(s.url, { signal: leaving.signal });
     await response.body.getReader().read();
     leaving.abort();
     return told;`,
  ),
];

export const cases: readonly DifferentialCase[] = [...given, ...entered, ...later];
