// SPDX-License-Identifier: MIT
// Streamed response bodies: every kind of source, the framing it gets (behaviours 9.1-9.3, 9.11,
// 3.3, 2.1), and the order of requests behind it.
import { Response, type Server } from 'bunserve';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HttpMessage } from '../../helpers/http-message.js';
import {
  connectTo,
  exchange,
  gate,
  get,
  request,
  text,
  withClient,
  withErrorLog,
  withServer,
} from '../../helpers/with-server.js';

type Body = ConstructorParameters<typeof Response>[0];

const encoder = new TextEncoder();

function header(message: HttpMessage | undefined, name: string): string | undefined {
  return message?.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** [framing, body] of the answer to a GET that a response with this body makes. */
async function answerTo(make: () => unknown): Promise<[string | undefined, string]> {
  return withServer({ fetch: () => new Response(make() as Body) }, async (server) => {
    // Twice on one connection: the framing must leave the client in step.
    const messages = await exchange(server, get('/') + get('/'), 2);
    expect(text(messages[1])).toBe(text(messages[0]));
    return [messages[0]?.framing, text(messages[0])];
  });
}

function chunks(...values: unknown[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const value of values) controller.enqueue(value);
      controller.close();
    },
  });
}

/** The same, each chunk in a turn of its own. */
function slow(...values: unknown[]): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      await nextTurn();
      if (values.length > 0) controller.enqueue(values.shift());
      else controller.close();
    },
  });
}

const complete: [string, () => unknown, string][] = [
  ['a stream with one chunk', () => chunks('hello'), 'hello'],
  ['text and bytes', () => chunks('a', encoder.encode('b'), 'é', '😀'), 'abé😀'],
  ['halves of a character in two chunks', () => chunks('a\ud83d', '\ude00b'), 'a\ufffd\ufffdb'],
  ['an empty stream', () => chunks(), ''],
  ['empty chunks', () => chunks('', new Uint8Array(0), 'x', ''), 'x'],
  [
    'pull() that never waits',
    () => {
      let count = 0;
      return new ReadableStream({
        pull(controller) {
          controller.enqueue(String(count++));
          if (count === 3) controller.close();
        },
      });
    },
    '012',
  ],
  [
    'a byte stream',
    () =>
      new ReadableStream({
        type: 'bytes',
        start(controller) {
          controller.enqueue(encoder.encode('bytes'));
          controller.close();
        },
      }),
    'bytes',
  ],
  [
    'an async generator function',
    () =>
      async function* () {
        yield 'a';
        yield encoder.encode('b');
        await Promise.resolve();
        yield 'c';
        return 'not part of it';
      },
    'abc',
  ],
  [
    'an iterator whose next() does not promise',
    () => ({
      [Symbol.asyncIterator]() {
        const values = ['i', 'j'];
        return { next: () => ({ value: values.shift(), done: values.length === 0 }) };
      },
    }),
    'i',
  ],
  ['a Node stream of text', () => Readable.from(['a', 'b']), 'ab'],
  ['a Node stream of bytes', () => Readable.from([Buffer.from('a'), Buffer.from('b')]), 'ab'],
  ['a Node stream made a web stream', () => Readable.toWeb(Readable.from([Buffer.from('w')])), 'w'],
  ['a teed stream', () => chunks('tee').tee()[0], 'tee'],
  ['the body of another response', () => new Response('other').body, 'other'],
];

test.each(complete)('%s that is complete at once has a length', async (_name, make, expected) => {
  expect(await answerTo(make)).toEqual(['length', expected]);
});

