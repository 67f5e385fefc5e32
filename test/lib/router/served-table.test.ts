// SPDX-License-Identifier: MIT
// The shared table of routing and decoding cases (test/fixtures/router-cases.json) through a real
// server: `routes` compiled by lib/router/compile.ts, requests from a socket. The native router and
// bunserve/router read the same file, so that the three cannot disagree.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BunRequest, Response, type Server } from 'bunserve';
import { root } from '../process/program.js';
import {
  exchange,
  request,
  startServer,
  text,
  thrownBy,
  withServer,
} from '../../helpers/with-server.js';

interface RouteEntry {
  readonly pattern: string;
  readonly methods?: readonly string[];
  readonly disabled?: boolean;
}

interface Table {
  readonly cases: readonly {
    readonly name: string;
    readonly routes: readonly RouteEntry[];
    readonly requests: readonly {
      readonly method?: string;
      readonly path: string;
      readonly route: number | null;
      readonly params?: Readonly<Record<string, string>>;
    }[];
  }[];
  readonly patterns: readonly { readonly pattern: string; readonly error?: string }[];
  readonly decode: readonly { readonly raw: string; readonly value: string }[];
}

const table = JSON.parse(
  readFileSync(join(root, 'test', 'fixtures', 'router-cases.json'), 'utf8'),
) as Table;

const MISS = 'none';

/** Tells which route answered and what its params were. */
function handler(index: number): (req: Request) => Response {
  return (req) => {
    const params = req instanceof BunRequest ? { ...req.params } : {};
    return new Response(JSON.stringify([index, params]), { headers: { 'x-route': String(index) } });
  };
}

function routesOf(entries: readonly RouteEntry[]): Record<string, unknown> {
  const routes: Record<string, unknown> = {};
  entries.forEach(({ pattern, methods, disabled }, index) => {
    if (disabled === true) routes[pattern] = false;
    else if (methods === undefined) routes[pattern] = handler(index);
    else {
      const byMethod = (routes[pattern] ??= {}) as Record<string, unknown>;
      for (const method of methods) byMethod[method] = handler(index);
    }
  });
  return routes;
}

/** An object cannot hold both a function and a method object under one key. */
function isExpressible(entries: readonly RouteEntry[]): boolean {
  return entries.every(
    ({ pattern, methods }, index) =>
      methods !== undefined ||
      entries.every((other, at) => at === index || other.pattern !== pattern),
  );
}

/** The answer of a handler; of HEAD, which has no body, only which one it was. */
async function answer(server: Server, method: string, path: string): Promise<string> {
  const options = { methodOf: () => method };
  const [message] = await exchange(server, request(method, path, ''), 1, options);
  const route = message?.headers.find(([name]) => name.toLowerCase() === 'x-route');
  if (route === undefined) return MISS;
  return method === 'HEAD' ? route[1] : text(message);
}

// The server refuses these two itself, whatever the routes say (DIVERGENCES.md).
const refused = ['TRACE', 'CONNECT'];

const expressible = table.cases.filter(({ routes }) => isExpressible(routes));

test('nearly all cases can be written as routes', () => {
  expect(expressible.length).toBeGreaterThan(table.cases.length * 0.8);
});

test.each(expressible.map((entry) => [entry.name, entry] as const))('%s', async (_, entry) => {
  const options = { routes: routesOf(entry.routes), fetch: () => new Response(MISS) };
  await withServer(options as never, async (server) => {
    for (const { method = 'GET', path, route, params = {} } of entry.requests) {
      // Nor does it accept a fragment in a target.
      if (refused.includes(method) || path.includes('#')) continue;
      const answered = method === 'HEAD' ? String(route) : JSON.stringify([route, params]);
      const expected = route === null ? MISS : answered;
      expect([method, path, await answer(server, method, path)]).toEqual([method, path, expected]);
    }
  });
});

describe('decoding of params', () => {
  let server: Server;
  beforeAll(() => {
    const routes = {
      '/:value': (req: BunRequest<'/:value'>) => Response.json(req.params.value) as never,
    };
    server = startServer({ routes });
  });
  afterAll(() => server.stop(true));

  // What a request target can hold: visible ASCII without the delimiters of paths and queries.
  const sendable = table.decode.filter(({ raw }) => /^[!-~]+$/.test(raw) && !/[/?#]/.test(raw));
  test.each(sendable.map(({ raw, value }) => [raw, value]))('%j', async (raw, value) => {
    const [message] = await exchange(server, request('GET', `/${raw}`, ''));
    expect(JSON.parse(text(message))).toBe(value);
  });
});

test.each(table.patterns.map(({ pattern, error }) => [pattern, error]))(
  'pattern %j: %s',
  (pattern, error) => {
    const serveIt = (): void => {
      const routes = { [pattern as string]: new Response('x') };
      void startServer({ routes, fetch: () => new Response('x') }).stop(true);
    };
    const thrown = thrownBy(serveIt);
    // An empty key is ignored, as in Bun.
    if (error === undefined || pattern === '') expect(thrown.name).toBe('nothing thrown');
    else expect(['TypeError', 'TODOError']).toContain(thrown.name);
  },
);
