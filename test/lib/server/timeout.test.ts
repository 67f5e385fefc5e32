// SPDX-License-Identifier: MIT
// Idle timeouts: a silent connection is closed without a byte, unless its request says otherwise.
// The waits are for the server's own timer (granularity 1 s); nothing measures how long it took.
import {
  connectTo,
  gate,
  get,
  startServer,
  text,
  thrownBy,
  withServer,
} from '../../helpers/with-server.js';

const deadlineMs = 20_000;

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
  const [patient, hasty, idle] = await Promise.all(
    [1, 2, 3].map(() => connectTo(server, { deadlineMs })),
  );
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
}, 30_000);

test('a request may get a shorter time than its server gives', async () => {
  const fetch = (request: Request, server: { timeout(r: Request, s: number): void }) => {
    server.timeout(request, 1);
    return gate<Response>().promise;
  };
  await withServer({ fetch, idleTimeout: 255 }, async (server) => {
    const client = await connectTo(server, { deadlineMs });
    await client.write(get('/'));
    await client.untilEnd();
    expect(client.received).toEqual([]);
    expect(server.pendingRequests).toBe(0);
  });
}, 30_000);

test('a body that stops arriving', async () => {
  const failures: string[] = [];
  const server = startServer({
    idleTimeout: 1,
    fetch: async (request) => {
      await request.text().catch((error: Error) => failures.push(error.name));
      return new Response('never');
    },
  });
  const client = await connectTo(server, { deadlineMs });
  try {
    await client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
    await client.untilEnd();
    expect(client.received).toEqual([]);
    expect(failures).toEqual(['AbortError']);
  } finally {
    client.destroy();
    await server.stop(true);
  }
}, 30_000);