const later: [string, () => unknown, string][] = [
  ['a stream', () => slow('one', encoder.encode('two'), ''), 'onetwo'],
  [
    'a byte stream',
    () => {
      let count = 0;
      return new ReadableStream({
        type: 'bytes',
        async pull(controller) {
          await nextTurn();
          controller.enqueue(encoder.encode(String(count)));
          if (++count === 3) controller.close();
        },
      });
    },
    '012',
  ],
  [
    'an async generator',
    () =>
      (async function* () {
        yield 'a';
        await nextTurn();
        yield 'b';
        yield new Uint16Array([0x4444]);
        yield encoder.encode('c').buffer;
        yield new DataView(encoder.encode('xyz').buffer, 1, 1);
      })(),
    'abDDcy',
  ],
  [
    'shared memory',
    () => {
      const memory = new SharedArrayBuffer(2);
      new Uint8Array(memory).set([0x41, 0x42]);
      return slow(memory, new Uint8Array(memory, 1));
    },
    'ABB',
  ],
  [
    'a Node stream',
    () =>
      Readable.from(
        (async function* () {
          yield 'a';
          await nextTurn();
          yield 'b';
        })(),
      ),
    'ab',
  ],
  ['a clone', () => new Response(slow('c') as Body).clone().body, 'c'],
  ['a transform', () => slow('t').pipeThrough(new TransformStream<string, string>()), 't'],
  ['more than is gathered', () => chunks('x'.repeat(40_000), 'y'.repeat(40_000)), 'xy'],
  ['one large piece', () => chunks(new Uint8Array(300_000).fill(0x7a)), 'z'],
  ['an empty stream', () => slow(), ''],
];

test.each(later)('%s that takes its time is chunked', async (_name, make, expected) => {
  const [framing, body] = await answerTo(make);
  expect(framing).toBe('chunked');
  expect(body.replace(/(.)\1{999,}/g, '$1')).toBe(expected);
});

test('the head does not wait for the first chunk', async () => {
  const held = gate();
  const fetch = () =>
    new Response(
      new ReadableStream({
        async start(controller) {
          await held.promise;
          controller.enqueue('x');
          controller.close();
        },
      }),
    );
  await withServer({ fetch }, async (server) => {
    const response = await globalThis.fetch(server.url);
    expect(response.status).toBe(200);
    held.open();
    expect(await response.text()).toBe('x');
  });
});

test('each chunk reaches the client before the next one is made', async () => {
  const steps = [gate(), gate(), gate()];
  const fetch = () =>
    new Response(async function* () {
      for (const [index, step] of steps.entries()) {
        yield `event ${index}\n`;
        await step.promise;
      }
    });
  await withServer({ fetch }, async (server) => {
    const reader = (await globalThis.fetch(server.url)).body!.getReader();
    for (const [index, step] of steps.entries()) {
      const { value } = await reader.read();
      expect(Buffer.from(value!).toString()).toBe(`event ${index}\n`);
      step.open();
    }
    expect((await reader.read()).done).toBe(true);
  });
});

test('status and headers stay; the length and coding of the user do not', async () => {
  const headers = {
    'content-type': 'text/event-stream',
    'content-length': '77',
    'transfer-encoding': 'gzip',
    'x-own': '1',
    date: 'yesterday',
    'set-cookie': 'a=b',
  };
  const fetch = () => new Response(slow('x') as Body, { status: 202, headers });
  await withServer({ fetch }, async (server) => {
    const [message] = await exchange(server, get('/'));
    expect(message?.status).toBe(202);
    expect(message?.headers).toEqual([
      ['set-cookie', 'a=b'],
      ['Content-Type', 'text/event-stream'],
      ['Date', 'yesterday'],
      ['x-own', '1'],
      ['Transfer-Encoding', 'chunked'],
    ]);
    expect(text(message)).toBe('x');
  });
});

test('a stream brings no content type along', async () => {
  await withServer({ fetch: () => new Response(slow('x') as Body) }, async (server) => {
    expect(header((await exchange(server, get('/')))[0], 'content-type')).toBeUndefined();
  });
});

test.each(['request', 'response'])('Connection: close of the %s', async (side) => {
  const headers = side === 'response' ? { connection: 'close' } : {};
  const fetch = () => new Response(slow('x') as Body, { headers });
  await withServer({ fetch }, (server) =>
    withClient(server, async (client) => {
      await client.write(get('/', ...(side === 'request' ? ['Connection: close'] : [])));
      await client.untilEnd();
      expect(client.ending).toBe('closed');
      expect(text(client.messages[0])).toBe('x');
    }),
  );
});

