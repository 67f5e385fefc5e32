// SPDX-License-Identifier: MIT
// AsyncLocalStorage and async ids: every request has a context of its own, whatever connection it
// came on, and keeps it across everything it waits for.
import { AsyncLocalStorage, executionAsyncId, executionAsyncResource } from 'node:async_hooks';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Response } from 'bunserve';
import {
  connectTo,
  exchange,
  gate,
  get,
  post,
  text,
  withServer,
} from '../../helpers/with-server.js';

const storage = new AsyncLocalStorage<string>();

function idOf(request: globalThis.Request): string {
  return new URL(request.url).pathname.slice(1);
}

const ids = Array.from({ length: 20 }, (_, i) => `r${i}`);
const requests = ids.map((id) => get(`/${id}`)).join('');

test.each([
  ['sync', (id: string) => new Response(id)],
  ['async', async (id: string) => (await turn(), new Response(id))],
  ['a promise that is there', (id: string) => Promise.resolve(new Response(id))],
])('enterWith() in one request is not seen by the next: %s', async (_, answer) => {
  const seen: (string | undefined)[] = [];
  const fetch = (request: globalThis.Request): Response | Promise<Response> => {
    seen.push(storage.getStore());
    storage.enterWith(idOf(request));
    return answer(idOf(request));
  };
  await withServer({ fetch: fetch as never }, async (server) => {
    // On one connection, one after the other and pipelined, and on others.
    await exchange(server, requests, ids.length);
    const client = await connectTo(server);
    for (let i = 1; i <= 5; i++) {
      await client.write(get('/again'));
      await client.untilMessages(i);
    }
    client.destroy();
    await Promise.all(ids.map((id) => exchange(server, get(`/${id}`))));
  });
  expect(seen).toEqual(Array(45).fill(undefined));
  expect(storage.getStore()).toBeUndefined();
});

test('nor one that was entered by a handler that fails, or by error()', async () => {
  const seen: (string | undefined)[] = [];
  const options = {
    fetch: () => {
      seen.push(storage.getStore());
      storage.enterWith('handler');
      throw new Error('x');
    },
    error: () => {
      storage.enterWith('error');
      return new Response('x');
    },
  };
  await withServer(options, async (server) => {
    await exchange(server, get('/').repeat(5), 5);
  });
  expect(seen).toEqual(Array(5).fill(undefined));
});

test('a store is kept across everything a handler waits for', async () => {
  const fetch = (request: globalThis.Request): Promise<Response> => {
    const id = idOf(request);
    return storage.run(id, async () => {
      const seen = [storage.getStore()];
      const look = (): void => void seen.push(storage.getStore());
      await Promise.resolve();
      look();
      await turn();
      look();
      await readFile('/dev/null');
      look();
      await new Promise((resolve) => setTimeout(resolve, 1));
      look();
      await request.text();
      look();
      await new Promise<void>((resolve) => process.nextTick(resolve));
      look();
      return Response.json(seen) as never;
    });
  };
  await withServer({ fetch }, async (server) => {
    const answers = await Promise.all(
      ids.map((id) => exchange(server, post(`/${id}`, 'body') + get(`/${id}b`), 2)),
    );
    answers.forEach(([first, second], i) => {
      expect(JSON.parse(text(first))).toEqual(Array(7).fill(ids[i]));
      expect(JSON.parse(text(second))).toEqual(Array(7).fill(`${ids[i]}b`));
    });
  });
});

test('reading a body that arrives later, many at once', async () => {
  let entered = 0;
  const all = gate();
  const fetch = (request: globalThis.Request): Promise<Response> =>
    storage.run(idOf(request), async () => {
      if (++entered === ids.length) all.open();
      const body = await request.text();
      return new Response(`${storage.getStore()} ${body}`);
    });
  await withServer({ fetch }, async (server) => {
    const clients = await Promise.all(ids.map(() => connectTo(server)));
    await Promise.all(
      clients.map((client, i) => client.write(post(`/${ids[i]}`, `body${i}`).slice(0, -2))),
    );
    await all.promise;
    // The last bytes come in the opposite order.
    for (const [i, client] of [...clients.entries()].reverse()) {
      await client.write(`body${i}`.slice(-2));
      await client.untilMessages(1);
      expect(text(client.messages[0])).toBe(`${ids[i]} body${i}`);
      client.destroy();
    }
  });
});

