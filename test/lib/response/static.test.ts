// SPDX-License-Identifier: MIT
// Responses as route values: rendered once, answered without JavaScript, with ETag and 304.
import { Response, serve, type ServeOptions } from 'bunserve';
import type { HttpMessage } from '../../helpers/http-message.js';
import {
  bodyOf,
  exchange,
  get,
  post,
  request,
  text,
  thrownBy,
  withServer,
} from '../../helpers/with-server.js';

function value(message: HttpMessage | undefined, name: string): string | undefined {
  return message?.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

// XXH64 with seed 0, as Bun's: the tag of `static` was read off Bun 1.4.5.
const TAG = '"d893f86a0f6b9450"';

test('order of lines, ETag', async () => {
  const headers = { 'X-Own': '1', 'cache-control': 'max-age=60' };
  await withServer({ routes: { '/': new Response('static', { headers }) } }, async (server) => {
    const [message] = await exchange(server, get('/'));
    expect(message?.headers.map(([name]) => name)).toEqual([
      'Cache-Control',
      'Content-Type',
      'X-Own',
      'etag',
      'Date',
      'Content-Length',
    ]);
    expect(value(message, 'etag')).toBe(TAG);
  });
});

test('body and headers are those of the moment of serve()', async () => {
  const bytes = new TextEncoder().encode('before');
  const response = new Response(bytes, { headers: { 'x-a': 'before' } });
  await withServer({ routes: { '/': response } }, async (server) => {
    response.headers.set('x-a', 'after');
    bytes.fill(0x78);
    const [message] = await exchange(server, get('/'));
    expect([text(message), value(message, 'x-a')]).toEqual(['before', 'before']);
    // The object stays usable, and may be a route of another server too.
    await withServer({ routes: { '/': response } }, async (other) => {
      expect((await exchange(other, get('/')))[0]?.status).toBe(200);
    });
  });
});

describe('conditional requests', () => {
  test.each([
    ['*', 304],
    [TAG, 304],
    [`W/${TAG}`, 304],
    [`"other", ${TAG}`, 304],
    ['"other"', 200],
    [TAG.slice(1, -1), 200],
  ])('If-None-Match: %s gives %p', async (field, status) => {
    await withServer({ routes: { '/': new Response('static') } }, async (server) => {
      const send = get('/', `If-None-Match: ${field}`) + get('/');
      const [message, next] = await exchange(server, send, 2);
      expect([message?.status, next?.status]).toEqual([status, 200]);
      expect(value(message, 'etag')).toBe(TAG);
      expect(message?.body.length).toBe(status === 304 ? 0 : 6);
    });
  });

  test('only GET and HEAD of a 200', async () => {
    const routes = {
      '/': new Response('static'),
      '/201': new Response('static', { status: 201 }),
      '/redirect': Response.redirect('/x'),
    };
    await withServer({ routes }, async (server) => {
      const send =
        post('/', 'body', 'If-None-Match: *') +
        get('/201', 'If-None-Match: *') +
        get('/redirect', 'If-None-Match: *');
      const statuses = (await exchange(server, send, 3)).map(({ status }) => status);
      expect(statuses).toEqual([200, 201, 302]);
    });
  });

  test("a tag of the user's own", async () => {
    const response = new Response('static', { headers: { ETag: '"mine"' } });
    await withServer({ routes: { '/': response } }, async (server) => {
      const send = get('/', 'If-None-Match: "mine"') + get('/', `If-None-Match: ${TAG}`);
      const [hit, miss] = await exchange(server, send, 2);
      expect([hit?.status, miss?.status, value(miss, 'etag')]).toEqual([304, 200, '"mine"']);
    });
  });
});

test('HEAD, every other method, Range, and a body nobody reads', async () => {
  await withServer(
    { routes: { '/': new Response('static') }, maxRequestBodySize: 4 },
    async (server) => {
      const send =
        request('HEAD', '/', '') +
        request('DELETE', '/', '') +
        get('/', 'Range: bytes=0-1') +
        post('/', 'more than four bytes');
      const methodOf = (index: number): string => (index === 0 ? 'HEAD' : 'GET');
      const messages = await exchange(server, send, 4, { methodOf });
      expect(messages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(messages.map(text)).toEqual(['', 'static', 'static', 'static']);
      expect([value(messages[0], 'content-length'), value(messages[0], 'etag')]).toEqual([
        '6',
        TAG,
      ]);
    },
  );
});

describe('bodies', () => {
  test.each([
    ['text beyond Latin-1', 'é€', 'é€'],
    ['bytes', Uint8Array.of(1, 2, 255), '\x01\x02\xff'],
    ['nothing', null, ''],
    ['search params', new URLSearchParams('a=1'), 'a=1'],
  ])('%s', async (_, body, expected) => {
    await withServer({ routes: { '/': new Response(body) } }, async (server) => {
      const [message] = await exchange(server, get('/'));
      const bytes = Buffer.from(expected, expected.includes('\xff') ? 'latin1' : 'utf8');
      expect(message?.body).toEqual(bytes);
      expect(value(message, 'content-length')).toBe(String(bytes.length));
      expect(value(message, 'etag') === undefined).toBe(bytes.length === 0);
    });
  });

  test('a Blob is answered at once, and statically as soon as its bytes are there', async () => {
    const routes = { '/': new Response(new Blob(['bl', 'ob'], { type: 'text/x' })) };
    await withServer({ routes }, async (server) => {
      expect(await bodyOf(server)).toBe('blob');
      let tag: string | undefined;
      while (tag === undefined) tag = value((await exchange(server, get('/')))[0], 'etag');
      const [message] = await exchange(server, get('/'));
      expect([text(message), value(message, 'content-type')]).toEqual(['blob', 'text/x']);
    });
  });

  function refusal(body: Response): Record<string, unknown> {
    const options = { port: 0, hostname: '127.0.0.1', routes: { '/': body } };
    return thrownBy(() => void serve(options as ServeOptions).stop(true));
  }
  const invalid = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };

  test('streams are refused', () => {
    const message =
      'Body must be fully buffered before it can be used in a static route. ' +
      'Consider calling new Response(await response.blob()) to buffer the body.';
    async function* iterate(): AsyncGenerator<string> {
      yield 'x';
    }
    for (const body of [new ReadableStream(), iterate()]) {
      expect(refusal(new Response(body))).toEqual({ ...invalid, message });
    }
  });

  test('and Response.error()', () => {
    const message = expect.stringMatching(/^Cannot use a Response with status 0 as a static route/);
    for (const one of [Response.error(), globalThis.Response.error() as Response]) {
      expect(refusal(one)).toEqual({ ...invalid, message });
    }
  });

  test('and bodies that were read', async () => {
    const read = new Response('x');
    await read.text();
    expect(refusal(read)).toEqual({ ...invalid, message: 'Response body has already been used' });
  });
});
