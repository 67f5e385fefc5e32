// SPDX-License-Identifier: MIT
// req.signal in every phase of a request, and stop() while requests are under way.
import { get, post, type DifferentialCase, type Snippet } from '../case.js';

const HALF = post('/', 'abcdef').slice(0, -3);

/** A stream of `pieces`, of which each is announced; `code` says what happens meanwhile. */
function streaming(kind: string, code: string): Snippet {
  const text = `({ json, log }) => {
    let report = () => 'nothing';
    const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
    const start = (kept, server) => {
      const plan = (() => { ${code} })();
      report = plan.report ?? report;
      const next = async function* () {
        for (const [i, piece] of plan.pieces.entries()) {
          await turn();
          plan.each(i);
          yield piece;
        }
        await turn();
      };
      if ('${kind}' === 'generator') return new Response(next);
      const iterator = next();
      return new Response(new ReadableStream({
        async pull(controller) {
          const { done, value } = await iterator.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
      }));
    };
    return { fetch: (req, server) => {
      const { pathname } = new URL(req.url);
      if (pathname === '/stream') return start(req, server);
      return json(pathname === '/report' ? report() : pathname);
    } };
  }`;
  return { toString: () => text } as unknown as Snippet;
}

export const cases: readonly DifferentialCase[] = [
  {
    name: 'the signal of a request that nothing happens to',
    app: ({ json }) => ({
      fetch: (req) => {
        const { signal } = req;
        const tag = Object.prototype.toString.call(signal);
        const same = signal === req.signal;
        return json([tag, signal.aborted, signal.reason === undefined, signal.onabort, same]);
      },
    }),
    send: get('/'),
    gives: '200 open',
  },
  {
    name: 'reason, event and request during an abort',
    app: ({ log }) => ({
      fetch: (req, server) => {
        req.signal.addEventListener('abort', (event) => {
          const { name, message, code } = req.signal.reason as DOMException;
          log([name, message, code, event.isTrusted, event.type].join());
          log([server.pendingRequests, server.requestIP(req) === null, req.signal.aborted].join());
        });
        log('called');
        return new Promise(() => undefined);
      },
    }),
    send: [get('/'), { awaitLogs: 1 }, { halfClose: true }],
    gives: 'closed',
    logs: 3,
  },
  {
    name: 'onabort',
    app: ({ log }) => ({
      fetch: (req) => {
        req.signal.onabort = () => log('aborted');
        log('called');
        return new Promise(() => undefined);
      },
    }),
    send: [get('/'), { awaitLogs: 1 }, { halfClose: true }],
    gives: 'closed',
    logs: 2,
  },
  {
    name: 'a signal that is first read when the client has left',
    app: ({ json, log }) => {
      let kept: Request | undefined;
      return {
        fetch: (req) => {
          if (req.url.endsWith('/look')) {
            const { aborted, reason } = (kept as Request).signal;
            return json([aborted, (reason as Error).name]);
          }
          if (!req.url.endsWith('/hold')) return json('other');
          kept = req;
          log('called');
          return new Promise(() => undefined);
        },
      };
    },
    send: [
      { send: get('/hold'), on: 1 },
      { awaitLogs: 1 },
      { halfClose: true, on: 1 },
      { ended: true, on: 1 },
      get('/look'),
    ],
    gives: ['200 open', 'closed'],
    body: '[true,"AbortError"]',
  },
  {
    name: 'no abort after a complete answer',
    app: ({ json, log }) => {
      let kept: Request | undefined;
      return {
        fetch: (req) => {
          if (req.url.endsWith('/look')) return json((kept as Request).signal.aborted);
          kept = req;
          req.signal.addEventListener('abort', () => log('never'));
          return json('answered');
        },
      };
    },
    send: [
      { send: get('/first'), on: 1 },
      { await: 1, on: 1 },
      { halfClose: true, on: 1 },
      { ended: true, on: 1 },
      get('/look'),
    ],
    gives: ['200 open', '200 closed'],
    body: 'false',
  },
  {
    name: 'no abort of the request before, on the same connection',
    app: ({ log }) => ({
      fetch: (req) => {
        const path = new URL(req.url).pathname;
        req.signal.addEventListener('abort', () => log(`aborted ${path}`));
        if (path === '/first') return new Response('x');
        log('called');
        return new Promise(() => undefined);
      },
    }),
    send: [get('/first'), { await: 1 }, get('/second'), { awaitLogs: 1 }, { halfClose: true }],
    gives: '200 closed',
    logs: 2,
  },
  {
    name: 'the signal is aborted before the read of the body rejects',
    app: ({ log }) => ({
      fetch: async (req) => {
        req.signal.addEventListener('abort', () => log('abort'));
        log('called');
        try {
          await req.text();
        } catch (error) {
          log(`${(error as Error).name} ${req.signal.aborted}`);
        }
        return new Response('nobody');
      },
    }),
    send: [HALF, { awaitLogs: 1 }, { halfClose: true }],
    gives: 'closed',
    logs: 3,
  },
  {
    name: 'a handler that rejects with the reason is not reported to error()',
    app: ({ log }) => ({
      fetch: (req) => {
        log('called');
        return new Promise((_, reject) => {
          req.signal.addEventListener('abort', () => {
            log('abort');
            reject(req.signal.reason as Error);
          });
        });
      },
      error: () => {
        log('error');
        return new Response('x');
      },
    }),
    send: [get('/'), { awaitLogs: 1 }, { halfClose: true }],
    gives: 'closed',
    logs: 2,
  },
  {
    name: 'a clone is aborted with its request',
    app: ({ log }) => ({
      routes: {
        '/': (req) => {
          const copy = req.clone();
          copy.signal.addEventListener('abort', () => log('clone'));
          log('called');
          return new Promise(() => undefined);
        },
      },
    }),
    send: [get('/'), { awaitLogs: 1 }, { halfClose: true }],
    gives: 'closed',
    logs: 2,
  },
  {
    name: 'stop(true) inside the handler',
    app: ({ log }) => ({
      fetch: (req, server) => {
        req.signal.addEventListener('abort', () => log('abort'));
        void server.stop(true);
        return new Response('nobody');
      },
    }),
    send: get('/'),
    gives: 'closed',
    logs: 1,
  },
  {
    name: 'stop(true) aborts what is pending on other connections',
    app: ({ json, log }) => ({
      fetch: async (req, server) => {
        if (req.url.endsWith('/stop')) {
          void server.stop(true);
          return json('nobody');
        }
        req.signal.addEventListener('abort', () => log((req.signal.reason as Error).name));
        log('called');
        await new Promise(() => undefined);
      },
    }),
    send: [{ send: get('/hold'), on: 1 }, { awaitLogs: 1 }, get('/stop')],
    gives: ['closed', 'closed'],
    logs: 2,
  },
  {
    name: 'stop(true) while a body is read',
    app: ({ log }) => ({
      fetch: async (req, server) => {
        setImmediate(() => void server.stop(true));
        try {
          await req.text();
        } catch (error) {
          log(`${(error as Error).name}: ${(error as Error).message}`);
        }
        return new Response('nobody');
      },
    }),
    send: HALF,
    gives: 'closed',
    logs: 1,
  },
  {
    name: 'stop(1)',
    app: ({ json }) => ({
      fetch: async (_req, server) => {
        void server.stop(1 as unknown as boolean);
        await new Promise((resolve) => setImmediate(resolve));
        return json('last');
      },
    }),
    send: get('/'),
    gives: '200 closed',
    divergence: 'stop-truthy',
    ours: { gives: 'closed' },
  },
  {
    name: 'stop() does not abort',
    app: ({ json, log }) => ({
      fetch: async (req, server) => {
        req.signal.addEventListener('abort', () => log('never'));
        const stopped = server.stop();
        await new Promise((resolve) => setTimeout(resolve, 5));
        void stopped.then(() => log('stopped'));
        return json([req.signal.aborted, server.port, server.pendingRequests]);
      },
    }),
    send: get('/'),
    gives: '200 closed',
    body: '[false,0,1]',
    logs: 1,
  },
  {
    name: 'half a head may be completed after stop()',
    app: ({ json }) => ({
      fetch: (req, server) => {
        if (req.url.endsWith('/stop')) void server.stop();
        return json(new URL(req.url).pathname);
      },
    }),
    send: [
      { send: 'GET /half HTTP/1.1\r\nHo', on: 1 },
      { send: get('/before'), on: 2 },
      { await: 1, on: 2 },
      get('/stop'),
      { await: 1 },
      { send: 'st: test\r\n\r\n', on: 1 },
    ],
    gives: ['200 closed', '200 closed', '200 closed'],
  },
  {
    name: 'a body that is still arriving at stop()',
    app: ({ json, log }) => ({
      fetch: async (req, server) => {
        if (req.url.endsWith('/stop')) {
          void server.stop();
          return json('stopped');
        }
        log('called');
        return json(await req.text());
      },
    }),
    send: [
      { send: HALF, on: 1 },
      { awaitLogs: 1 },
      get('/stop'),
      { await: 1 },
      { send: 'def', on: 1 },
    ],
    gives: ['200 closed', '200 closed'],
  },
  {
    name: 'closeIdleConnections() leaves busy ones',
    app: ({ json, log }) => {
      let release = (): void => undefined;
      return {
        fetch: async (req, server) => {
          const path = new URL(req.url).pathname;
          if (path === '/close') {
            const closed = server.closeIdleConnections();
            release();
            return json(closed);
          }
          if (path !== '/hold') return json('idle');
          log('called');
          await new Promise<void>((resolve) => {
            release = resolve;
          });
          return json('busy');
        },
      };
    },
    send: [
      { send: get('/idle'), on: 1 },
      { await: 1, on: 1 },
      { send: get('/hold'), on: 2 },
      { awaitLogs: 1 },
      get('/close'),
    ],
    gives: ['200 open', '200 closed', '200 open'],
    body: '1',
  },
  ...['stream', 'generator'].flatMap((kind): DifferentialCase[] => [
    {
      name: `counters and address while a ${kind} is sent, and afterwards`,
      app: streaming(
        kind,
        `const seen = [];
         const look = () => seen.push(server.pendingRequests, server.requestIP(kept) !== null, kept.signal.aborted);
         return { pieces: ['a', 'b'], each: look, report: () => (look(), seen) };`,
      ),
      send: [get('/stream'), { await: 1 }, get('/report')],
      gives: '200 200 open',
      body: '[1,true,false,1,true,false,1,false,false]',
    },
    {
      name: `stop() while a ${kind} is sent`,
      app: streaming(
        kind,
        `return { pieces: ['a', 'b', 'c'], each: (i) => { if (i === 1) server.stop().then(() => log('stopped')); } };`,
      ),
      send: get('/stream'),
      gives: '200 closed',
      body: 'abc',
      logs: 1,
    },
    {
      name: `stop(true) while a ${kind} is sent`,
      app: streaming(
        kind,
        `kept.signal.addEventListener('abort', () => log(kept.signal.reason.name));
         return { pieces: ['a', 'b', 'c'], each: (i) => { if (i === 1) server.stop(true).then(() => log('stopped')); } };`,
      ),
      send: get('/stream'),
      gives: 'truncated',
      logs: 2,
    },
    {
      name: `timeout() while a ${kind} is sent, and afterwards`,
      app: streaming(
        kind,
        `const seen = [];
         const set = () => seen.push(server.timeout(kept, 100) === undefined);
         return { pieces: ['a', 'b'], each: set, report: () => (set(), seen) };`,
      ),
      send: [get('/stream'), { await: 1 }, get('/report')],
      gives: '200 200 open',
      body: '[true,true,true]',
    },
    {
      name: `closeIdleConnections() while a ${kind} is sent`,
      app: streaming(
        kind,
        `return { pieces: ['a', 'b'], each: (i) => { if (i === 1) log(server.closeIdleConnections()); } };`,
      ),
      send: [
        { send: get('/idle'), on: 1 },
        { await: 1, on: 1 },
        { send: get('/stream'), on: 0 },
      ],
      gives: ['200 open', '200 closed'],
      body: 'ab',
      logs: 1,
    },
    {
      name: `reload() while a ${kind} is sent`,
      app: streaming(
        kind,
        `return { pieces: ['a', 'b'], each: (i) => { if (i === 1) server.reload({ fetch: () => new Response('new') }); } };`,
      ),
      send: [get('/stream'), { await: 1 }, get('/next')],
      gives: '200 200 open',
      body: 'new',
    },
  ]),
];
