// SPDX-License-Identifier: MIT
// Idle timeouts: a silent connection is closed without a byte, unless its request says otherwise.
// The waits are for the server's own timer (granularity 1 s); nothing measures how long it took.
import { Response } from 'bunserve';
import type { RawClient } from '../../helpers/raw-client.js';
import { SlowReader } from '../response/slow-reader.js';
import {
  connectTo,
  gate,
  get,
  startServer,
  text,
  thrownBy,
  withServer,
} from '../../helpers/with-server.js';

test('server.timeout() checks its arguments', async () => {
  await withServer({ fetch: () => new Response('ok') }, async (server) => {
    const timeout = server.timeout.bind(server) as (...args: unknown[]) => void;
    const foreign = new Request('http://a/');
    for (const args of [[], [foreign]]) {
      expect(thrownBy(() => timeout(...args))).toEqual({
        name: 'TypeError',
        code: 'ERR_MISSING_ARGS',
        message: `Not enough arguments to 'timeout'. Expected 2, got ${args.length}.`,
      });
    }
    for (const request of [5, {}, 'x']) {
      expect(thrownBy(() => timeout(request, 5))).toEqual({
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_TYPE',
        message: 'timeout() requires a Request object',
      });
    }
    for (const seconds of ['5', null, undefined]) {
      const message = 'timeout() requires a number';
      expect(thrownBy(() => timeout(foreign, seconds))).toEqual({ name: 'Error', message });
    }
    for (const seconds of [Number.NaN, -1, 1e9, 1.5, 0]) timeout(foreign, seconds);
  });
});

test('a pending handler is cut, one without a timeout is not', async () => {
  const answer = gate<Response>();
  const aborted: string[] = [];
  const server = startServer({
    idleTimeout: 1,
    fetch(request, self) {
      const path = new URL(request.url).pathname;
      if (path === '/patient') self.timeout(request, 0);
      request.signal.addEventListener('abort', () => aborted.push(path));
      return answer.promise;
    },
  });
  const [patient, hasty, idle] = await Promise.all([1, 2, 3].map(() => connectTo(server)));
  try {
    await patient?.write(get('/patient'));
    await hasty?.write(get('/hasty'));
    await hasty?.untilEnd();
    expect(hasty?.received).toEqual([]);
    expect(aborted).toEqual(['/hasty']);
    answer.open(new Response('late'));
    await patient?.untilMessages(1);
    expect(text(patient?.messages[0])).toBe('late');
    // Back on the server's own timeout, like every idle connection.
    await patient?.untilEnd();
    expect(aborted).toEqual(['/hasty']);
  } finally {
    for (const client of [patient, hasty, idle]) client?.destroy();
    await server.stop(true);
  }
});

test('a request may get a shorter time than its server gives', async () => {
  const fetch = (request: Request, server: { timeout(r: Request, s: number): void }) => {
    server.timeout(request, 1);
    return gate<Response>().promise;
  };
  await withServer({ fetch, idleTimeout: 255 }, async (server) => {
    const client = await connectTo(server);
    await client.write(get('/'));
    await client.untilEnd();
    expect(client.received).toEqual([]);
    expect(server.pendingRequests).toBe(0);
  });
});

test('a body that stops arriving', async () => {
  const failures: string[] = [];
  const server = startServer({
    idleTimeout: 1,
    fetch: async (request) => {
      await request.text().catch((error: Error) => failures.push(error.name));
      return new Response('never');
    },
  });
  const client = await connectTo(server);
  try {
    await client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
    await client.untilEnd();
    expect(client.received).toEqual([]);
    expect(failures).toEqual(['AbortError']);
  } finally {
    client.destroy();
    await server.stop(true);
  }
});

/** Sends a byte now and then until `use` is over. */
async function dripping(client: RawClient, bytes: string, use: () => Promise<void>): Promise<void> {
  let at = 0;
  const timer = setInterval(() => void client.write(bytes.charAt(at++) || 'x'), 100);
  try {
    await use();
  } finally {
    clearInterval(timer);
  }
}

test('a head has a deadline of its own: for silence, for half of it, for a byte now and then', async () => {
  const called: string[] = [];
  const options = { fetch: (request: Request) => (called.push(request.url), new Response('x')) };
  await withServer({ ...options, idleTimeout: 0 } as never, async (server) => {
    const all = await Promise.all([1, 2, 3, 4].map(() => connectTo(server)));
    const [silent, half, drip, later] = all as [RawClient, RawClient, RawClient, RawClient];
    await half.write('GET / HTTP/1.1\r\nHost');
    await later.write(get('/'));
    await later.untilMessages(1);
    await dripping(drip, get('/never', `X-Slow: ${'x'.repeat(4000)}`), () =>
      dripping(later, get('/nor', `X-Slow: ${'x'.repeat(4000)}`), async () => {
        await Promise.all(all.map((client) => client.untilEnd()));
      }),
    );
    for (const client of [silent, half, drip]) expect(client.received).toEqual([]);
    expect(later.messages).toHaveLength(1);
    expect(called).toHaveLength(1);
  });
});

test('a body that drips is silence', async () => {
  const failures: string[] = [];
  const options = {
    idleTimeout: 1,
    fetch: async (request: Request) => {
      await request.text().catch((error: Error) => failures.push(error.name));
      return new Response('never');
    },
  };
  await withServer(options as never, async (server) => {
    const client = await connectTo(server);
    await client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n');
    await dripping(client, '', () => client.untilEnd());
    expect(client.received).toEqual([]);
    expect(failures).toEqual(['AbortError']);
  });
});

test('a client that takes nothing of a stream: the source pauses, then hears that it left', async () => {
  const left = gate<string>();
  let made = 0;
  const fetch = (request: Request): Response => {
    request.signal.addEventListener('abort', () => left.open(String(request.signal.reason)));
    return new Response(
      new ReadableStream({
        pull(controller) {
          made++;
          controller.enqueue(new Uint8Array(64 * 1024));
        },
      }),
    );
  };
  await withServer({ fetch: fetch as never, idleTimeout: 1 }, async (server) => {
    const reader = await SlowReader.begin(server, get('/'));
    expect(await left.promise).toBe('AbortError: The connection was closed.');
    expect(made * 64 * 1024).toBeLessThan(16 * 1024 * 1024);
    const { messages, fault } = await reader.untilClosed();
    expect([messages, fault]).toEqual([[], 'truncated message']);
    reader.destroy();
  });
});

test('silence of a stream is cut, too', async () => {
  const aborted = gate();
  const fetch = (request: Request): Response => {
    request.signal.addEventListener('abort', () => aborted.open());
    const body = async function* () {
      yield 'first';
      await gate().promise;
    };
    return new Response(body);
  };
  await withServer({ fetch: fetch as never, idleTimeout: 1 }, async (server) => {
    const client = await connectTo(server);
    await client.write(get('/'));
    await Promise.all([client.untilEnd(), aborted.promise]);
    expect(Buffer.concat(client.received).toString()).toContain('first');
    expect(client.messages).toEqual([]);
    client.destroy();
  });
});