test('HTTP/1.0: raw bytes up to the end of the connection', async () => {
  await withServer({ fetch: () => new Response(slow('a', 'b') as Body) }, (server) =>
    withClient(server, async (client) => {
      await client.write('GET / HTTP/1.0\r\n\r\n');
      await client.untilEnd();
      expect(client.ending).toBe('closed');
      expect(client.messages[0]?.framing).toBe('close');
      expect(text(client.messages[0])).toBe('ab');
    }),
  );
});

test.each([
  ['HEAD', 200],
  ['GET', 204],
  ['GET', 304],
  ['GET', 205],
])('%s with status %d: no body, and its source is told', async (method, status) => {
  const log: string[] = [];
  const sources: Record<string, () => unknown> = {
    '/stream': () =>
      new ReadableStream(
        {
          pull: () => void log.push('pull'),
          cancel: (reason) => void log.push(`cancel ${String(reason)}`),
        },
        { highWaterMark: 0 },
      ),
    '/iterator': () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          log.push('next');
          return Promise.resolve({ value: 'x', done: false });
        },
        return: () => {
          log.push('return');
          return Promise.resolve({ value: undefined, done: true });
        },
      }),
    }),
    '/node': () =>
      new Readable({
        read: () => void log.push('read'),
        destroy(_error, done) {
          log.push('destroy');
          done(new Error('nobody listens'));
        },
      }),
    '/generator': () =>
      async function* () {
        log.push('generator');
        yield 'x';
      },
  };
  const fetch = (incoming: { url: string }) =>
    new Response(sources[new URL(incoming.url).pathname]!() as Body, { status });
  await withServer({ fetch }, async (server) => {
    const requests = Object.keys(sources).map((path) => request(method, path, ''));
    const messages = await exchange(server, requests.join(''), 4, { methodOf: () => method });
    const framing: Record<number, string | undefined> = { 200: 'chunked', 205: undefined };
    for (const message of messages) {
      expect(message.status).toBe(status);
      expect(message.body.length).toBe(0);
      expect(header(message, 'transfer-encoding')).toBe(framing[status]);
      expect(header(message, 'content-length')).toBe(status === 205 ? '0' : undefined);
    }
  });
  expect(log.sort()).toEqual(['cancel undefined', 'destroy', 'return']);
});

test('requests behind a stream wait for its end', async () => {
  const held = gate();
  const log: string[] = [];
  const fetch = (incoming: { url: string }) => {
    const { pathname } = new URL(incoming.url);
    log.push(pathname);
    if (pathname !== '/stream') return new Response(pathname);
    return new Response(async function* () {
      yield 'a';
      await held.promise;
      yield 'b';
      log.push('end');
    });
  };
  await withServer({ fetch }, (server) =>
    withClient(server, async (client) => {
      await client.write(get('/stream') + get('/1') + get('/2'));
      // Another connection is served meanwhile.
      const other = await connectTo(server);
      await other.write(get('/other'));
      await other.untilMessages(1);
      other.destroy();
      expect(client.messages.length).toBe(0);
      held.open();
      await client.untilMessages(3);
      expect(client.messages.map(text)).toEqual(['ab', '/1', '/2']);
      expect(log).toEqual(['/stream', '/other', 'end', '/1', '/2']);
    }),
  );
});

test('the request is alive for as long as its response streams', async () => {
  const seen: unknown[] = [];
  const fetch = (incoming: Request, server: Server) =>
    new Response(async function* () {
      yield 'a';
      await nextTurn();
      server.timeout(incoming, 0);
      seen.push(server.requestIP(incoming)?.address, server.pendingRequests);
      seen.push(incoming.signal.aborted);
      yield 'b';
    });
  await withServer({ fetch: fetch as never }, async (server) => {
    expect(text((await exchange(server, get('/')))[0])).toBe('ab');
    expect(seen).toEqual(['127.0.0.1', 1, false]);
    expect(server.pendingRequests).toBe(0);
  });
});

test('a body that streams in streams out', async () => {
  const fetch = (incoming: { body: unknown }) => new Response(incoming.body as Body);
  await withServer({ fetch: fetch as never }, async (server) => {
    const body = 'echo '.repeat(100_000);
    const response = await globalThis.fetch(server.url, { method: 'POST', body });
    expect(await response.text()).toBe(body);
  });
});

