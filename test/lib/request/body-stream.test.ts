// SPDX-License-Identifier: MIT
// Request bodies as streams: piece by piece, held back while nobody reads, given up, cloned; and
// reads that nobody waits for, which must not end the process.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Response, type Server } from 'bunserve';
import type { RawClient } from '../../helpers/raw-client.js';
import {
  connectTo,
  exchange,
  gate,
  get,
  post,
  rejectionOf,
  request,
  text,
  withServer,
} from '../../helpers/with-server.js';

const decoder = new TextDecoder();
const closed = { name: 'AbortError', code: 20, message: 'The connection was closed.' };
const tooLarge = { name: 'Error', message: 'Request body exceeded maxRequestBodySize' };
const chunkedHead = request('POST', '/', '', 'Transfer-Encoding: chunked');
const chunk = (bytes: string): string => `${bytes.length.toString(16)}\r\n${bytes}\r\n`;

type Handler = (req: globalThis.Request) => Promise<unknown>;

/** Runs a handler for one connection; its result is the JSON answer. */
async function conversation(
  handler: Handler,
  talk: (client: RawClient, server: Server) => Promise<void>,
  options: { maxRequestBodySize?: number } = {},
): Promise<unknown[]> {
  const fetch = async (req: globalThis.Request): Promise<Response> =>
    Response.json(await handler(req));
  return withServer({ fetch: fetch as never, ...options }, async (server) => {
    const client = await connectTo(server);
    await talk(client, server);
    const answers = client.messages
      .filter(({ status }) => status === 200)
      .map((message) => JSON.parse(text(message)) as unknown);
    client.destroy();
    return answers;
  });
}

function readerOf(req: globalThis.Request): ReadableStreamDefaultReader<Uint8Array> {
  return (req.body as ReadableStream<Uint8Array>).getReader();
}

test.each([
  ['with a length', (pieces: string[]) => [post('/', pieces.join('')).slice(0, -6), ...pieces]],
  ['chunked', (pieces: string[]) => [chunkedHead, ...pieces.map(chunk), '0\r\n\r\n']],
])('a piece is there as soon as it came: %s', async (_, sendsOf) => {
  const [head, ...sends] = sendsOf(['ab', 'cd', 'ef']);
  const seen: string[] = [];
  const wait = [gate(), gate(), gate()];
  const answers = await conversation(
    async (req) => {
      const reader = readerOf(req);
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return seen;
        wait[seen.push(decoder.decode(value)) - 1]?.open();
      }
    },
    async (client) => {
      await client.write(head as string);
      for (const [i, piece] of sends.entries()) {
        await client.write(piece);
        await wait[i]?.promise;
      }
      await client.untilMessages(1);
    },
  );
  expect(answers).toEqual([['ab', 'cd', 'ef']]);
});

test('a BYOB reader gets the bytes in its own memory', async () => {
  const read: Handler = async (req) => {
    const reader = (req.body as ReadableStream<Uint8Array>).getReader({ mode: 'byob' });
    const got: string[] = [];
    let memory = new ArrayBuffer(4);
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(memory));
      if (done) return got;
      got.push(decoder.decode(value));
      memory = value.buffer as ArrayBuffer;
    }
  };
  expect(
    await conversation(read, async (client) => {
      await client.write(post('/', 'abcdefghij') + chunkedHead + '0\r\n\r\n');
      await client.untilMessages(2);
    }),
  ).toEqual([['abcd', 'efgh', 'ij'], []]);
});

test('what nobody reads is held back, then all of it arrives', async () => {
  const size = 64 * 1024 * 1024;
  const [entered, go] = [gate(), gate()];
  let held = false;
  const answers = await conversation(
    async (req) => {
      entered.open();
      await go.promise;
      let total = 0;
      let largest = 0;
      for await (const piece of req.body as unknown as AsyncIterable<Uint8Array>) {
        total += piece.length;
        largest = Math.max(largest, piece.length);
      }
      return [total, largest <= 128 * 1024];
    },
    async (client) => {
      await client.write(request('POST', '/', '', `Content-Length: ${size}`));
      await entered.promise;
      held = true;
      const written = client.write(Buffer.alloc(size, 'x')).then(() => (held = false));
      // The kernel's buffers take a few megabytes; a second request shows that the server is idle.
      await new Promise((resolve) => setImmediate(resolve));
      expect(held).toBe(true);
      go.open();
      await written;
      await client.untilMessages(1);
    },
    { maxRequestBodySize: size },
  );
  expect(answers).toEqual([[size, true]]);
});

