// SPDX-License-Identifier: MIT
// maxConnections: idle connections make room for new ones, busy ones do not.
import { Response } from 'bunserve';
import { connectTo, gate, get, text, withServer } from '../../helpers/with-server.js';

test('an idle connection goes when a new one comes', async () => {
  const options = { maxConnections: 1, fetch: () => new Response('ok') };
  await withServer(options, async (server) => {
    const first = await connectTo(server);
    await first.write(get('/'));
    await first.untilMessages(1);
    const second = await connectTo(server);
    await second.write(get('/'));
    await second.untilMessages(1);
    await first.untilEnd();
    expect([first, second].map(({ messages }) => messages.map(text))).toEqual([['ok'], ['ok']]);
    for (const client of [first, second]) client.destroy();
  });
});

test('busy connections stay, and who comes then is closed without a byte', async () => {
  const [entered, answer] = [gate(), gate<Response>()];
  let waiting = 0;
  const options = {
    maxConnections: 2,
    fetch: () => {
      if (++waiting === 2) entered.open();
      return answer.promise.then((response) => response.clone() as never);
    },
  };
  await withServer(options, async (server) => {
    const busy = await Promise.all([1, 2].map(() => connectTo(server)));
    await Promise.all(busy.map((client) => client.write(get('/'))));
    await entered.promise;
    // Without a handshake, which would not come to its end.
    const strangers = [1, 2, 3].map(() => connectTo(server, { tls: false }));
    const refused = await Promise.all(strangers);
    await Promise.all(refused.map((client) => client.write(get('/'))));
    await Promise.all(refused.map((client) => client.untilEnd()));
    expect(refused.map(({ received }) => received.length)).toEqual([0, 0, 0]);
    expect(waiting).toBe(2);
    answer.open(new Response('late'));
    await Promise.all(busy.map((client) => client.untilMessages(1)));
    expect(busy.map(({ messages }) => messages.map(text))).toEqual([['late'], ['late']]);
    for (const client of [...busy, ...refused]) client.destroy();
  });
});
