// SPDX-License-Identifier: MIT
// Requests that arrive in one turn of the loop go to JavaScript together. Whatever one of their
// handlers does, the others are requests like any other. Everything here is written to the sockets
// before the loop gets to read, so that the server finds all of it at once.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Response, type Server } from 'bunserve';
import type { RawClient } from '../../helpers/raw-client.js';
import { connectTo, get, post, text, withServer } from '../../helpers/with-server.js';

const COUNT = 200;

/** Sends one text on each of as many connections, all in one go, and hands the connections over. */
async function together(
  server: Server,
  texts: readonly string[],
  use: (clients: readonly RawClient[]) => Promise<void>,
): Promise<void> {
  const clients = await Promise.all(texts.map(() => connectTo(server)));
  try {
    const written = clients.map((client, i) => client.write(texts[i] as string));
    await Promise.all(written);
    await use(clients);
  } finally {
    for (const client of clients) client.destroy();
  }
}

async function answers(clients: readonly RawClient[]): Promise<string[]> {
  await Promise.all(clients.map((client) => client.untilMessages(1)));
  return clients.map(({ messages }) => text(messages[0]));
}

const targets = Array.from({ length: COUNT }, (_, i) => `/item/${i}?n=${i}`);

describe('requests of one turn', () => {
  it('each get their own params, url, headers and response', async () => {
    const options = {
      routes: {
        '/item/:id': (req: Request & { params: { id: string } }) =>
          new Response(`${req.params.id} ${new URL(req.url).search} ${req.headers.get('x-n')}`),
        '/a/:a/b/:b/c/:c/d/:d': (req: Request & { params: object }) =>
          Response.json(Object.values(req.params)),
      },
      fetch: async (req: Request) => {
        const before = req.headers.get('x-n');
        await Promise.resolve();
        return new Response(`${before} ${req.headers.get('x-n')} ${req.url.slice(-4)}`);
      },
    };
    await withServer(options as never, async (server) => {
      const texts = targets.flatMap((target, i) => [
        get(target, `x-n: ${i}`),
        get('/else', `x-n: ${i}`),
        get(`/a/${i}/b/%C3%A9/c/3/d/4`),
        get(`/a/${i}/b/2/c/3/d/4`),
      ]);
      await together(server, texts, async (clients) => {
        expect(await answers(clients)).toEqual(
          targets.flatMap((_, i) => [
            `${i} ?n=${i} ${i}`,
            `${i} ${i} else`,
            JSON.stringify([`${i}`, 'é', '3', '4']),
            JSON.stringify([`${i}`, '2', '3', '4']),
          ]),
        );
      });
    });
  });

  it('a handler that throws, waits, takes a body or is pipelined leaves the others alone', async () => {
    const kinds = ['/sync', '/throws', '/rejects', '/later'];
    const fetch = async (req: Request): Promise<Response> => new Response(await req.text());
    const options = {
      routes: {
        '/sync': () => new Response('sync'),
        '/throws': () => {
          throw new Error('thrown');
        },
        '/rejects': () => Promise.reject(new Error('rejected')),
        '/later': () =>
          new Promise<Response>((resolve) => setImmediate(() => resolve(new Response('later')))),
      },
      fetch,
      error: (error: Error) => new Response(error.message),
    };
    await withServer(options as never, async (server) => {
      const texts = Array.from({ length: COUNT }, (_, i) =>
        i % 5 === 4 ? post('/body', `${i}`) : get(kinds[i % 5] as string) + get('/sync'),
      );
      await together(server, texts, async (clients) => {
        const expected = ['sync', 'thrown', 'rejected', 'later'];
        expect(await answers(clients)).toEqual(texts.map((_, i) => expected[i % 5] ?? `${i}`));
        const pipelined = clients.filter((_, i) => i % 5 !== 4);
        await Promise.all(pipelined.map((client) => client.untilMessages(2)));
        expect(pipelined.every(({ messages }) => text(messages[1]) === 'sync')).toBe(true);
      });
    });
  });

  it('keep the routes they were matched by when a handler replaces them', async () => {
    let handled = 0;
    const routes = (name: string, others: object = {}): object => ({
      ...others,
      '/item/:id': (req: Request & { params: { id: string } }, server: Server) => {
        if (++handled === 3) {
          // Other handlers at other places of the table.
          server.reload({ routes: routes('new', { '/a': () => new Response('a') }) } as never);
        }
        return new Response(`${name} ${req.params.id}`);
      },
    });
    await withServer({ routes: routes('old') } as never, async (server) => {
      await together(
        server,
        targets.slice(0, 50).map((target) => get(target)),
        async (clients) => {
          const names = (await answers(clients)).map((answer, i) => {
            expect(answer.split(' ')[1]).toBe(`${i}`);
            return answer.split(' ')[0];
          });
          // Those that waited already are the old ones'.
          expect(names.join(' ')).toMatch(/^old old old( old)*( new)*$/);
        },
      );
      await together(server, [get('/item/1')], async (clients) => {
        expect(await answers(clients)).toEqual(['new 1']);
      });
    });
  });

  it('are not handled any more when a handler stops the server by force', async () => {
    let handled = 0;
    const fetch = (_: Request, server: Server): Response => {
      handled++;
      if (handled === 2) void server.stop(true);
      return new Response('x');
    };
    await withServer({ fetch } as never, async (server) => {
      await together(server, Array<string>(COUNT).fill(get('/')), async (clients) => {
        await Promise.all(clients.map((client) => client.untilEnd()));
        expect(handled).toBe(2);
        expect(clients.filter(({ messages }) => messages.length > 0)).toHaveLength(1);
        expect(server.pendingRequests).toBe(0);
      });
    });
  });

  it('are answered, or were never read, when a handler stops the server', async () => {
    let handled = 0;
    const fetch = (_: Request, server: Server): Response => {
      handled++;
      void server.stop();
      return new Response('x');
    };
    await withServer({ fetch } as never, async (server) => {
      await together(server, Array<string>(50).fill(get('/')), async (clients) => {
        await Promise.all(clients.map((client) => client.untilEnd()));
        const answered = clients.filter(({ messages }) => messages.length === 1);
        expect(answered.map(({ messages }) => text(messages[0]))).toEqual(Array(handled).fill('x'));
        expect(handled).toBeGreaterThan(0);
      });
    });
  });

  it('are answered although the client has ended its side, or is dropped when it reset', async () => {
    await withServer({ fetch: () => new Response('x') }, async (server) => {
      const clients = await Promise.all(Array.from({ length: 20 }, () => connectTo(server)));
      for (const client of clients) {
        void client.write(get('/'));
        client.halfClose();
      }
      expect(await answers(clients)).toEqual(Array(20).fill('x'));
      await Promise.all(clients.map((client) => client.untilEnd()));
      const gone = await Promise.all(Array.from({ length: 20 }, () => connectTo(server)));
      for (const client of gone) {
        void client.write(get('/'));
        client.destroy();
      }
      await together(server, [get('/')], async (others) => {
        expect(await answers(others)).toEqual(['x']);
      });
      for (const client of clients) client.destroy();
    });
  });

  it('may be of several servers', async () => {
    await withServer({ fetch: () => new Response('first') }, async (first) => {
      await withServer({ fetch: () => new Response('second') }, async (second) => {
        const servers = Array.from({ length: 100 }, (_, i) => (i % 3 === 0 ? first : second));
        const clients = await Promise.all(servers.map((server) => connectTo(server)));
        await Promise.all(clients.map((client) => client.write(get('/'))));
        expect(await answers(clients)).toEqual(
          servers.map((server) => (server === first ? 'first' : 'second')),
        );
        for (const client of clients) client.destroy();
      });
    });
  });

  // The last one here: from then on requests have contexts of their own.
  it('a store that a handler enters is not there for the next; one that it runs in is', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const options = {
      routes: {
        '/enters': () => {
          seen.push(storage.getStore());
          storage.enterWith('entered');
          return new Response('x');
        },
        '/runs': () => {
          seen.push(storage.getStore());
          return storage.run('within', async () => {
            await Promise.resolve();
            return new Response(storage.getStore());
          });
        },
      },
      fetch: () => {
        seen.push(storage.getStore());
        return new Response('x');
      },
    };
    await withServer(options as never, async (server) => {
      const kinds = ['/else', '/runs', '/enters', '/else', '/runs'];
      const texts = Array.from({ length: COUNT }, (_, i) => get(kinds[i % 5] as string));
      await together(server, texts, async (clients) => {
        const got = await answers(clients);
        expect(got.every((word, i) => word === (i % 5 === 1 || i % 5 === 4 ? 'within' : 'x'))).toBe(
          true,
        );
      });
    });
    expect(seen).toEqual(Array(COUNT).fill(undefined));
  });
});