test('a cancelled body is read past; the connection goes on', async () => {
  const answers = await conversation(
    async (req) => {
      if (req.body === null) return 'next';
      const reader = readerOf(req);
      const first = decoder.decode((await reader.read()).value);
      await reader.cancel('enough');
      return [first, req.bodyUsed, (await reader.read()).done, await rejectionOf(req.text())];
    },
    async (client) => {
      await client.write(`${chunkedHead}${chunk('ab')}`);
      await client.untilMessages(1);
      await client.write(chunk('cd').repeat(1000) + '0\r\n\r\n' + get('/'));
      await client.untilMessages(2);
    },
  );
  const used = { name: 'TypeError', code: 'ERR_BODY_ALREADY_USED', message: 'Body already used' };
  expect(answers).toEqual([['ab', true, true, used], 'next']);
});

describe('a clone of a body that is still coming', () => {
  const ways: [string, Handler][] = [
    ['both as text', (req) => Promise.all([req.clone().text(), req.text()])],
    [
      'text, then bytes',
      async (req) => [await req.clone().text(), decoder.decode(await bytesOf(req))],
    ],
    ['stream and text', async (req) => Promise.all([collect(req.clone()), req.text()])],
    [
      'text and stream',
      async (req) => {
        const copy = req.clone();
        return Promise.all([req.text(), collect(copy)]);
      },
    ],
    [
      'a clone of a clone',
      async (req) => {
        const again = req.clone().clone();
        return Promise.all([again.text(), collect(req)]);
      },
    ],
  ];
  test.each(ways)('%s', async (_, handler) => {
    const inside = gate();
    const answers = await conversation(
      (req) => {
        const result = handler(req);
        inside.open();
        return result;
      },
      async (client) => {
        await client.write(`${chunkedHead}${chunk('ab')}`);
        await inside.promise;
        await client.write(`${chunk('cd')}0\r\n\r\n`);
        await client.untilMessages(1);
      },
    );
    expect(answers).toEqual([['abcd', 'abcd']]);
  });

  test('each side gets memory of its own', async () => {
    const answers = await conversation(
      async (req) => {
        const copy = req.clone();
        const [mine, other] = await Promise.all([bytesOf(req), bytesOf(copy)]);
        mine.fill(0x78);
        return [decoder.decode(mine), decoder.decode(other)];
      },
      async (client) => {
        await client.write(post('/', 'abc'));
        await client.untilMessages(1);
      },
    );
    expect(answers).toEqual([['xxx', 'abc']]);
  });
});

function bytesOf(req: globalThis.Request): Promise<Uint8Array> {
  return (req as unknown as { bytes(): Promise<Uint8Array> }).bytes();
}

async function collect(req: globalThis.Request): Promise<string> {
  let all = '';
  for await (const piece of req.body as unknown as AsyncIterable<Uint8Array>) {
    all += decoder.decode(piece);
  }
  return all;
}

