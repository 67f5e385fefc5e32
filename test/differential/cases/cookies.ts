// SPDX-License-Identifier: MIT
// request.cookies, and what changes of it do to responses (behaviours 18.1, 18.2).
import type * as bunserve from 'bunserve';
import type { DifferentialCase, Handler } from '../case.js';
import { call, get } from '../case.js';

const SENT = 'Cookie: a=1; b=%20x; a=2';

/** A case whose every answer is one GET of /t with some cookies. */
function onRoute(
  name: string,
  handler: Handler,
  more: Partial<DifferentialCase> = {},
): DifferentialCase {
  // Rebuilt as text: apps travel as source.
  const source = `({ json, log, Bun }) => ({
    routes: { '/t': ${handler.toString()} },
    fetch: () => new Response('fetch'),
    error: (error) => (error.message === 'quiet' ? undefined : new Response('E: ' + error.message)),
  })`;
  const app = Object.assign(() => ({}), { toString: () => source });
  return { name, app, send: get('/t', SENT), gives: '200 open', ...more };
}

/** A case about reading: answers with all pairs. */
function reading(name: string, ...fields: string[]): DifferentialCase {
  return {
    name,
    app: ({ json }) => ({
      routes: {
        '/t': ({ cookies }) => json([[...cookies], cookies.size, cookies.toJSON()]),
      },
    }),
    send: get('/t', ...fields),
    gives: '200 open',
  };
}

declare const json: (value: unknown) => Response;
declare const Bun: typeof bunserve;