test('abort listeners see nothing of another request', async () => {
  const aborted: (string | undefined)[][] = [];
  const [entered, done] = [gate(), gate()];
  const fetch = (request: globalThis.Request): Promise<Response> => {
    const id = idOf(request);
    request.signal.addEventListener('abort', () => {
      if (aborted.push([id, storage.getStore()]) === 5) done.open();
    });
    storage.enterWith(id);
    if (id === 'r4') entered.open();
    return gate<Response>().promise;
  };
  await withServer({ fetch: fetch as never }, async (server) => {
    const clients = await Promise.all(ids.slice(0, 5).map(() => connectTo(server)));
    for (const [i, client] of clients.entries()) await client.write(get(`/${ids[i]}`));
    await entered.promise;
    for (const client of clients) client.destroy();
    await done.promise;
  });
  // The store of its own request, or none: that differs between Node versions.
  for (const [id, store] of aborted) expect([id, undefined]).toContain(store);
});

// `look` tells the store of the moment; what it saw is the body, or the log of one that is left.
type Look = () => string;
const bodies: [string, (look: Look) => unknown][] = [
  [
    'a stream that takes its time',
    (look) => {
      let count = 0;
      return new ReadableStream({
        async pull(controller) {
          controller.enqueue(look());
          await turn();
          controller.enqueue(look());
          if (++count === 3) controller.close();
        },
      });
    },
  ],
  [
    'a stream without a queue',
    (look) => {
      let count = 0;
      const source = {
        pull(controller: ReadableStreamDefaultController) {
          controller.enqueue(look());
          if (++count === 3) controller.close();
        },
      };
      return new ReadableStream(source, { highWaterMark: 0 });
    },
  ],
  [
    'a generator function',
    (look) =>
      async function* () {
        yield look();
        await turn();
        yield look();
      },
  ],
  [
    'a generator',
    (look) =>
      (async function* () {
        yield look();
        await turn();
        yield look();
      })(),
  ],
  [
    'a Node stream',
    (look) => {
      let count = 0;
      return new Readable({
        read() {
          this.push(count++ < 3 ? look() : null);
        },
      });
    },
  ],
];

test.each(bodies)(
  'the source of a response body sees the store of its handler: %s',
  async (_, make) => {
    const look = (): string => `${storage.getStore()} `;
    const fetch = (request: globalThis.Request): Response =>
      storage.run(idOf(request), () => new Response(make(look) as never));
    await withServer({ fetch: fetch as never }, async (server) => {
      const answers = await Promise.all(ids.map((id) => exchange(server, get(`/${id}`))));
      answers.forEach(([message], i) => {
        expect(new Set(text(message).trim().split(' '))).toEqual(new Set([ids[i]]));
      });
    });
  },
);

test('also when it goes on because the client has room again, and when that leaves', async () => {
  const seen = new Set<unknown>();
  const left = gate();
  const fetch = (): Response =>
    storage.run('own', () => {
      let made = 0;
      const body = new ReadableStream({
        async pull(controller) {
          if (++made % 16 === 0) await turn();
          seen.add(storage.getStore());
          controller.enqueue(new Uint8Array(64 * 1024));
        },
        cancel() {
          seen.add(storage.getStore());
          left.open();
        },
      });
      return new Response(body);
    });
  await withServer({ fetch }, async (server) => {
    const client = await connectTo(server);
    await client.write(get('/'));
    const taken = (): number => client.received.reduce((sum, data) => sum + data.length, 0);
    while (taken() < 16 * 1024 * 1024) await turn();
    client.destroy();
    await left.promise;
  });
  expect([...seen]).toEqual(['own']);
});

test('what is set on the async resource of one request is not seen by the next', async () => {
  const seen: unknown[] = [];
  const fetch = async (request: globalThis.Request): Promise<Response> => {
    const resource = executionAsyncResource() as Record<string, unknown>;
    seen.push(resource['mine'], executionAsyncId() === 0);
    resource['mine'] = idOf(request);
    await turn();
    expect(resource['mine']).toBe(idOf(request));
    return new Response('x');
  };
  await withServer({ fetch }, async (server) => {
    await exchange(server, requests, ids.length);
    await Promise.all(ids.map((id) => exchange(server, get(`/${id}`))));
  });
  expect(seen).toEqual(
    Array(2 * ids.length)
      .fill([undefined, false])
      .flat(),
  );
});

test('microtasks and ticks of a handler are over before the next request begins', async () => {
  const order: string[] = [];
  const fetch = (request: globalThis.Request): Response => {
    const id = idOf(request);
    order.push(`${id} begins`);
    process.nextTick(() => order.push(`${id} tick`));
    void Promise.resolve().then(() => order.push(`${id} microtask`));
    return new Response('x');
  };
  await withServer({ fetch }, async (server) => {
    await exchange(server, get('/a') + get('/b'), 2);
  });
  expect(order).toEqual(['a begins', 'a tick', 'a microtask', 'b begins', 'b tick', 'b microtask']);
});