describe('over the limit, unannounced', () => {
  const reads: [string, Handler][] = [
    ['text', (req) => req.text()],
    ['bytes', bytesOf],
    ['a stream', collect],
    ['the text of a clone', (req) => req.clone().text()],
  ];
  test.each(reads)('%s rejects', async (_, read) => {
    const [entered, outcome] = [gate(), gate<unknown>()];
    await conversation(
      async (req) => {
        const reading = rejectionOf(read(req));
        entered.open();
        outcome.open(await reading);
      },
      async (client) => {
        await client.write(`${chunkedHead}${chunk('0123456')}`);
        await entered.promise;
        await client.write(chunk('789'));
        await client.untilEnd();
        expect(client.messages.map(({ status }) => status)).toEqual([413]);
      },
      { maxRequestBodySize: 8 },
    );
    expect(await outcome.promise).toEqual(tooLarge);
  });

  test('also a read that begins after the connection has gone', async () => {
    const [entered, go, outcome] = [gate(), gate(), gate<unknown>()];
    await conversation(
      async (req) => {
        entered.open();
        await go.promise;
        outcome.open(await rejectionOf(req.text()));
      },
      async (client, server) => {
        await client.write(`${chunkedHead}${chunk('0123456')}`);
        await entered.promise;
        await client.write(chunk('789'));
        await client.untilEnd();
        client.destroy();
        while (server.pendingRequests > 0) await new Promise((resolve) => setImmediate(resolve));
        go.open();
        expect(await outcome.promise).toEqual(tooLarge);
      },
      { maxRequestBodySize: 8 },
    );
  });
});

describe('a read nobody waits for', () => {
  const reads: [string, (req: globalThis.Request) => unknown][] = [
    ['text', (req) => req.text()],
    ['json', (req) => req.json()],
    ['bytes', bytesOf],
    ['blob', (req) => req.blob()],
    ['formData', (req) => req.formData()],
    ['the text of a clone', (req) => req.clone().text()],
    ['a stream', (req) => void req.body],
  ];
  test.each(reads)('%s: the client leaves, or sends nonsense', async (_, read) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const entered = gate();
    const fetch = async (req: globalThis.Request): Promise<Response> => {
      void read(req);
      entered.open();
      await Promise.resolve();
      return req.url.endsWith('/wait') ? gate<Response>().promise : new Response('x');
    };
    await withServer({ fetch: fetch as never }, async (server) => {
      await exchange(
        server,
        post('/', '{no json', 'Content-Type: multipart/form-data; boundary=X'),
      );
      const client = await connectTo(server);
      await client.write(post('/wait', 'abcdef').slice(0, -3));
      await entered.promise;
      client.destroy();
      while (server.pendingRequests > 0) await new Promise((resolve) => setImmediate(resolve));
    });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

test('the client leaves: reads in every state reject', async () => {
  const outcome = gate<unknown[]>();
  const [entered, go] = [gate(), gate()];
  await conversation(
    async (req) => {
      const reader = readerOf(req);
      await reader.read();
      const ended = rejectionOf(reader.closed);
      entered.open();
      await go.promise;
      outcome.open([await ended, await rejectionOf(reader.read())]);
    },
    async (client, server) => {
      await client.write(`${chunkedHead}${chunk('ab')}`);
      await entered.promise;
      client.destroy();
      while (server.pendingRequests > 0) await new Promise((resolve) => setImmediate(resolve));
      go.open();
      expect(await outcome.promise).toEqual([closed, closed]);
    },
  );
});

test('a store is kept from piece to piece', async () => {
  const storage = new AsyncLocalStorage<string>();
  const ids = ['a', 'b', 'c', 'd'];
  let entered = 0;
  const all = gate();
  const fetch = (req: globalThis.Request): Promise<Response> =>
    storage.run(new URL(req.url).pathname.slice(1), async () => {
      const seen: (string | undefined)[] = [];
      if (++entered === ids.length) all.open();
      for await (const piece of req.body as unknown as AsyncIterable<Uint8Array>) {
        seen.push(storage.getStore() ?? '?', decoder.decode(piece));
      }
      return Response.json([...seen, storage.getStore()]) as never;
    });
  await withServer({ fetch }, async (server) => {
    const clients = await Promise.all(ids.map(() => connectTo(server)));
    await Promise.all(
      clients.map((client, i) => client.write(post(`/${ids[i]}`, 'xy').slice(0, -1))),
    );
    await all.promise;
    for (const [i, client] of [...clients.entries()].reverse()) {
      await client.write('y');
      await client.untilMessages(1);
      const id = ids[i];
      expect(JSON.parse(text(client.messages[0]))).toEqual([id, 'x', id, 'y', id]);
      client.destroy();
    }
  });
});
