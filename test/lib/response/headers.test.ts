// SPDX-License-Identifier: MIT
// Header lines on the wire: order, cookies, Date, framing that users cannot break, statuses.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { file, Response } from 'bunserve';
import type { HttpMessage } from '../../helpers/http-message.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { exchange, get, request, withServer } from '../../helpers/with-server.js';

async function answer(
  make: () => Response,
  send = get('/'),
  method = 'GET',
): Promise<HttpMessage | undefined> {
  return withServer({ fetch: make }, async (server) => {
    const [message] = await exchange(server, send, 1, { methodOf: () => method });
    return message;
  });
}

/** Head of a message with its Date made comparable. */
function head(message: HttpMessage | undefined): string[] {
  const lines = (message?.raw.toString('latin1') ?? '').split('\r\n\r\n')[0]?.split('\r\n') ?? [];
  return lines.map((line) =>
    line.replace(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/, 'Date: <now>'),
  );
}

function values(message: HttpMessage | undefined, name: string): string[] {
  return (message?.headers ?? []).filter(([key]) => key.toLowerCase() === name).map(([, v]) => v);
}

test('the plain case, byte for byte', async () => {
  expect(head(await answer(() => new Response('hello')))).toEqual([
    'HTTP/1.1 200 OK',
    'content-type: text/plain;charset=utf-8',
    'Date: <now>',
    'Content-Length: 5',
  ]);
});

test('cookies first, then well-known names, then the others', async () => {
  const headers: [string, string][] = [
    ['X-Zed', 'z'],
    ['cache-control', 'no-store'],
    ['a-custom', 'a'],
    ['Set-Cookie', 'a=1'],
    ['vary', 'accept'],
    ['set-cookie', 'b=2; Path=/'],
    ['server', 'mine'],
  ];
  expect(head(await answer(() => new Response(null, { headers })))).toEqual([
    'HTTP/1.1 200 OK',
    'set-cookie: a=1',
    'set-cookie: b=2; Path=/',
    'Cache-Control: no-store',
    'Vary: accept',
    'X-Zed: z',
    'a-custom: a',
    'server: mine',
    'Date: <now>',
    'Content-Length: 0',
  ]);
});

test('every Set-Cookie is a line, other names are joined', async () => {
  const make = (): Response => {
    const response = new Response('x');
    for (const value of ['a=1', 'b=2', 'a=1']) response.headers.append('Set-Cookie', value);
    for (const value of ['1', '2']) response.headers.append('X-Many', value);
    return response;
  };
  const message = await answer(make);
  expect(values(message, 'set-cookie')).toEqual(['a=1', 'b=2', 'a=1']);
  expect(values(message, 'x-many')).toEqual(['1, 2']);
});

test("Date: one line, a user's replaces it, static routes too", async () => {
  const own = 'Thu, 01 Jan 1970 00:00:00 GMT';
  const make = (): Response => new Response('x', { headers: { date: own } });
  await withServer(
    { routes: { '/s': make(), '/d': make }, fetch: () => new Response('x') },
    async (server) => {
      const [fixed, dynamic, auto] = await exchange(server, get('/s') + get('/d') + get('/'), 3);
      expect([values(fixed, 'date'), values(dynamic, 'date')]).toEqual([[own], [own]]);
      expect(values(auto, 'date')).toHaveLength(1);
      expect(Math.abs(Date.parse(values(auto, 'date')[0] as string) - Date.now())).toBeLessThan(
        60e3,
      );
    },
  );
});

test('values are sent as Latin-1', async () => {
  const message = await answer(() => new Response('x', { headers: { 'x-a': 'caf\xe9' } }));
  expect(message?.raw.includes(Buffer.from('x-a: caf\xe9\r\n', 'latin1'))).toBe(true);
});

