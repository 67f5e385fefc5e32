// SPDX-License-Identifier: MIT
// What a handler reads of a request's head, and when: at once, after an await, after the answer,
// and long after the connection has served other requests. Nothing is kept by native memory that
// may have gone meanwhile.
import { setImmediate as turn } from 'node:timers/promises';
import { BunRequest, Headers, Request, Response, type Server } from 'bunserve';
import { scheme } from '../../helpers/transport.js';
import { exchange, get, request, withServer } from '../../helpers/with-server.js';

interface Head {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly one: string | null;
  readonly none: string | null;
}

function read(req: globalThis.Request): Head {
  const { method, url, headers } = req;
  return {
    method,
    url,
    headers: [...headers],
    one: headers.get('X-One'),
    none: headers.get('x-none'),
  };
}

const sent = request(
  'POST',
  '/path/%C3%A9?a=1&b',
  '',
  'Content-Length: 0',
  'X-One:  1 ',
  'x-Two: a',
  'X-TWO: b',
);
const expected: Head = {
  method: 'POST',
  url: `${scheme}://example.com/path/%C3%A9?a=1&b`,
  headers: [
    ['content-length', '0'],
    ['host', 'example.com'],
    ['x-one', '1'],
    ['x-two', 'a, b'],
  ],
  one: '1',
  none: null,
};
const other = get('/other/of/another/length', 'X-One: not this', 'X-None: nor this', 'X-Two: c');

/** Runs a handler on the request above, with others before and behind it on its connection. */
async function inHandler(
  handler: (req: globalThis.Request, server: Server) => unknown,
): Promise<void> {
  let answer: unknown = null;
  const fetch = (req: globalThis.Request, server: Server): unknown => {
    if (!req.url.includes('/path/')) return new Response('other');
    answer = handler(req, server) ?? new Response('first');
    return answer;
  };
  await withServer({ fetch: fetch as never }, async (server) => {
    const messages = await exchange(server, other + sent + other.repeat(3), 5);
    expect(messages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(answer).not.toBeNull();
  });
}

test('in the handler, twice', async () => {
  await inHandler((req) => {
    expect(read(req)).toEqual(expected);
    expect(read(req)).toEqual(expected);
    expect(req.headers).toBe(req.headers);
  });
});

test('after awaits', async () => {
  await inHandler(async (req) => {
    await turn();
    await turn();
    expect(read(req)).toEqual(expected);
    return new Response('late');
  });
});

test.each(['url', 'method', 'headers', 'one'] as const)(
  'begun with %s, the rest after an await',
  async (first) => {
    await inHandler(async (req) => {
      if (first === 'one') req.headers.get('x-one');
      else void req[first];
      await turn();
      expect(read(req)).toEqual(expected);
      return new Response('late');
    });
  },
);

test('after the answer, when the connection has served others', async () => {
  let kept: globalThis.Request | undefined;
  await inHandler((req) => {
    kept = req;
  });
  expect(read(kept as globalThis.Request)).toEqual(expected);
});

test('after the client has left', async () => {
  let kept: globalThis.Request | undefined;
  await withServer({ fetch: (req) => ((kept = req), new Response('x')) }, async (server) => {
    await exchange(server, sent);
  });
  expect(read(kept as globalThis.Request)).toEqual(expected);
});

test('a hundred requests kept, each its own', async () => {
  const kept: globalThis.Request[] = [];
  const fetch = (req: globalThis.Request): Response => (kept.push(req), new Response('x'));
  await withServer({ routes: { '/:id': fetch } }, async (server) => {
    const ids = Array.from({ length: 100 }, (_, i) => `${i}`);
    await exchange(server, ids.map((id) => get(`/${id}`, `X-Id: ${id}`)).join(''), 100);
    expect(kept.map((req) => new URL(req.url).pathname)).toEqual(ids.map((id) => `/${id}`));
    expect(kept.map((req) => req.headers.get('x-id'))).toEqual(ids);
    expect(kept.map((req) => (req as BunRequest<'/:id'>).params.id)).toEqual(ids);
  });
});

describe('the rest of the interface', () => {
  test.each(['/route/1', '/none'])('%s', async (path) => {
    let seen: Record<string, unknown> = {};
    const look = (req: globalThis.Request): Response => {
      const { cache, credentials, destination, integrity, mode, redirect, referrer } = req;
      const { referrerPolicy, body, bodyUsed } = req;
      seen = { cache, credentials, destination, integrity, mode, redirect, referrer };
      Object.assign(seen, { referrerPolicy, body, bodyUsed, aborted: req.signal.aborted });
      expect(req).toBeInstanceOf(Request);
      expect(req).toBeInstanceOf(globalThis.Request);
      expect(req.constructor).toBe(Request);
      expect(req.headers).toBeInstanceOf(Headers);
      return new Response('x');
    };
    await withServer({ routes: { '/route/:id': look }, fetch: look }, async (server) => {
      await exchange(server, get(path));
    });
    expect(seen).toEqual({
      cache: 'default',
      credentials: 'include',
      destination: '',
      integrity: '',
      mode: 'cors',
      redirect: 'follow',
      referrer: '',
      referrerPolicy: '',
      body: null,
      bodyUsed: false,
      aborted: false,
    });
  });

  test('routes get a BunRequest with params, fetch a plain one', async () => {
    const seen: unknown[] = [];
    const look = (req: globalThis.Request): Response => {
      const { params } = req as Partial<BunRequest>;
      const params2 = params === undefined ? undefined : { ...params };
      seen.push([Object.prototype.toString.call(req), req instanceof BunRequest, params2]);
      return new Response('x');
    };
    await withServer({ routes: { '/r/:id': look, '/r': look }, fetch: look }, async (server) => {
      await exchange(server, get('/r/a%20b') + get('/r') + get('/'), 3);
    });
    expect(seen).toEqual([
      ['[object BunRequest]', true, { id: 'a b' }],
      ['[object BunRequest]', true, {}],
      ['[object Request]', false, undefined],
    ]);
  });
});

test('headers can be changed by the handler, without touching the next request', async () => {
  const seen: (string | null)[] = [];
  const fetch = (req: globalThis.Request): Response => {
    req.headers.set('x-one', 'changed');
    req.headers.append('x-new', '1');
    seen.push(req.headers.get('x-one'), req.headers.get('x-new'));
    return new Response('x');
  };
  await withServer({ fetch }, async (server) => {
    await exchange(server, get('/', 'X-One: a') + get('/', 'X-One: b'), 2);
  });
  expect(seen).toEqual(['changed', '1', 'changed', '1']);
});
