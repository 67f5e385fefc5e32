// SPDX-License-Identifier: MIT
// stop(true) and Symbol.dispose: everything is cut now. Clients see a bare close, handlers an
// aborted signal, and whatever a handler does later goes nowhere.
import { Response, type Server } from 'bunserve';
import type { RawClient } from '../../helpers/raw-client.js';
import { LARGE, SlowReader } from '../response/slow-reader.js';
import { connectTo, exchange, gate, get, post, startServer } from '../../helpers/with-server.js';

const clients: RawClient[] = [];
async function open(server: Server): Promise<RawClient> {
  const client = await connectTo(server);
  clients.push(client);
  return client;
}
afterEach(() => clients.splice(0).forEach((client) => client.destroy()));

interface Pending {
  server: Server;
  client: RawClient;
  signal: AbortSignal;
  answer: (response: globalThis.Response) => void;
}

/** A server with one request in its handler. */
async function pending(): Promise<Pending> {
  const [entered, answer] = [gate<AbortSignal>(), gate<globalThis.Response>()];
  const server = startServer({
    fetch: (request) => (entered.open(request.signal), answer.promise),
  });
  const client = await open(server);
  await client.write(get('/'));
  return { server, client, signal: await entered.promise, answer: answer.open };
}

async function expectCut({ server, client, signal, answer }: Pending): Promise<void> {
  expect(signal.aborted).toBe(true);
  const reason = signal.reason as DOMException;
  expect(reason).toBeInstanceOf(DOMException);
  expect([reason.name, reason.message]).toEqual(['AbortError', 'The connection was closed.']);
  expect(reason.code).toBe(20);
  expect(server.pendingRequests).toBe(0);
  answer(new Response('late') as never);
  await client.untilEnd();
  expect(client.received).toEqual([]);
}

test.each([true, 1, 'yes', {}])('stop(%p)', async (force) => {
  const state = await pending();
  await state.server.stop(force as boolean);
  await expectCut(state);
});

test('after a graceful stop()', async () => {
  const state = await pending();
  const graceful = state.server.stop();
  await Promise.all([state.server.stop(true), graceful]);
  await expectCut(state);
});

test('Symbol.dispose', async () => {
  const state = await pending();
  expect(state.server[Symbol.dispose]()).toBeUndefined();
  await expectCut(state);
  await state.server.stop();
});

test('using', async () => {
  const port = await (async () => {
    using server = startServer({ fetch: () => new Response('ok') });
    expect((await exchange(server, get('/'))).length).toBe(1);
    return server.port as number;
  })();
  const next = startServer({ port, fetch: () => new Response('next') });
  expect(next.port).toBe(port);
  await next.stop();
});

test('from inside a handler: nobody is answered', async () => {
  let stopped: Promise<void> | undefined;
  const server = startServer({
    fetch(request, self) {
      stopped = self.stop(true);
      expect(request.signal.aborted).toBe(true);
      return new Response('bye');
    },
  });
  const client = await open(server);
  await client.write(get('/'));
  await client.untilEnd();
  await stopped;
  expect(client.received).toEqual([]);
});

test('half a head, and nothing at all', async () => {
  const server = startServer({ fetch: () => new Response('ok') });
  const [empty, half] = [await open(server), await open(server)];
  await half.write('GET / HTTP/1.1\r\nHo');
  await exchange(server, get('/'));
  await server.stop(true);
  await half.untilEnd();
  expect(half.received).toEqual([]);
  empty.destroy();
});

test('a body that is still arriving', async () => {
  const [entered, outcome] = [gate(), gate<unknown>()];
  const server = startServer({
    async fetch(request) {
      entered.open();
      await request.text().then(outcome.open, outcome.open);
      return new Response('never');
    },
  });
  const client = await open(server);
  await client.write(post('/', 'abcdef').slice(0, -3));
  await entered.promise;
  await server.stop(true);
  expect(await outcome.promise).toMatchObject({ name: 'AbortError' });
  await client.untilEnd();
  expect(client.received).toEqual([]);
});

test('a large response under way is cut short', async () => {
  const server = startServer({ fetch: () => new Response(Buffer.alloc(LARGE)) });
  const reader = await SlowReader.begin(server, get('/'));
  expect(server.pendingRequests).toBe(1);
  await server.stop(true);
  const { messages, fault } = await reader.untilClosed();
  expect(messages).toEqual([]);
  expect(fault).toBe('truncated message');
  expect(server.pendingRequests).toBe(0);
  reader.destroy();
});

test('a hundred connections in every state', async () => {
  const server = startServer({ fetch: () => gate<Response>().promise });
  const many = await Promise.all(Array.from({ length: 100 }, () => open(server)));
  await Promise.all(many.map((client, i) => client.write(i % 2 === 0 ? get('/') : 'GET /')));
  await server.stop(true);
  await Promise.all(many.map((client) => client.untilEnd()));
  expect(server.pendingRequests).toBe(0);
});