describe("framing is the server's", () => {
  const sets: [string, Record<string, string>][] = [
    ['a shorter Content-Length', { 'Content-Length': '3' }],
    ['a longer one', { 'Content-Length': '9' }],
    ['Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }],
    ['both', { 'Content-Length': '1', 'Transfer-Encoding': 'chunked' }],
  ];
  test.each(sets)('%s', async (_, headers) => {
    const message = await answer(() => new Response('hello', { headers }));
    expect(values(message, 'content-length')).toEqual(['5']);
    expect(values(message, 'transfer-encoding')).toEqual([]);
    expect(message?.body.toString()).toBe('hello');
  });

  // Item 49 of the checklist in test/README.md.
  const path = join(temporaryFolder(), 'hello.txt');
  writeFileSync(path, 'hello');
  const kinds: [string, (headers: Record<string, string>) => globalThis.Response][] = [
    ['bytes', (headers) => new Response(Buffer.from('hello'), { headers })],
    ['a Blob', (headers) => new Response(new Blob(['hello']), { headers })],
    ['a file', (headers) => new Response(file(path), { headers })],
    ['a stream', (headers) => new Response(new Blob(['hello']).stream(), { headers })],
    ['a late generator', (headers) => new Response(late as never, { headers })],
    ["Node's own", (headers) => new globalThis.Response('hello', { headers })],
  ];
  async function* late(): AsyncGenerator<string> {
    yield 'hel';
    await new Promise((resolve) => setImmediate(resolve));
    yield 'lo';
  }
  test.each(kinds)('with a body that is %s', async (_, make) => {
    const fetch = (req: Request): globalThis.Response =>
      make(sets[Number(new URL(req.url).pathname.slice(1))]![1]);
    await withServer({ fetch }, async (server) => {
      const requests = sets.map((_set, i) => get(`/${i}`)).join('');
      const messages = await exchange(server, requests, sets.length);
      expect(messages.map(({ body }) => body.toString())).toEqual(sets.map(() => 'hello'));
    });
  });

  test('of a static route', async () => {
    const routes = Object.fromEntries(
      sets.map(([, headers], i) => [`/${i}`, new Response('hello', { headers })]),
    );
    await withServer({ routes }, async (server) => {
      const requests = sets.map((_set, i) => get(`/${i}`)).join('');
      const messages = await exchange(server, requests, sets.length);
      expect(messages.map(({ body }) => body.toString())).toEqual(sets.map(() => 'hello'));
    });
  });
});

test.each([
  [204, [] as string[]],
  [205, ['0']],
  [304, [] as string[]],
])('%p has no body', async (status, length) => {
  await withServer({ fetch: () => new Response(null, { status }) }, async (server) => {
    const messages = await exchange(server, get('/').repeat(2), 2);
    for (const message of messages) {
      expect(message.status).toBe(status);
      expect(values(message, 'content-length')).toEqual(length);
      expect(values(message, 'date')).toHaveLength(1);
    }
  });
});

test.each([
  [200, 'OK'],
  [299, 'HM'],
  [404, 'Not Found'],
  [413, 'Payload Too Large'],
  [418, "I'm a Teapot"],
  [599, 'HM'],
])('the reason of %p is %s, whatever statusText says', async (status, reason) => {
  const message = await answer(() => new Response('x', { status, statusText: 'Mine' }));
  expect([message?.status, message?.reason]).toEqual([status, reason]);
});

describe('redirects', () => {
  test.each([
    [() => Response.redirect('/blog/hello/world'), 302, '/blog/hello/world'],
    [() => Response.redirect('https://example.com/a?b', 301), 301, 'https://example.com/a?b'],
    [() => Response.redirect('../up', 308), 308, '../up'],
  ])('%#', async (make, status, location) => {
    await withServer({ routes: { '/static': make() }, fetch: make }, async (server) => {
      for (const message of await exchange(server, get('/') + get('/static'), 2)) {
        expect(message.status).toBe(status);
        expect(values(message, 'location')).toEqual([location]);
        expect(values(message, 'content-length')).toEqual(['0']);
        expect(values(message, 'content-type')).toEqual([]);
      }
    });
  });
});

describe('HEAD', () => {
  const head5 = request('HEAD', '/', '');
  test('the bytes', async () => {
    const message = await answer(() => new Response('hello'), head5, 'HEAD');
    expect(message?.raw.toString()).toBe('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n');
  });

  test('a length the handler knows', async () => {
    const make = (): Response => new Response(null, { headers: { 'Content-Length': '11' } });
    const message = await answer(make, head5, 'HEAD');
    expect(values(message, 'content-length')).toEqual(['11']);
  });

  test('the next request on the connection is found', async () => {
    const methodOf = (index: number): string => (index === 0 ? 'HEAD' : 'GET');
    await withServer({ fetch: () => new Response('x'.repeat(100_000)) }, async (server) => {
      const [first, second] = await exchange(server, head5 + get('/'), 2, { methodOf });
      expect(values(first, 'content-length')).toEqual(['100000']);
      expect(second?.body.length).toBe(100_000);
    });
  });
});

test('Connection: close is sent and kept', async () => {
  const make = (): Response => new Response('bye', { headers: { Connection: 'close' } });
  await withServer({ routes: { '/static': make() }, fetch: make }, async (server) => {
    for (const path of ['/', '/static']) {
      const messages = await exchange(server, get(path) + get(path), 2);
      expect(messages.map(({ body }) => body.toString())).toEqual(['bye']);
      expect(values(messages[0], 'connection')).toEqual(['close']);
    }
  });
});
