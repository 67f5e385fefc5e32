// SPDX-License-Identifier: MIT
// Two servers and a real Redis, NATS or PostgreSQL between them, which is killed and started again.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { PubSubErrorMessage, PubSubState, Server } from 'bunserve';
import type WebSocket from 'ws';
import { command, next, startPeer, until, type Peer } from './bus.js';
import { links, type Backplane } from './links.js';

describe.each(Object.keys(links))('%s', (kind) => {
  let plane: Backplane;
  const peers: Peer[] = [];
  const errors: Error[] = [];
  const onError = (message: unknown): void =>
    void errors.push((message as PubSubErrorMessage).error);

  beforeAll(async () => {
    subscribe('bunserve:pubsub:error', onError);
    plane = await links[kind]!();
  });
  afterAll(async () => {
    unsubscribe('bunserve:pubsub:error', onError);
    await plane.stop();
  });
  afterEach(async () => {
    await Promise.all(peers.splice(0).map(({ server }) => server.stop(true)));
    errors.length = 0;
  });

  const becomes = (server: Server, state: PubSubState): Promise<void> =>
    until(() => server.pubsub!.state === state);

  async function peer(options?: object): Promise<Peer> {
    const made = startPeer(await plane.adapter(options));
    peers.push(made);
    await becomes(made.server, 'open');
    return made;
  }

  /** Resolves when `from` is heard by the client: its subscription has arrived. */
  async function reaches(from: Server, topic: string, client: WebSocket): Promise<void> {
    let isHeard = false;
    const hear = (): void => void (isHeard = true);
    client.on('message', hear);
    while (!isHeard) {
      from.publish(topic, 'probe');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const sent = from.pubsub!.published;
    const last = `last of ${sent}`;
    const done = new Promise<void>((resolve) =>
      client.on('message', (data: Buffer) => {
        if (data.toString() === last) resolve();
      }),
    );
    from.publish(topic, last);
    await done;
    client.removeAllListeners('message');
  }

  test('texts and bytes, in order, once, and no echo', async () => {
    const [one, two] = [await peer(), await peer()];
    const topic = 'a room. with *; > and \u2713';
    const here = await one.connect(encodeURIComponent(topic));
    const there = await two.connect(encodeURIComponent(topic));
    await reaches(one.server, topic, there);
    await reaches(two.server, topic, here);
    const heard: Record<string, unknown[]> = { here: [], there: [] };
    here.on('message', (data: Buffer, isBinary) =>
      heard.here!.push(isBinary ? data : data.toString()),
    );
    there.on('message', (data: Buffer, isBinary) =>
      heard.there!.push(isBinary ? data : data.toString()),
    );
    const sent: unknown[] = [];
    for (let i = 0; i < 500; i++) {
      const message = i % 3 === 0 ? Buffer.from([i & 255, 0, 255]) : `text ${i} \u2713`;
      sent.push(message);
      expect(one.server.publish(topic, message)).toBeGreaterThan(0);
    }
    await until(() => heard.there!.length >= 500 && heard.here!.length >= 500);
    two.server.publish(topic, 'back');
    await until(() => heard.here!.length === 501);
    expect(heard.there!.slice(0, 500)).toEqual(sent);
    expect(heard.here).toEqual([...sent, 'back']);
    await until(() => heard.there!.length === 501);
    expect(heard.there!.at(-1)).toBe('back');
    expect(errors).toEqual([]);
  });

  test('messages larger than the link takes at once', async () => {
    const [one, two] = [await peer(), await peer()];
    const there = await two.connect('large');
    await reaches(one.server, 'large', there);
    for (const size of [5_983, 5_984, 100_000, 2_500_000]) {
      const bytes = Buffer.alloc(size, 'abc\u2713');
      for (const message of [bytes, bytes.toString('hex')]) {
        const received = next(there);
        one.server.publish('large', message);
        expect((await received).length === message.length && message).toEqual(message);
      }
    }
    expect(errors).toEqual([]);
  });

  test('the server is killed and comes back', async () => {
    const [one, two] = [await peer(), await peer()];
    const here = await one.connect('room');
    const there = await two.connect('room,early');
    await reaches(one.server, 'room', there);
    const local = next(here);
    await plane.kill();
    await Promise.all([becomes(one.server, 'down'), becomes(two.server, 'down')]);
    // This process goes on as if nothing had happened.
    expect(one.server.publish('room', 'while down')).toBe(10);
    expect(await local).toBe('while down');
    // Subscriptions change meanwhile.
    await command(there, '+late');
    await command(there, '-early');
    const heard: string[] = [];
    there.on('message', (data: Buffer) => void heard.push(data.toString()));
    await plane.start();
    await Promise.all([becomes(one.server, 'open'), becomes(two.server, 'open')]);
    // What waited left when the link was back; the other side may not have listened by then.
    there.removeAllListeners('message');
    await reaches(one.server, 'late', there);
    await reaches(one.server, 'room', there);
    await reaches(two.server, 'room', here);
    expect(errors.length).toBeGreaterThanOrEqual(2);
    expect(errors.length).toBeLessThanOrEqual(4);
    expect(two.server.pubsub).toMatchObject({ topics: 2, dropped: 0 });
  });

  test('what waits is bounded, the oldest is dropped, and that is told', async () => {
    const [one, two] = [await peer({ maxQueueMessages: 100 }), await peer()];
    const there = await two.connect('room');
    await reaches(one.server, 'room', there);
    await plane.kill();
    await Promise.all([becomes(one.server, 'down'), becomes(two.server, 'down')]);
    for (let i = 0; i < 107; i++) one.server.publish('room', `message ${i}`);
    expect(one.server.pubsub!.dropped).toBe(7);
    const told = (): string[] =>
      errors.filter((e) => 'code' in e && e.code === 'ERR_BUNSERVE_PUBSUB_DROPPED').map(String);
    expect(told()).toHaveLength(1);
    await plane.start();
    await becomes(one.server, 'open');
    await until(() => told().length === 2);
    expect(told()[1]).toContain('7 messages were dropped');
    await becomes(two.server, 'open');
    await reaches(one.server, 'room', there);
  });
});