test('a large Blob has its length and comes in pieces', async () => {
  const blob = new Blob(['blob '.repeat(500_000)], { type: 'x/y' });
  await withServer({ fetch: () => new Response(blob) }, async (server) => {
    const [message] = await exchange(server, get('/'));
    expect(header(message, 'content-length')).toBe(String(blob.size));
    expect(header(message, 'content-type')).toBe('x/y');
    expect(text(message)).toBe(await blob.text());
    const head = await exchange(server, request('HEAD', '/', ''), 1, { methodOf: () => 'HEAD' });
    expect(header(head[0], 'content-length')).toBe(String(blob.size));
  });
});

test('responses and streams that cannot be sent go to `error`', async () => {
  const used = async (make: () => Response, use: (response: Response) => unknown) => {
    const response = make();
    await use(response);
    return response;
  };
  const twice = new Response(chunks('once') as Body);
  const late = new Response(slow('once') as Body);
  const generated = new Response(async function* () {
    yield 'once';
  });
  const cases: Record<string, () => Response | Promise<Response>> = {
    '/twice': () => twice,
    '/late': () => late,
    '/generated': () => generated,
    '/read': () =>
      used(
        () => new Response(chunks(encoder.encode('a')) as Body),
        (r) => r.text(),
      ),
    '/locked': () =>
      used(
        () => new Response(chunks('a') as Body),
        (r) => r.body?.getReader(),
      ),
    '/text': () =>
      used(
        () => new Response('a'),
        (r) => r.text(),
      ),
    '/construct': () => {
      const stream = chunks('a');
      stream.getReader();
      return new Response(stream as Body);
    },
    '/rest': () =>
      used(
        () => new Response(chunks('a', 'rest') as Body),
        async (r) => {
          const reader = r.body!.getReader();
          await reader.read();
          reader.releaseLock();
        },
      ),
    '/value': () => new Response('x', { headers: { 'x-a': 'a\r\nb: c' } }),
    '/nul': () => new Response('x', { headers: { 'x-a': 'a\0' } }),
  };
  const fetch = (incoming: { url: string }) => cases[new URL(incoming.url).pathname]!();
  const error = (thrown: NodeJS.ErrnoException) =>
    new Response(`${thrown.name} ${thrown.code} ${thrown.message}`, { status: 500 });
  const outcome = async (server: Parameters<typeof exchange>[0], path: string) =>
    text((await exchange(server, get(path)))[0]);
  const alreadySent =
    'TypeError ERR_BODY_ALREADY_USED Response body already used. A Response body can only be ' +
    'sent once; create a new Response for each request.';
  const alreadyUsed = 'Error ERR_STREAM_CANNOT_PIPE Stream already used, please create a new one';
  await withServer({ fetch, error: error as never }, async (server) => {
    for (const path of ['/twice', '/late', '/generated']) {
      expect(await outcome(server, path)).toBe('once');
      expect(await outcome(server, path)).toBe(alreadySent);
    }
    expect(await outcome(server, '/read')).toBe(alreadyUsed);
    expect(await outcome(server, '/locked')).toBe(alreadyUsed);
    expect(await outcome(server, '/text')).toBe(alreadySent);
    expect(await outcome(server, '/construct')).toMatch('should not be disturbed or locked');
    expect(await outcome(server, '/rest')).toBe('rest');
    expect(await outcome(server, '/value')).toMatch("Header 'x-a' has invalid value");
    expect(await outcome(server, '/nul')).toMatch("Header 'x-a' has invalid value");
  });
});

test('`error` may stream', async () => {
  const options = {
    fetch: () => {
      throw new Error('always');
    },
    error: (thrown: Error) => new Response(slow('saw ', thrown.message) as Body, { status: 503 }),
  };
  await withErrorLog(async (log) => {
    await withServer(options as never, async (server) => {
      const [message] = await exchange(server, get('/'));
      expect(message?.status).toBe(503);
      expect(text(message)).toBe('saw always');
    });
    expect(log).toEqual([]);
  });
});
