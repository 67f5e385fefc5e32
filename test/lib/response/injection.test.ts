// SPDX-License-Identifier: MIT
// Items 47 and 48 of the checklist in test/README.md. Nothing a program passes on can end a line of the response's head: every way in refuses it with a
// TypeError, and whoever does not catch that answers 500. Bodies that a status or method does not
// have never reach the wire.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cookie, file, Headers, Response, type BunRequest, type Server } from 'bunserve';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { exchange, get, request, withErrorLog, withServer } from '../../helpers/with-server.js';

const EVIL = ['a\r\nX-Evil: 1', 'a\nX-Evil: 1', 'a\rX-Evil: 1', 'a\0b'];

const ways: [string, (evil: string, req: BunRequest, server: Server) => Response][] = [
  ['a value', (evil) => new Response('x', { headers: { 'x-a': evil } })],
  ['a list of values', (evil) => new Response('x', { headers: [['x-a', evil]] })],
  ['a name', (evil) => new Response('x', { headers: { [evil]: 'a' } })],
  [
    'set()',
    (evil) => {
      const response = new Response('x');
      response.headers.set('x-a', evil);
      return response;
    },
  ],
  [
    'append()',
    (evil) => {
      const headers = new Headers();
      headers.append('set-cookie', evil);
      return new Response('x', { headers });
    },
  ],
  ['statusText', (evil) => new Response('x', { statusText: evil })],
  ['redirect()', (evil) => Response.redirect(`/${evil}`, 302)],
  ['json()', (evil) => Response.json(1, { headers: { 'x-a': evil } })],
  [
    "a cookie's path",
    (evil, req) => {
      req.cookies.set('a', 'b', { path: `/${evil}` });
      return new Response('x');
    },
  ],
  [
    "a cookie's domain",
    (evil, req) => {
      req.cookies.set(new Cookie('a', 'b', { domain: evil }));
      return new Response('x');
    },
  ],
  [
    "a cookie's name",
    (evil, req) => {
      req.cookies.delete(evil);
      return new Response('x');
    },
  ],
  [
    'upgrade()',
    (evil, req, server) => {
      server.upgrade(req, { headers: { 'x-a': evil } });
      return new Response('x');
    },
  ],
];

const native: [string, (evil: string) => globalThis.Response][] = [
  ["a value of Node's own", (evil) => new globalThis.Response('x', { headers: { 'x-a': evil } })],
  ["a reason of Node's own", (evil) => new globalThis.Response('x', { statusText: evil })],
];

describe.each([...ways, ...native] as typeof ways)('%s', (_name, make) => {
  test.each(EVIL)('%j', async (evil) => {
    const thrown: unknown[] = [];
    const routes = {
      '/': (req: BunRequest, server: Server) => make(evil, req, server) as never,
    };
    const websocket = { message: () => undefined };
    await withErrorLog((log) =>
      withServer({ routes, websocket }, async (server) => {
        const [message] = await exchange(server, get('/'));
        expect(message?.status).toBe(500);
        expect(message?.raw.toString('latin1')).not.toMatch(/evil|a\0b/i);
        thrown.push(...log.flat());
      }),
    );
    expect(thrown).toMatchObject([{ name: 'TypeError' }]);
  });
});

test('a cookie value is escaped', async () => {
  const routes = {
    '/': (req: BunRequest) => {
      for (const [i, evil] of EVIL.entries()) req.cookies.set(`c${i}`, evil);
      return new Response('x');
    },
  };
  await withServer({ routes }, async (server) => {
    const [message] = await exchange(server, get('/'));
    expect(message?.headers.filter(([name]) => name.toLowerCase() === 'x-evil')).toEqual([]);
    expect(message?.headers.filter(([name]) => /^set-cookie$/i.test(name))).toHaveLength(4);
    expect(message?.raw.toString('latin1')).toContain('c0=a%0D%0AX-Evil%3A%201');
  });
});

const bodies: [string, () => unknown][] = [
  ['a text', () => 'body'],
  ['bytes', () => new Uint8Array(100_000)],
  ['a Blob', () => new Blob(['body'])],
  ['a stream', () => new Blob(['body']).stream()],
  [
    'a generator',
    () =>
      async function* () {
        yield 'body';
      },
  ],
];

describe.each(bodies)('%s is not sent', (_name, make) => {
  test.each([204, 205, 304])('with status %i', async (status) => {
    const fetch = (): Response => new Response(make() as never, { status });
    await withServer({ fetch }, async (server) => {
      const messages = await exchange(server, get('/').repeat(2), 2);
      expect(messages.map((message) => [message.status, message.body.length])).toEqual([
        [status, 0],
        [status, 0],
      ]);
      for (const { raw } of messages) expect(raw.toString()).toMatch(/\r\n\r\n$/);
    });
  });

  test('to HEAD', async () => {
    const fetch = (): Response => new Response(make() as never);
    const methodOf = (): string => 'HEAD';
    await withServer({ fetch }, async (server) => {
      const heads = request('HEAD', '/', '').repeat(2);
      const messages = await exchange(server, heads, 2, { methodOf });
      expect(messages.map(({ status }) => status)).toEqual([200, 200]);
      for (const { raw } of messages) expect(raw.toString()).toMatch(/\r\n\r\n$/);
    });
  });
});

test.each([100, 101, 103, 199])('there is no Response with status %i', (status) => {
  expect(() => new Response(null, { status })).toThrow(RangeError);
});

describe('what is no header of the program, but becomes one', () => {
  const folder = temporaryFolder();
  const plain = join(folder, 'plain.txt');
  writeFileSync(plain, 'x');
  const kinds: [string, (evil: string) => unknown][] = [
    ['the type of a Blob', (evil) => new Blob(['x'], { type: evil })],
    ['the type of a File', (evil) => new File(['x'], 'x', { type: evil })],
    ['the name of a File', (evil) => new File(['x'], evil)],
    ['the type of a BunFile', (evil) => file(plain, { type: evil })],
    ['the type of a slice', (evil) => file(plain).slice(0, 1, evil)],
  ];

  test.each(kinds)('%s', async (_name, make) => {
    const fetch = (req: globalThis.Request): Response =>
      new Response(make(EVIL[Number(new URL(req.url).pathname.slice(1))]!) as never);
    await withServer({ fetch }, async (server) => {
      const requests = EVIL.map((_, i) => get(`/${i}`)).join('');
      const messages = await exchange(server, requests, EVIL.length);
      for (const { status, raw, body } of messages) {
        expect([status === 200 || status === 206, body.toString()]).toEqual([true, 'x']);
        expect(raw.toString('latin1')).not.toMatch(/evil|a\0b/i);
      }
    });
  });

  test.each(EVIL.slice(0, 3))('the name of a file: %j', async (evil) => {
    const path = join(folder, evil);
    writeFileSync(path, 'x');
    await withServer({ fetch: () => new Response(file(path)) }, async (server) => {
      const [message] = await exchange(server, get('/'));
      expect([message?.status, message?.body.toString()]).toEqual([200, 'x']);
      const names = message?.headers.map(([name]) => name.toLowerCase());
      expect(names).not.toContain('x-evil');
    });
  });
});
