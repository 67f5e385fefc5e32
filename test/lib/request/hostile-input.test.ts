// SPDX-License-Identifier: MIT
// What a client can put into a request and at a port, as the program sees it: much of it, under odd
// names, coded, or in another protocol. The parser's own table is test/native/support/hostile_cases.h.
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { CookieMap, Response, type BunRequest } from 'bunserve';
import {
  exchange,
  get,
  post,
  rejectionOf,
  text,
  withClient,
  withServer,
} from '../../helpers/with-server.js';

const answer = { routes: { '/*': () => new Response('alive') } };

test('as many cookies as a head can hold, and a query as long', async () => {
  const pairs = Array.from({ length: 1500 }, (_, i) => `c${i}=${i}`).join('; ');
  const query = Array.from({ length: 1500 }, (_, i) => `q${i}=${i}`).join('&');
  const routes = {
    '/cookies': (req: BunRequest) =>
      Response.json([req.cookies.size, req.cookies.get('c1499')]) as never,
    '/query': (req: BunRequest) => {
      const { searchParams } = new URL(req.url);
      return Response.json([searchParams.size, searchParams.get('q1499')]) as never;
    },
  };
  await withServer({ routes }, async (server) => {
    const requests = get('/cookies', `Cookie: ${pairs}`) + get(`/query?${query}`);
    const messages = await exchange(server, requests, 2);
    expect(messages.map(text)).toEqual(['[1500,"1499"]', '[1500,"1499"]']);
  });
});

// Anything that looked at every earlier cookie for each would not end in time.
test('half a million cookies', () => {
  const count = 500_000;
  const pairs = Array.from({ length: count }, (_, i) => `c${i}=${i}`).join('; ');
  const map = new CookieMap(pairs);
  expect(map.size).toBe(count);
  for (let i = 0; i < count; i += 1000) expect(map.get(`c${i}`)).toBe(String(i));
  const quotes = new CookieMap(`a=${'"'.repeat(count)}; b=${'%'.repeat(count)}`);
  expect(quotes.get('a')).toHaveLength(count);
  expect(new CookieMap(';'.repeat(count)).size).toBe(0);
});

test('names of Object.prototype are names', async () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then'];
  const fetch = (req: Request): Response => {
    const found = names.map((name) => req.headers.get(name));
    const all = Object.fromEntries([...req.headers].filter(([name]) => name !== 'host'));
    return Response.json([found, all, ({} as Record<string, unknown>)['polluted']]) as never;
  };
  await withServer({ fetch: fetch as never }, async (server) => {
    const fields = names.map((name) => `${name}: polluted`);
    const [message] = await exchange(server, get('/', ...fields));
    const [found, all, polluted] = JSON.parse(text(message)) as [string[], object, null];
    expect(found).toEqual(names.map(() => 'polluted'));
    expect(Object.keys(all).sort()).toEqual(names.map((name) => name.toLowerCase()).sort());
    expect(polluted).toBeNull();
  });
});

test.each([
  ['gzip', gzipSync('packed').toString('latin1')],
  ['br', '\x0b\x02\x80packed\x03'],
  ['deflate, gzip', 'not packed at all'],
])('a body coded %s arrives as it is', async (coding, body) => {
  const fetch = async (req: Request): Promise<Response> =>
    new Response(await req.arrayBuffer(), {
      headers: { 'x-coding': String(req.headers.get('content-encoding')) },
    });
  await withServer({ fetch: fetch as never }, async (server) => {
    const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`;
    const [message] = await exchange(server, head + body);
    expect(message?.body.toString('latin1')).toBe(body);
    expect(message?.headers).toContainEqual(['x-coding', coding]);
  });
});

describe('another protocol at a plain port', () => {
  const plain = { ...answer, tls: undefined };

  test('a TLS client is told off in plain text, and the server goes on', async () => {
    await withServer(plain, async (server) => {
      const tls = connectTls({ port: server.port as number, host: '127.0.0.1', servername: 'a' });
      const failed = await rejectionOf(
        new Promise((resolve, reject) => tls.once('secureConnect', resolve).once('error', reject)),
      );
      expect(failed).toMatchObject({ code: expect.stringMatching(/SSL|ECONNRESET/) as string });
      tls.destroy();
      expect(text((await exchange(server, get('/')))[0])).toBe('alive');
    });
  });

  test('so is an HTTP/2 client', async () => {
    await withServer(plain, async (server) => {
      const client = connectHttp2(`http://127.0.0.1:${server.port}`);
      await new Promise((resolve) => client.on('error', resolve).on('close', resolve));
      client.destroy();
      expect(text((await exchange(server, get('/')))[0])).toBe('alive');
    });
  });

  test('and one that is half-way through a hello', async () => {
    await withServer(plain, (server) =>
      withClient(server, async (client) => {
        await client.write('\x16\x03\x01');
        await client.untilEnd();
        expect(client.messages.map(({ status }) => status)).toEqual([400]);
      }),
    );
  });
});

test('the same, answered in the same way, wherever it is cut', async () => {
  const fetch = async (req: Request): Promise<Response> => new Response(await req.text());
  const requests = get('/a') + post('/b', 'body') + get('/c', 'Connection: close');
  await withServer({ fetch: fetch as never }, async (server) => {
    for (let cut = 1; cut < requests.length; cut += 7) {
      await withClient(server, async (client) => {
        await client.write(requests.slice(0, cut));
        await client.write(requests.slice(cut) + get('/never'));
        await client.untilEnd();
        expect(client.messages.map(text)).toEqual(['', 'body', '']);
      });
    }
  });
});
