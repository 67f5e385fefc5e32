// SPDX-License-Identifier: MIT
// stop(): what is under way is answered, what is idle goes at once, and the promise tells when
// nothing is left. Forced endings are stop-force.test.ts's.
import { setImmediate as turn } from 'node:timers/promises';
import { Response, type Server } from 'bunserve';
import { RawClient } from '../../helpers/raw-client.js';
import { LARGE, SlowReader } from '../response/slow-reader.js';
import {
  connectTo,
  exchange,
  gate,
  get,
  post,
  startServer,
  text,
} from '../../helpers/with-server.js';

const half = 'GET /half HTTP/1.1\r\nHost: a\r\nX-';
const rest = 'A: b\r\n\r\n';

/** Whether a promise has settled, after everything that was due had its turn. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  for (let i = 0; i < 5; i++) await turn();
  return settled;
}

/** Lets the server read what clients have sent so far: their bytes came before this request's. */
async function untilRead(server: Server): Promise<void> {
  for (let i = 0; i < 2; i++) await exchange(server, get('/other'));
}

const clients: RawClient[] = [];
async function open(server: Server): Promise<RawClient> {
  const client = await connectTo(server);
  clients.push(client);
  return client;
}
afterEach(() => clients.splice(0).forEach((client) => client.destroy()));

type Five = [RawClient, RawClient, RawClient, RawClient, RawClient];

const answerAll = { fetch: () => new Response('ok') };

test('without connections', async () => {
  const server = startServer(answerAll);
  expect(await server.stop()).toBeUndefined();
});

