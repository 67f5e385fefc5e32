// SPDX-License-Identifier: MIT
// The life of a server as far as one connection can see it: reload, stop, counters, what serve()
// refuses. Each case has a server of its own, since it changes it.
import { get, post, type DifferentialCase } from '../case.js';

export const cases: readonly DifferentialCase[] = [
  {
    name: 'reload replaces fetch',
    app: ({ json }) => ({
      fetch: (_req, server) => {
        server.reload({ fetch: () => json('second') });
        return json('first');
      },
    }),
    send: get('/') + get('/'),
    gives: '200 200 open',
    body: '"second"',
  },
  {
    name: 'reload replaces routes on a connection that is open',
    app: ({ json }) => ({
      routes: {
        '/a': () => json('old'),
        '/swap': (_req, server) => {
          server.reload({
            routes: { '/a': () => json('new'), '/b': new Response('static') },
            fetch: () => json('fetch'),
          });
          return json('swapped');
        },
      },
    }),
    send: get('/a') + get('/b') + get('/swap') + get('/a') + get('/b') + get('/swap'),
    gives: '200 404 200 200 200 200 open',
    body: '"fetch"',
  },
  {
    name: 'reload without routes keeps function routes',
    app: ({ json }) => ({
      routes: {
        '/a': () => json('route'),
        '/swap': (_req, server) => {
          server.reload({ fetch: () => json('fetch') });
          return json('swapped');
        },
      },
      fetch: () => json('fetch'),
    }),
    send: get('/a') + get('/swap') + get('/b') + get('/a'),
    gives: '200 200 200 200 open',
    body: '"route"',
  },
  {
    name: 'reload({}) changes nothing',
    app: ({ json }) => ({
      routes: { '/a': () => json('route') },
      fetch: (_req, server) => {
        server.reload({});
        return json('fetch');
      },
    }),
    send: get('/swap') + get('/a') + get('/b'),
    gives: '200 200 200 open',
    body: '"fetch"',
  },
  {
    name: 'reload with empty routes drops all',
    app: ({ json }) => ({
      routes: { '/a': () => json('route'), '/s': new Response('static') },
      fetch: (_req, server) => {
        server.reload({ routes: {} });
        return json('fetch');
      },
    }),
    send: get('/swap') + get('/s') + get('/a'),
    gives: '200 200 200 open',
    body: '"fetch"',
  },
  {
    name: 'reload without routes and static ones',
    app: ({ json }) => ({
      routes: { '/s': new Response('static') },
      fetch: (_req, server) => {
        server.reload({ fetch: () => json('fetch') });
        return json('swapped');
      },
    }),
    send: get('/swap') + get('/s'),
    gives: '200 200 open',
    body: '"fetch"',
    divergence: 'reload-without-routes',
    ours: { gives: '200 200 open', body: 'static' },
  },
  {
    name: 'reload without error keeps it',
    app: ({ json }) => ({
      fetch: (req, server) => {
        if (req.url.endsWith('/throw')) throw new Error('x');
        server.reload({
          fetch: () => {
            throw new Error('y');
          },
        });
        return json('swapped');
      },
      error: (error) => new Response((error as Error).message, { status: 500 }),
    }),
    send: get('/throw') + get('/swap') + get('/any'),
    gives: '500 200 500 open',
    body: 'y',
  },
  {
    name: 'reload replaces error',
    app: ({ json }) => ({
      fetch: (req, server) => {
        if (req.url.endsWith('/throw')) throw new Error('x');
        server.reload({ error: () => new Response('second') });
        return json('swapped');
      },
      error: () => new Response('first'),
    }),
    send: get('/throw') + get('/swap') + get('/throw'),
    gives: '200 200 200 open',
    body: 'second',
  },
  {
    name: 'a request in flight finishes on the old handler',
    app: ({ json, log }) => ({
      routes: {
        '/slow': async (_req, server) => {
          log('slow');
          server.reload({ routes: { '/slow': () => json('new') } });
          await new Promise((resolve) => setImmediate(resolve));
          return json('old');
        },
      },
    }),
    send: [get('/slow'), { await: 1 }, get('/slow')],
    gives: '200 200 open',
    body: '"new"',
  },
  {
    name: 'reload from a static route to a function and back',
    app: ({ json }) => ({
      routes: { '/a': new Response('static') },
      fetch: (req, server) => {
        const toStatic = req.url.endsWith('/static');
        server.reload({
          routes: { '/a': toStatic ? new Response('static again') : () => json('function') },
        });
        return json('swapped');
      },
    }),
    send: get('/a') + get('/function') + get('/a') + get('/static') + get('/a'),
    gives: '200 200 200 200 200 open',
    body: 'static again',
  },
  {
    name: 'reload with a bad route throws and changes nothing',
    app: ({ json }) => ({
      routes: { '/a': () => json('old') },
      fetch: (_req, server) => {
        try {
          server.reload({ routes: { nope: () => json('new') } });
          return json('accepted');
        } catch (error) {
          return json((error as Error).name);
        }
      },
    }),
    send: get('/swap') + get('/a'),
    gives: '200 200 open',
    body: '"old"',
  },
  {
    name: 'stop() lets the request in flight finish, then closes',
    app: ({ json }) => ({
      fetch: (_req, server) => {
        void server.stop();
        return json('last');
      },
    }),
    send: get('/'),
    gives: '200 closed',
    body: '"last"',
  },
  {
    name: 'stop() while an async handler is pending',
    app: ({ json }) => ({
      fetch: async (_req, server) => {
        void server.stop();
        await new Promise((resolve) => setImmediate(resolve));
        return json('last');
      },
    }),
    send: get('/'),
    gives: '200 closed',
    body: '"last"',
  },
  {
    name: 'stop() closes an idle connection',
    app: ({ json }) => ({
      fetch: (req, server) => {
        if (req.url.endsWith('/stop')) void server.stop();
        return json(req.url);
      },
    }),
    send: [get('/idle'), { await: 1 }, { send: get('/stop'), on: 1 }],
    gives: ['200 closed', '200 closed'],
  },
  {
    name: 'stop(true) cuts the request in flight',
    app: ({ log }) => ({
      fetch: async (_req, server) => {
        log('called');
        setImmediate(() => void server.stop(true));
        await new Promise(() => undefined);
      },
    }),
    send: get('/'),
    gives: 'closed',
    logs: 1,
  },
  {
    name: 'a client that leaves aborts the signal',
    app: ({ log }) => ({
      fetch: async (req) => {
        req.signal.addEventListener('abort', () => {
          log(`${(req.signal.reason as Error).name} ${req.signal.aborted}`);
        });
        log('called');
        await new Promise(() => undefined);
      },
    }),
    send: [get('/'), { awaitLogs: 1 }, { halfClose: true }],
    gives: 'closed',
    logs: 2,
  },
  {
    name: 'pendingRequests counts the current one',
    app: ({ json }) => ({ fetch: (_req, server) => json(server.pendingRequests) }),
    send: get('/') + get('/'),
    gives: '200 200 open',
    body: '1',
  },
  {
    name: 'pendingRequests while another is pending',
    app: ({ json, log }) => {
      let release = (): void => undefined;
      return {
        fetch: async (req, server) => {
          if (!req.url.endsWith('/hold')) {
            const count = server.pendingRequests;
            release();
            return json(count);
          }
          log('held');
          await new Promise<void>((resolve) => {
            release = resolve;
          });
          return json('released');
        },
      };
    },
    send: [{ send: get('/hold'), on: 1 }, { awaitLogs: 1 }, get('/count')],
    gives: ['200 open', '200 open'],
    body: '2',
  },
  {
    name: 'requestIP of a loopback client',
    app: ({ json }) => ({
      fetch: (req, server) => {
        const ip = server.requestIP(req);
        return json([ip?.address, ip?.family, typeof ip?.port]);
      },
    }),
    send: get('/'),
    gives: '200 open',
  },
  {
    name: 'two connections do not disturb each other',
    app: 'echo',
    send: [
      { send: 'POST /one HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nab' },
      { send: post('/two', 'xyz'), on: 1 },
      { await: 1, on: 1 },
      'cd',
    ],
    gives: ['200 open', '200 open'],
    saw: { url: 'http://test/one', body: 'abcd' },
  },
  {
    name: 'what serve() refuses',
    app: ({ json }) => ({
      fetch: () => {
        const handler = (): Response => new Response('x');
        const options: unknown[] = [
          undefined,
          5,
          {},
          { routes: {} },
          { fetch: 5 },
          { fetch: handler, error: 5 },
          { routes: { foo: handler } },
          { routes: { '/\u00e9': handler } },
          { routes: { '/:1a': handler } },
          { routes: { '/:a/:a': handler } },
          { routes: { '/a': null } },
          { routes: { '/a': true } },
          { routes: { '/a': 'text' } },
          { routes: { '/a': 5 } },
          { routes: { '/a': {} } },
          { routes: { '/a': { get: handler } } },
          { routes: 5 },
          { fetch: handler, port: -1 },
          { fetch: handler, port: 65_536 },
          { fetch: handler, unix: 'never.sock', hostname: 'a' },
          { fetch: handler, idleTimeout: 256 },
          { fetch: handler, idleTimeout: 1.5 },
        ];
        const { Bun } = globalThis as unknown as {
          Bun: { serve(options: unknown): { stop(force: boolean): void } };
        };
        return json(
          options.map((option) => {
            try {
              const isObject = typeof option === 'object';
              Bun.serve(isObject ? { port: 0, ...option } : option).stop(true);
              return 'accepted';
            } catch (error) {
              return (error as Error).name;
            }
          }),
        );
      },
    }),
    send: get('/'),
    gives: '200 open',
  },
];
