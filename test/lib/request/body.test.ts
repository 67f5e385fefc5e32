// SPDX-License-Identifier: MIT
// Reading request bodies: every method, every size, arriving in any pieces.
import { setImmediate as turn } from 'node:timers/promises';
import { Response, type Server } from 'bunserve';
import { scheme } from '../../helpers/transport.js';
import {
  connectTo,
  exchange,
  get,
  post,
  rejectionOf,
  request,
  text,
  withClient,
  withServer,
} from '../../helpers/with-server.js';

type Read = (req: globalThis.Request) => Promise<unknown>;

/** What reading gives in a handler, sent as one piece. */
async function reading(read: Read, send: string): Promise<unknown> {
  let result: unknown;
  const fetch = async (req: globalThis.Request): Promise<Response> => {
    result = await read(req);
    return new Response('x');
  };
  await withServer({ fetch }, async (server) => {
    const messages = await exchange(server, send + get('/next'), 2);
    expect(messages.map(({ status }) => status)).toEqual([200, 200]);
  });
  return result;
}

const chunked = (...chunks: string[]): string =>
  request('POST', '/', '', 'Transfer-Encoding: chunked') +
  chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('') +
  '0\r\n\r\n';

const bodies: [string, string][] = [
  ['with a length', post('/', '{"a":1}')],
  ['chunked', chunked('{"a', '":', '1}')],
];

describe.each(bodies)('a body %s', (_, send) => {
  const reads: [string, Read, unknown][] = [
    ['text', (req) => req.text(), '{"a":1}'],
    ['json', (req) => req.json() as Promise<unknown>, { a: 1 }],
    ['bytes', (req) => bytesOf(req), new TextEncoder().encode('{"a":1}')],
    ['arrayBuffer', (req) => req.arrayBuffer(), new TextEncoder().encode('{"a":1}').buffer],
    ['blob', async (req) => (await req.blob()).text(), '{"a":1}'],
    ['the stream', (req) => collect(req), '{"a":1}'],
    ['text after a turn', async (req) => (await turn(), req.text()), '{"a":1}'],
  ];
  test.each(reads)('%s()', async (_name, read, expected) => {
    const send2 = send.replace('/ HTTP', '/once HTTP');
    const once: Read = (req) => (req.url.endsWith('/once') ? read(req) : Promise.resolve(result));
    let result: unknown;
    result = await reading(async (req) => (result ??= await once(req)), send2);
    expect(result).toEqual(expected);
  });
});

function bytesOf(req: globalThis.Request): Promise<Uint8Array> {
  return (req as unknown as { bytes(): Promise<Uint8Array> }).bytes();
}