export const cases: readonly DifferentialCase[] = [
  reading('read: none'),
  reading('read: one', 'Cookie: a=1'),
  reading('read: several, with a duplicate', SENT),
  reading('read: two fields', 'Cookie: a=1', 'Cookie: b=2'),
  reading('read: an empty field', 'Cookie: '),
  reading('read: separators only', 'Cookie: ; ;;= ; =x'),
  reading('read: no white space', 'Cookie: a=1;b=2;c=3'),
  reading('read: white space everywhere', 'Cookie:   a =  1 ;\tb\t=\t2\t'),
  reading('read: pairs without a name or "="', 'Cookie: a; =b; c=; d==; e=f=g'),
  reading('read: quotes are part of the value', 'Cookie: a="1"; b="x; c=y"'),
  reading('read: names are literal', 'Cookie: %61=1; a+b=c+d; $Version=1'),
  reading('read: bad percent signs', 'Cookie: a=%zz; b=%4; c=%; d=%%41; e=%C3%A'),
  reading('read: bad UTF-8', 'Cookie: a=%ff; b=%C3; c=%ED%A0%80; d=%C3%41; e=%F0%9F%98%80%80'),
  reading('read: UTF-8 and raw bytes', 'Cookie: a=\xe9; b=%C3%A9; c=%C3%A9\xe9; \xe9=1'),
  reading('read: encoded line ends are data', 'Cookie: a=%0d%0ax: y'),
  reading('read: names of Object.prototype', 'Cookie: __proto__=1; constructor=2; toString=3'),
  reading(
    'read: 500 pairs',
    `Cookie: ${Array.from({ length: 500 }, (_, i) => `k${i}=${i}`).join('; ')}`,
  ),

  onRoute('reading adds nothing', (req) => json([req.cookies.get('a'), req.cookies.has('b')])),
  onRoute('the same object each time', (req) => json(req.cookies === req.cookies)),
  onRoute('cookies is read-only', (req) => {
    try {
      (req as { cookies: unknown }).cookies = 5;
      return json('assigned');
    } catch (error) {
      return json([(error as Error).name, typeof req.cookies]);
    }
  }),
  {
    name: 'fetch has no cookies',
    app: ({ json }) => ({ fetch: (req) => json([typeof req.cookies, 'cookies' in req]) }),
    send: get('/', SENT),
    gives: '200 open',
    body: '["undefined",false]',
  },
  onRoute('headers changed before the first look', (req) => {
    req.headers.set('cookie', 'z=9');
    return json([...req.cookies]);
  }),
  onRoute('headers changed after the first look', (req) => {
    req.cookies.get('a');
    req.headers.set('cookie', 'z=9');
    return json([...req.cookies]);
  }),

  onRoute(
    'set',
    (req) => {
      req.cookies.set('x', '1');
      return new Response('hi');
    },
    { strict: true },
  ),
  onRoute(
    "set, beside the response's own fields",
    (req) => {
      req.cookies.set('x', '1');
      const headers = { 'Set-Cookie': 'u=1', 'X-A': '1', 'Cache-Control': 'no-store' };
      return new Response('hi', { headers });
    },
    { strict: true },
  ),
  onRoute('set, delete and set', (req) => {
    req.cookies.set('x', '1');
    req.cookies.delete('a');
    req.cookies.set('y', 'a b;\u00e9', { maxAge: 5, httpOnly: true });
    return json([...req.cookies]);
  }),
  onRoute('set twice: the last one counts, at the end', (req) => {
    req.cookies.set('x', '1');
    req.cookies.set('y', '1');
    req.cookies.set('x', '2', { path: '/p' });
    return json([...req.cookies]);
  }),
  onRoute('delete what was set', (req) => {
    req.cookies.set('x', '1');
    req.cookies.delete('x');
    return json([...req.cookies]);
  }),
  onRoute('delete with path and domain', (req) => {
    req.cookies.delete({ name: 'a', path: '/p', domain: 'x.example' });
    req.cookies.delete('b', { path: '/q' });
    return json([...req.cookies]);
  }),
  onRoute('a Cookie changed after it was set', (req) => {
    const cookie = new Bun.Cookie('x', '1');
    req.cookies.set(cookie);
    cookie.value = '2';
    cookie.secure = true;
    return json([...req.cookies]);
  }),
  onRoute('set by an async handler', async (req) => {
    await Promise.resolve();
    req.cookies.set('x', '1');
    await new Promise((resolve) => setImmediate(resolve));
    req.cookies.set('y', '2');
    return new Response('hi');
  }),
  onRoute('set after the Response was made', (req) => {
    const response = new Response('hi');
    req.cookies.set('x', '1');
    return response;
  }),
  onRoute('set beside a promise that is kept', (req) => {
    const promise = Promise.resolve(new Response('hi'));
    req.cookies.set('x', '1');
    return promise;
  }),
  onRoute('the Response itself does not change', (req) => {
    req.cookies.set('x', '1');
    const response = new Response('hi');
    response.headers.set('x-seen', String(response.headers.getSetCookie().length));
    return response;
  }),
  onRoute(
    'redirect',
    (req) => {
      req.cookies.set('x', '1');
      return Response.redirect('/elsewhere', 302);
    },
    { gives: '302 open' },
  ),
  onRoute('JSON', (req) => {
    req.cookies.set('x', '1');
    return Response.json({ a: 1 });
  }),
  onRoute('no body', (req) => {
    req.cookies.set('x', '1');
    return new Response(null);
  }),
  onRoute(
    '204',
    (req) => {
      req.cookies.set('x', '1');
      return new Response(null, { status: 204 });
    },
    { gives: '204 open' },
  ),
  onRoute(
    '304',
    (req) => {
      req.cookies.set('x', '1');
      return new Response(null, { status: 304 });
    },
    { gives: '304 open' },
  ),
  onRoute('a typed Blob', (req) => {
    req.cookies.set('x', '1');
    return new Response(new Blob(['{}'], { type: 'application/json;charset=utf-8' }));
  }),
  onRoute(
    'HEAD',
    (req) => {
      req.cookies.set('x', '1');
      return new Response('hi');
    },
    { send: call('HEAD', '/t', SENT), strict: true },
  ),
  onRoute('error() answers: cookies go with it', (req) => {
    req.cookies.set('x', '1');
    throw new Error('boom');
  }),
  onRoute('error() answers after a rejection', async (req) => {
    await Promise.resolve();
    req.cookies.set('x', '1');
    throw new Error('boom');
  }),
  onRoute(
    'the default 500 has no cookies',
    (req) => {
      req.cookies.set('x', '1');
      throw new Error('quiet');
    },
    { gives: '500 open', strict: true },
  ),
  onRoute(
    'no Response, no cookies',
    (req) => {
      req.cookies.set('x', '1');
    },
    { gives: '204 open', strict: true },
  ),
  onRoute(
    '100 cookies',
    (req) => {
      for (let i = 0; i < 100; i += 1) req.cookies.set(`c${i}`, 'v');
      return new Response('hi');
    },
    { strict: true },
  ),
  onRoute('a long value', (req) => {
    req.cookies.set('c', 'v'.repeat(100_000));
    return new Response('hi');
  }),
  onRoute('a clone has cookies of its own', (req) => {
    req.cookies.set('before', '1');
    const copy = req.clone();
    copy.cookies.set('copy', '1');
    req.cookies.set('after', '1');
    return json([[...copy.cookies], [...req.cookies]]);
  }),
  onRoute('a clone made before the first look', (req) => {
    const copy = req.clone();
    copy.cookies.set('copy', '1');
    return json([[...copy.cookies], [...req.cookies]]);
  }),
  onRoute('new Request(request) has no cookies', (req) =>
    json(typeof (new Request(req) as { cookies?: unknown }).cookies),
  ),
  {
    name: 'each request of a connection has its own',
    app: ({ json }) => ({
      routes: {
        '/:id': (req) => {
          if (req.params.id !== 'b') req.cookies.set('id', req.params.id ?? '');
          return json([...req.cookies]);
        },
      },
    }),
    send: [get('/a', SENT), { await: 1 }, get('/b'), { await: 2 }, get('/c', 'Cookie: c=3')],
    gives: '200 200 200 open',
  },
  {
    name: 'a method of a route',
    app: () => ({
      routes: {
        '/t': {
          POST: (req) => {
            req.cookies.set('x', '1');
            return new Response('hi');
          },
        },
      },
    }),
    send: call('POST', '/t', 'Content-Length: 0'),
    gives: '200 open',
  },
];