test('idle connections are closed at once, new ones are refused', async () => {
  const server = startServer(answerAll);
  const port = server.port as number;
  const [a, b] = [await open(server), await open(server)];
  for (const client of [a, b]) {
    await client.write(get('/'));
    await client.untilMessages(1);
  }
  await server.stop();
  await Promise.all([a.untilEnd(), b.untilEnd()]);
  await expect(RawClient.connect({ port })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a request under way is answered, then its connection closed', async () => {
  const [entered, answer] = [gate(), gate<Response>()];
  const server = startServer({ fetch: () => (entered.open(), answer.promise) });
  const client = await open(server);
  await client.write(get('/first') + get('/parked'));
  await entered.promise;
  const stopped = server.stop();
  expect(server.port).toBe(0);
  expect(await isSettled(stopped)).toBe(false);
  expect(server.pendingRequests).toBe(1);
  answer.open(new Response('late'));
  await stopped;
  await client.untilEnd();
  // The request behind it is never dispatched.
  expect(client.messages.map(text)).toEqual(['late']);
  expect(client.reader.fault).toBeNull();
});

test('a client that leaves ends its request', async () => {
  const [entered, aborted] = [gate(), gate()];
  const server = startServer({
    fetch(request) {
      request.signal.addEventListener('abort', () => aborted.open());
      entered.open();
      return gate<Response>().promise;
    },
  });
  const client = await open(server);
  await client.write(get('/'));
  await entered.promise;
  const stopped = server.stop();
  client.destroy();
  await Promise.all([aborted.promise, stopped]);
  expect(server.pendingRequests).toBe(0);
});

test('half a head may still be completed', async () => {
  const server = startServer({ fetch: (request) => new Response(new URL(request.url).pathname) });
  const client = await open(server);
  await client.write(half);
  await untilRead(server);
  const stopped = server.stop();
  expect(await isSettled(stopped)).toBe(false);
  await client.write(rest);
  await Promise.all([stopped, client.untilEnd()]);
  expect(client.messages.map(text)).toEqual(['/half']);
});

test('half a head whose client leaves', async () => {
  const server = startServer(answerAll);
  const client = await open(server);
  await client.write(half);
  await untilRead(server);
  const stopped = server.stop();
  client.destroy();
  await stopped;
});

test('a body that is still arriving is read to its end', async () => {
  const entered = gate();
  const server = startServer({
    async fetch(request) {
      entered.open();
      return new Response(await request.text());
    },
  });
  const client = await open(server);
  await client.write(post('/', 'abcdef').slice(0, -3));
  await entered.promise;
  const stopped = server.stop();
  expect(await isSettled(stopped)).toBe(false);
  await client.write('def');
  await Promise.all([stopped, client.untilEnd()]);
  expect(client.messages.map(text)).toEqual(['abcdef']);
});

test('from inside a handler', async () => {
  let stopped: Promise<void> | undefined;
  const server = startServer({
    fetch(_request, self) {
      stopped = self.stop();
      return new Response('bye');
    },
  });
  const client = await open(server);
  await client.write(get('/'));
  await client.untilEnd();
  await stopped;
  expect(client.messages.map(text)).toEqual(['bye']);
});

const body = Buffer.alloc(LARGE, 'x');
test.each([
  ['a static route', { routes: { '/': new Response(body) } }],
  ['a handler', { fetch: () => new Response(body) }],
])('a large body of %s reaches a slow reader whole', async (_, options) => {
  const server = startServer(options);
  const reader = await SlowReader.begin(server, get('/'));
  const stopped = server.stop();
  expect(await isSettled(stopped)).toBe(false);
  const { messages, fault } = await reader.untilClosed();
  await stopped;
  expect(fault).toBeNull();
  expect(messages.map((message) => message.body.length)).toEqual([LARGE]);
  reader.destroy();
});

test('a second stop() gives the same promise', async () => {
  const [entered, answer] = [gate(), gate<Response>()];
  const server = startServer({ fetch: () => (entered.open(), answer.promise) });
  const client = await open(server);
  await client.write(get('/'));
  await entered.promise;
  const first = server.stop();
  const second = server.stop();
  expect(await isSettled(second)).toBe(false);
  answer.open(new Response('x'));
  await Promise.all([first, second]);
  await server.stop();
});

test('everything at once: each ends as promised, the stalled reader when its time is over', async () => {
  const [entered, answer, streamed] = [gate(), gate<Response>(), gate()];
  const server = startServer({
    idleTimeout: 3,
    routes: {
      '/wait': () => (entered.open(), answer.promise),
      '/echo': async (request) => new Response(await request.text()),
      '/large': new Response(body),
      '/stream': () =>
        new Response(async function* () {
          yield 'a';
          await streamed.promise;
          yield 'b';
        }),
      '/*': () => new Response('ok'),
    },
  });
  const all = await Promise.all(Array.from({ length: 5 }, () => open(server)));
  const [idle, waiting, head, sending, streaming] = all as Five;
  const stalled = await SlowReader.begin(server, get('/large'));
  await idle.write(get('/'));
  await waiting.write(get('/wait') + get('/parked'));
  await head.write(half);
  await sending.write(post('/echo', 'abcdef').slice(0, -3));
  await streaming.write(get('/stream'));
  while (streaming.received.length === 0) await turn();
  await Promise.all([idle.untilMessages(1), entered.promise]);
  await untilRead(server);

  const stopped = server.stop();
  await idle.untilEnd();
  expect(await isSettled(stopped)).toBe(false);
  answer.open(new Response('late'));
  streamed.open();
  await Promise.all([head.write(rest), sending.write('def')]);
  await Promise.all(all.map((client) => client.untilEnd()));
  expect(all.map((client) => client.messages.map(text))).toEqual([
    ['ok'],
    ['late'],
    ['ok'],
    ['abcdef'],
    ['ab'],
  ]);
  expect(all.map((client) => client.reader.fault)).toEqual(Array(5).fill(null));
  await stopped;
  const { messages, fault } = await stalled.untilClosed();
  expect([messages, fault]).toEqual([[], 'truncated message']);
  expect(server.pendingRequests).toBe(0);
  stalled.destroy();
});
