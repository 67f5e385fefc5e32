// SPDX-License-Identifier: MIT
// Servers that come and go: the addon uses their numbers again, and a Server that has ended has no
// hold over the one that came after it.
import { Response, type Server } from 'bunserve';
import { bodyOf, connectTo, gate, get, startServer } from '../../helpers/with-server.js';

test('a server that has ended does nothing to later ones', async () => {
  const ended: Server[] = [];
  for (let round = 0; round < 20; round++) {
    const server = startServer({ fetch: () => new Response(`old ${round}`) });
    expect(await bodyOf(server)).toBe(`old ${round}`);
    await server.stop(true);
    ended.push(server);
  }
  const [entered, answer] = [gate(), gate<Response>()];
  const server = startServer({
    routes: { '/wait': () => (entered.open(), answer.promise) },
    fetch: () => new Response('new'),
  });
  const [idle, busy] = [await connectTo(server), await connectTo(server)];
  await idle.write(get('/'));
  await idle.untilMessages(1);
  await busy.write(get('/wait'));
  await entered.promise;
  for (const old of ended) {
    expect(old.closeIdleConnections()).toBe(0);
    expect(old.pendingRequests).toBe(0);
    old.reload({ fetch: () => new Response('wrong'), routes: {} });
    await old.stop(true);
    old.ref().unref();
  }
  expect(server.pendingRequests).toBe(1);
  await idle.write(get('/'));
  await idle.untilMessages(2);
  answer.open(new Response('answered'));
  await busy.untilMessages(1);
  expect(await bodyOf(server)).toBe('new');
  for (const client of [idle, busy]) client.destroy();
  await server.stop(true);
});

test('many at once, stopped in any order', async () => {
  let live: Server[] = [];
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 20; i++) {
      const name = `${round} ${i}`;
      live.push(startServer({ fetch: () => new Response(name), id: name }));
    }
    const leaving = live.filter((_, i) => i % 3 !== round % 3);
    live = live.filter((server) => !leaving.includes(server));
    await Promise.all(leaving.map((server) => server.stop()));
    for (const server of live) expect(await bodyOf(server)).toBe(server.id);
  }
  await Promise.all(live.map((server) => server.stop(true)));
});

test('a listen that fails leaves its number to the next', async () => {
  const first = startServer({ fetch: () => new Response('first') });
  for (let i = 0; i < 50; i++) {
    expect(() => startServer({ port: first.port, fetch: () => new Response('x') })).toThrow();
  }
  expect(await bodyOf(first)).toBe('first');
  await first.stop();
});
