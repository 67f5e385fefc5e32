// SPDX-License-Identifier: MIT
// What a handler throws, rejects with or wrongly returns, and what `error` makes of it.
import { setImmediate as turn } from 'node:timers/promises';
import { Response, type ServeOptions } from 'bunserve';
import {
  bodyOf,
  connectTo,
  exchange,
  gate,
  get,
  post,
  text,
  withErrorLog,
  withServer,
} from '../../helpers/with-server.js';

type Handler = NonNullable<ServeOptions['fetch']>;

const failing: [string, Handler][] = [
  [
    'thrown',
    () => {
      throw new Error('<boom>');
    },
  ],
  ['rejected', () => Promise.reject(new Error('<boom>'))],
  [
    'thrown after an await',
    async () => {
      await Promise.resolve();
      throw new Error('<boom>');
    },
  ],
];

/** Status, content type and body of the answer, and what went to stderr. */
async function outcome(options: ServeOptions): Promise<[string, string, string, unknown[][]]> {
  return withErrorLog(async (log) =>
    withServer(options, async (server) => {
      // Twice on one connection: an error does not close it.
      const [first, second] = await exchange(server, get('/') + get('/'), 2);
      expect(second?.status).toBe(first?.status);
      const type = first?.headers.find(([name]) => name.toLowerCase() === 'content-type');
      return [String(first?.status), type?.[1] ?? '', text(first), log.slice(0, 1)];
    }),
  );
}

describe.each(failing)('%s', (_, fetch) => {
  const boom = [[expect.objectContaining({ message: '<boom>' })]];

  test('production: nothing about the program', async () => {
    const answer = ['500', 'text/plain', 'Something went wrong!', boom];
    expect(await outcome({ fetch })).toEqual(answer);
    expect(await outcome({ routes: { '/': fetch as never } })).toEqual(answer);
  });

  test('development: a page', async () => {
    const [status, type, page, log] = await outcome({ fetch, development: true });
    expect([status, type, log]).toEqual(['500', 'text/html;charset=utf-8', boom]);
    expect(page).toContain('<title>Internal Server Error</title>');
    expect(page).toContain('&lt;boom&gt;');
    expect(page).not.toContain('<boom>');
  });

  test.each([true, false])(
    'error() answers, and nothing is printed: development %p',
    async (development) => {
      const error = (err: Error): Response =>
        new Response(`sorry: ${err.message}`, { status: 418 });
      const answer = ['418', 'text/plain;charset=utf-8', 'sorry: <boom>', []];
      expect(await outcome({ fetch, error, development })).toEqual(answer);
      const late = async (err: Error): Promise<Response> => (await Promise.resolve(), error(err));
      expect(await outcome({ fetch, error: late, development })).toEqual(answer);
    },
  );

  test('error() that has no answer, or fails itself', async () => {
    const handlers: ServeOptions['error'][] = [
      () => undefined,
      (() => 'text') as never,
      () => {
        throw new Error('second');
      },
      () => Promise.reject(new Error('second')),
    ];
    for (const error of handlers) {
      const [status, type, body, log] = await outcome({ fetch, error });
      expect([status, type, body]).toEqual(['500', 'text/plain', 'Something went wrong!']);
      expect(log).toHaveLength(1);
    }
  });
});

test.each([
  ['a string', 'x'],
  ['undefined', undefined],
  ['a Response', new Response('not sent')],
])('error() gets the value as it was thrown: %s', async (_, value) => {
  const seen: unknown[] = [];
  const options: ServeOptions = {
    fetch: () => {
      throw value;
    },
    error(...args: unknown[]) {
      seen.push(this, ...args);
      return new Response('handled', { status: 500 });
    },
  };
  await withServer(options, async (server) => {
    expect(await bodyOf(server)).toBe('handled');
    expect(seen).toEqual([server, value]);
  });
});