async function collect(req: globalThis.Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of req.body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** A server that answers with what a read of the body gave, or what it threw. */
function echo(read: Read): { fetch: (req: globalThis.Request) => Promise<Response> } {
  return {
    fetch: async (req) => {
      try {
        return Response.json({ value: await read(req) }) as never;
      } catch (error) {
        const { name, code } = error as NodeJS.ErrnoException;
        return Response.json({ name, code }) as never;
      }
    },
  };
}

async function echoed(read: Read, send: string): Promise<unknown> {
  return withServer(echo(read), async (server) => {
    const [message] = await exchange(server, send);
    return JSON.parse(text(message)) as unknown;
  });
}

describe('forms', () => {
  const entries: Read = async (req) => [...(await req.formData()).entries()];
  test('urlencoded', async () => {
    const type = 'Content-Type: application/x-www-form-urlencoded';
    expect(await echoed(entries, post('/', 'a=1+2&b=%C3%A9&a=3', type))).toEqual({
      value: [
        ['a', '1 2'],
        ['b', 'é'],
        ['a', '3'],
      ],
    });
  });

  test('multipart, with a file', async () => {
    const part = (head: string, body: string): string =>
      `--X\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
    const body = `${part('name="a"', '1')}${part('name="f"; filename="x.bin"', 'file')}--X--\r\n`;
    const read: Read = async (req) => {
      const form = await req.formData();
      const file = form.get('f') as File;
      return [form.get('a'), file.name, await file.text()];
    };
    const send = post('/', body, 'Content-Type: multipart/form-data; boundary=X');
    expect(await echoed(read, send)).toEqual({ value: ['1', 'x.bin', 'file'] });
  });

  test.each([[[]], [['Content-Type: text/plain']]])('another type: %p', async (fields) => {
    expect(await echoed(entries, post('/', 'a=1', ...fields))).toMatchObject({ name: 'TypeError' });
  });
});

test.each([
  ['bad JSON', post('/', '{"a":'), 'SyntaxError'],
  ['empty JSON', post('/', ''), 'SyntaxError'],
])('%s', async (_, send, name) => {
  expect(await echoed((req) => req.json() as Promise<unknown>, send)).toMatchObject({ name });
});

test('invalid UTF-8 and a byte order mark', async () => {
  const raw = (bytes: string): string =>
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`;
  const read: Read = (req) => req.text();
  expect(await echoed(read, raw('a\xffb\xc3('))).toEqual({ value: 'a\ufffdb\ufffd(' });
  expect(await echoed(read, raw('\xef\xbb\xbfx'))).toEqual({ value: 'x' });
});

describe('no body', () => {
  const nothing: [string, string][] = [
    ['GET', get('/')],
    ['GET with one, which is skipped', request('GET', '/', 'abc', 'Content-Length: 3')],
    ['POST of length 0', post('/', '')],
    ['POST without a length', request('POST', '/', '')],
  ];
  test.each(nothing)('%s', async (_, send) => {
    const read: Read = async (req) => [req.body, await req.text(), req.bodyUsed];
    expect(await echoed(read, send + get('/'))).toEqual({ value: [null, '', false] });
  });
});

describe('used bodies', () => {
  test('the second read is refused', async () => {
    const read: Read = async (req) => {
      const [before, first, after] = [req.bodyUsed, await req.text(), req.bodyUsed];
      return [before, first, after, await rejectionOf(req.text()), await rejectionOf(bytesOf(req))];
    };
    const used = { name: 'TypeError', code: 'ERR_BODY_ALREADY_USED', message: 'Body already used' };
    expect(await echoed(read, post('/', 'abc'))).toEqual({
      value: [false, 'abc', true, used, used],
    });
  });

  test('two reads at once: the first one gets it', async () => {
    const read: Read = async (req) => Promise.allSettled([req.text(), req.json()]);
    const { value } = (await echoed(read, post('/', '{}'))) as {
      value: PromiseSettledResult<unknown>[];
    };
    expect(value.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});

describe('clones', () => {
  const ways: [string, Read][] = [
    ['both read', async (req) => Promise.all([req.clone().text(), req.text()])],
    ['the clone last', async (req) => [await req.text(), 'clone']],
    [
      'the clone after the original',
      async (req) => {
        const copy = req.clone();
        const original = await req.text();
        await turn();
        return [original, await copy.text()];
      },
    ],
    [
      'a clone of a clone',
      async (req) => {
        const [copy, again] = [req.clone(), req.clone().clone()];
        return [await copy.text(), await again.text()];
      },
    ],
  ];
  test.each(ways)('%s', async (_, read) => {
    const { value } = (await echoed(read, post('/', 'abc'))) as { value: string[] };
    expect(value[0]).toBe('abc');
    expect(['abc', 'clone']).toContain(value[1]);
  });

  test('keep params, headers and url', async () => {
    const route = (req: {
      clone(): { params: object; url: string; headers: Headers };
    }): Response => {
      const { params, url, headers } = req.clone();
      return Response.json([params, url, headers.get('x-a')]) as never;
    };
    await withServer({ routes: { '/:id': route } } as never, async (server: Server) => {
      const [message] = await exchange(server, get('/5', 'X-A: 1'));
      expect(JSON.parse(text(message))).toEqual([{ id: '5' }, `${scheme}://example.com/5`, '1']);
    });
  });
});

describe('size and pieces', () => {
  const size = 5 * 1024 * 1024;
  const big = 'abcdefghijklmnop'.repeat(size / 16);

  test.each([
    ['text', (req: globalThis.Request) => req.text()],
    ['bytes', async (req: globalThis.Request) => Buffer.from(await bytesOf(req)).toString()],
    ['stream', collect],
    [
      'text after turns',
      async (req: globalThis.Request) => (await turn(), await turn(), req.text()),
    ],
  ])('5 MB: %s', async (_, read) => {
    const check: Read = async (req) => (await read(req)) === big;
    expect(await echoed(check, post('/', big))).toEqual({ value: true });
    const pieces = chunked(
      ...Array.from({ length: 80 }, (_chunk, i) =>
        big.slice((i * size) / 80, ((i + 1) * size) / 80),
      ),
    );
    expect(await echoed(check, pieces)).toEqual({ value: true });
  });

  test.each([1, 2, 7])('in segments of %p bytes', async (bytes) => {
    await withServer(
      echo((req) => req.text()),
      async (server) => {
        for (const send of [post('/', 'hello world'), chunked('hello ', 'world')]) {
          await withClient(server, async (client) => {
            await client.writeInPieces(send + send, bytes);
            await client.untilMessages(2);
            const answers = client.messages.map((message) => JSON.parse(text(message)) as unknown);
            expect(answers).toEqual([{ value: 'hello world' }, { value: 'hello world' }]);
          });
        }
      },
    );
  });

  test('a body nobody reads is skipped', async () => {
    await withServer({ fetch: () => new Response('x') }, async (server) => {
      const messages = await exchange(
        server,
        post('/', 'x'.repeat(100_000)) + chunked('abc') + get('/'),
        3,
      );
      expect(messages.map(text)).toEqual(['x', 'x', 'x']);
    });
  });

  test('the answer may come before the body', async () => {
    await withServer({ fetch: (req) => new Response(req.method) }, async (server) => {
      const client = await connectTo(server);
      await client.write(post('/', 'abcdef').slice(0, -3));
      await client.untilMessages(1);
      await client.write(`def${get('/')}`);
      await client.untilMessages(2);
      expect(client.messages.map(text)).toEqual(['POST', 'GET']);
      client.destroy();
    });
  });
});
