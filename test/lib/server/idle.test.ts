// SPDX-License-Identifier: MIT
// closeIdleConnections() and pendingRequests: which connections count as busy.
import { Response } from 'bunserve';
import { LARGE, SlowReader } from '../response/slow-reader.js';
import { connectTo, exchange, gate, get, startServer, text } from '../../helpers/with-server.js';

test('only connections that wait for a request are closed', async () => {
  const [entered, answer] = [gate(), gate<Response>()];
  const server = startServer({
    routes: { '/now': new Response('now'), '/soon': () => new Response('soon') },
    fetch: () => (entered.open(), answer.promise),
  });
  const [first, second, busy, half] = await Promise.all([1, 2, 3, 4].map(() => connectTo(server)));
  try {
    await first!.write(get('/now'));
    await second!.write(get('/soon'));
    await half!.write('GET /now HTTP/1.1\r\n');
    await busy!.write(get('/'));
    await Promise.all([first!.untilMessages(1), second!.untilMessages(1), entered.promise]);
    expect(server.closeIdleConnections()).toBe(2);
    expect(server.closeIdleConnections()).toBe(0);
    await Promise.all([first!.untilEnd(), second!.untilEnd()]);
    await half!.write('Host: a\r\n\r\n');
    answer.open(new Response('late'));
    await Promise.all([half!.untilMessages(1), busy!.untilMessages(1)]);
    expect([half, busy].map((client) => text(client!.messages[0]))).toEqual(['now', 'late']);
    expect([half!.ending, busy!.ending]).toEqual(['open', 'open']);
    // The server goes on.
    expect(text((await exchange(server, get('/now')))[0])).toBe('now');
  } finally {
    for (const client of [first, second, busy, half]) client!.destroy();
    await server.stop(true);
  }
});

const body = Buffer.alloc(LARGE, 'x');
test.each([
  ['a static route', { routes: { '/': new Response(body) } }],
  ['a handler', { fetch: () => new Response(body) }],
])('a large response of %s under way is not idle', async (_, options) => {
  const server = startServer(options);
  const reader = await SlowReader.begin(server, get('/'));
  expect(server.closeIdleConnections()).toBe(0);
  const { messages, isClosed } = await reader.finish();
  expect(messages.map((message) => message.body.length)).toEqual([LARGE]);
  expect(isClosed).toBe(false);
  await server.stop();
  reader.destroy();
});

test('pendingRequests', async () => {
  const inside: number[] = [];
  const [entered, answer] = [gate(), gate<Response>()];
  let waiting = 0;
  const server = startServer({
    routes: {
      '/static': new Response('static'),
      '/sync': (_, self) => (inside.push(self.pendingRequests), new Response('sync')),
    },
    fetch: () => {
      if (++waiting === 3) entered.open();
      return answer.promise.then((response) => response.clone() as never);
    },
  });
  await exchange(server, get('/static') + get('/sync'), 2);
  expect(inside).toEqual([1]);
  expect(server.pendingRequests).toBe(0);
  const clients = await Promise.all([1, 2, 3].map(() => connectTo(server)));
  // The second request of each is held until the first is answered.
  await Promise.all(clients.map((client) => client.write(get('/') + get('/sync'))));
  await entered.promise;
  expect(server.pendingRequests).toBe(3);
  answer.open(new Response('late'));
  await Promise.all(clients.map((client) => client.untilMessages(2)));
  expect(server.pendingRequests).toBe(0);
  for (const client of clients) client.destroy();
  await server.stop(true);
});