describe('what is no Response', () => {
  const values: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['a string', 'text'],
    ['a number', 5],
    ['an object', {}],
    ['a Blob', new Blob(['x'])],
    ['a thenable', { then: (resolve: (value: unknown) => void) => resolve(new Response('x')) }],
  ];
  const error = (): Response => new Response('never');

  test.each(values)('production: %s gives 204', async (_, value) => {
    const [status, type, body, log] = await outcome({ fetch: () => value as undefined, error });
    expect([status, type, body]).toEqual(['204', '', '']);
    expect(log[0]?.[0]).toMatch(/^Expected a Response object, but received '.*'$/);
  });

  test.each(values)('development: %s gives a hint', async (_, value) => {
    const options = { fetch: () => value as undefined, error, development: true };
    const [status, type, body] = await outcome(options);
    expect([status, type]).toEqual(['200', 'text/plain;charset=utf-8']);
    expect(body).toBe('Welcome to Bun! To get started, return a Response object.');
  });
});

test('values that fight back end the request, not the process', async () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const promise = (then: PropertyDescriptor): Promise<Response> =>
    Object.defineProperty(Promise.resolve(new Response('x')), 'then', then);
  const boom = (): never => {
    throw new Error('boom');
  };
  const twice = (ok: (value: Response) => void, failed: (error: unknown) => void): void => {
    ok(new Response('first'));
    ok(new Response('second'));
    failed(new Error('third'));
  };
  const values: [unknown, number, string][] = [
    [revoked.proxy, 500, 'Something went wrong!'],
    [Object.create(Promise.prototype), 500, 'Something went wrong!'],
    [promise({ value: boom }), 500, 'Something went wrong!'],
    [promise({ get: boom }), 500, 'Something went wrong!'],
    [promise({ value: 5 }), 500, 'Something went wrong!'],
    [promise({ value: twice }), 200, 'first'],
  ];
  for (const [value, status, body] of values) {
    await withErrorLog(async () =>
      withServer({ fetch: () => value as Response, error: boom }, async (server) => {
        const answers = await exchange(server, get('/') + get('/'), 2);
        expect(answers.map((one) => [one.status, text(one)])).toEqual([
          [status, body],
          [status, body],
        ]);
        expect(server.pendingRequests).toBe(0);
      }),
    );
    await withErrorLog(async () =>
      withServer({ fetch: boom, error: () => value as Response }, async (server) => {
        expect(await bodyOf(server)).toBe(body);
      }),
    );
  }
});

test('Response.error() and a Response that was sent already are errors', async () => {
  const once = new Response('once');
  await withErrorLog(async (log) => {
    await withServer(
      { routes: { '/e': () => Response.error() }, fetch: () => once },
      async (server) => {
        const answers = await exchange(server, get('/e') + get('/') + get('/'), 3);
        expect(answers.map(({ status }) => status)).toEqual([500, 200, 500]);
      },
    );
    expect(log).toHaveLength(2);
    expect(log[1]?.[0]).toMatchObject({
      name: 'TypeError',
      code: 'ERR_BODY_ALREADY_USED',
      message:
        'Response body already used. A Response body can only be sent once; ' +
        'create a new Response for each request.',
    });
  });
});

describe.each([true, false])('a client that has left, signal read: %p', (readsSignal) => {
  test('what its handler throws later is dropped', async () => {
    const [entered, gone, late] = [gate(), gate(), gate<never>()];
    const seen: unknown[] = [];
    const options: ServeOptions = {
      fetch(request) {
        if (readsSignal) request.signal.addEventListener('abort', () => gone.open());
        else
          request.text().then(
            () => undefined,
            () => gone.open(),
          );
        entered.open();
        return late.promise;
      },
      error(err) {
        seen.push(err);
        return new Response('x');
      },
    };
    await withErrorLog(async (log) =>
      withServer(options, async (server) => {
        const client = await connectTo(server);
        await client.write(post('/', 'body').slice(0, -1));
        await entered.promise;
        client.destroy();
        await gone.promise;
        late.fail(new Error('late'));
        await late.promise.catch(() => undefined);
        await turn();
        expect(server.pendingRequests).toBe(0);
        expect([...seen, ...log]).toEqual([]);
      }),
    );
  });
});
