// SPDX-License-Identifier: MIT
// What a server asks of its pubsub adapter, and that nothing the adapter does harms its own sockets.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { PubSubErrorMessage, PubSubStateMessage, Server } from 'bunserve';
import WebSocket from 'ws';
import { Bus, BusAdapter, command, next, startPeer, until, type Peer } from './bus.js';

const peers: Peer[] = [];
function peer(adapter: BusAdapter | undefined, options: object = {}): Peer {
  const made = startPeer(adapter, options);
  peers.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(peers.splice(0).map(({ server }) => server.stop(true)));
});

/** The channels' messages about one server. */
function listen(): { errors: Error[]; states: string[]; stop: () => void } {
  const errors: Error[] = [];
  const states: string[] = [];
  const onError = (message: unknown): void =>
    void errors.push((message as PubSubErrorMessage).error);
  const onState = (message: unknown): void => {
    const { previous, state } = message as PubSubStateMessage;
    states.push(`${previous} -> ${state}`);
  };
  subscribe('bunserve:pubsub:error', onError);
  subscribe('bunserve:pubsub:state', onState);
  const stop = (): void => {
    unsubscribe('bunserve:pubsub:error', onError);
    unsubscribe('bunserve:pubsub:state', onState);
  };
  return { errors, states, stop };
}

test('messages reach the subscribers of other servers once, texts as texts and bytes as bytes', async () => {
  const bus = new Bus();
  const [one, two] = [peer(new BusAdapter(bus)), peer(new BusAdapter(bus))];
  const [here, there] = [await one.connect('room'), await two.connect('room')];
  const heard: [string, unknown][] = [];
  for (const client of [here, there]) {
    client.on('message', (data: Buffer, isBinary: boolean) =>
      heard.push([client === here ? 'here' : 'there', isBinary ? data : data.toString()]),
    );
  }
  const last = Promise.all([here, there].map((client) => untilMessage(client, 'end')));
  expect(one.server.publish('room', 'text \u2713')).toBe(8);
  expect(one.server.publish('room', new Uint8Array([0, 255]))).toBe(2);
  expect(one.server.publish('room', '')).toBe(0);
  expect(one.server.publish('room', 'end')).toBe(3);
  await last;
  const all = ['text \u2713', Buffer.from([0, 255]), '', 'end'];
  expect(heard.filter(([who]) => who === 'here').map(([, data]) => data)).toEqual(all);
  expect(heard.filter(([who]) => who === 'there').map(([, data]) => data)).toEqual(all);
  expect(one.server.pubsub).toMatchObject({ published: 4, received: 0, errors: 0, topics: 1 });
  expect(two.server.pubsub).toMatchObject({ published: 0, received: 4, errors: 0, state: 'open' });
});

async function untilMessage(client: WebSocket, text: string): Promise<void> {
  await new Promise<void>((resolve) =>
    client.on('message', (data: Buffer) => {
      if (data.toString() === text) resolve();
    }),
  );
}

test('what publish returns is about the subscribers of this process', async () => {
  const bus = new Bus();
  const [one, two] = [peer(new BusAdapter(bus)), peer(new BusAdapter(bus))];
  const there = await two.connect('room');
  const received = next(there);
  expect(one.server.publish('room', 'nobody here')).toBe(0);
  expect(await received).toBe('nobody here');
  const here = await one.connect('room');
  // As in a server without the option: the sender is left out, and nobody else is here.
  const again = next(there);
  expect(one.sockets[0]!.publish('room', 'from one')).toBe(0);
  expect(await again).toBe('from one');
  here.terminate();
});

test('a Blob and shared memory are published, too', async () => {
  const bus = new Bus();
  const [one, two] = [peer(new BusAdapter(bus)), peer(new BusAdapter(bus))];
  const there = await two.connect('room');
  for (const bytes of [new Blob(['blob']), Buffer.from('blob'), sharedBytes('blob')]) {
    const received = next(there);
    one.server.publish('room', bytes);
    expect(await received).toEqual(Buffer.from('blob'));
  }
});

function sharedBytes(text: string): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(text.length);
  new Uint8Array(memory).set(Buffer.from(text));
  return memory;
}

test('topics are subscribed to while a subscriber is here', async () => {
  const adapter = new BusAdapter(new Bus());
  const { server, connect, sockets } = peer(adapter);
  const first = await connect('a,b');
  const second = await connect('a');
  await until(() => adapter.topics.size === 2);
  await command(first, '-a');
  expect(adapter.calls).toEqual(['subscribe a', 'subscribe b']);
  await command(second, '-a');
  expect(adapter.calls.splice(0)).toEqual(['subscribe a', 'subscribe b', 'unsubscribe a']);
  await command(second, '+a');
  await command(second, '+c');
  adapter.calls.length = 0;
  // However a socket ends.
  second.close();
  await until(() => adapter.calls.length === 2);
  expect(adapter.calls.splice(0).sort()).toEqual(['unsubscribe a', 'unsubscribe c']);
  first.terminate();
  await until(() => adapter.calls.length === 1);
  expect(adapter.calls.splice(0)).toEqual(['unsubscribe b']);
  for (const end of ['close', 'terminate'] as const) {
    await connect('d');
    sockets.at(-1)![end]();
    await until(() => adapter.calls.at(-1) === 'unsubscribe d');
    expect(adapter.calls.splice(0)).toEqual(['subscribe d', 'unsubscribe d']);
  }
  expect(server.pubsub!.topics).toBe(0);
  await connect('e');
  await server.stop(true);
  expect(adapter.calls[0]).toBe('subscribe e');
  expect(adapter.calls.at(-1)).toBe('close');
  expect(server.pubsub!.state).toBe('closed');
});

test('what cancels itself out within a turn is not asked for', async () => {
  const adapter = new BusAdapter(new Bus());
  const { connect, sockets } = peer(adapter);
  const client = await connect();
  const [ws] = sockets;
  ws!.subscribe('a');
  ws!.unsubscribe('a');
  ws!.subscribe('b');
  // Before a message leaves, what it may be answered on is subscribed to.
  ws!.publish('c', 'question');
  expect(adapter.calls).toEqual(['subscribe b', 'publish c']);
  client.terminate();
});

test.each(['throw', 'reject'] as const)('an adapter that fails (%s) harms nobody', async (how) => {
  const heard = listen();
  const adapter = new BusAdapter(new Bus());
  adapter.failure = how;
  const { server, connect } = peer(adapter);
  try {
    const client = await connect('a');
    const received = next(client);
    expect(server.publish('a', 'text')).toBe(4);
    expect(await received).toBe('text');
    client.close();
    await until(() => adapter.calls.length === 3);
    await server.stop(true);
    const calls = ['subscribe a', 'publish a', 'unsubscribe a', 'close'];
    expect(adapter.calls).toEqual(calls);
    expect(heard.errors.map(({ message }) => message)).toEqual(calls.map((c) => `cannot ${c}`));
    expect(server.pubsub).toMatchObject({ errors: 4 });
    expect(server.pubsub!.lastError!.message).toBe('cannot close');
  } finally {
    heard.stop();
  }
});

test('errors nobody listens to are one warning for each time the link is lost', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  const adapter = new BusAdapter(new Bus());
  const { server } = peer(adapter);
  adapter.onState!('down');
  adapter.onError!(new Error('lost'));
  adapter.onError!(new Error('still lost'));
  expect(server.pubsub!.state).toBe('down');
  adapter.onState!('open');
  adapter.onError!(new Error('lost again'));
  await until(() => warnings.length === 2);
  process.off('warning', onWarning);
  expect(warnings.map(({ name, message }) => [name, message])).toEqual([
    ['PubSubWarning', 'pub/sub with other processes: lost'],
    ['PubSubWarning', 'pub/sub with other processes: lost again'],
  ]);
});

test('the state of the link is told, and stays to be seen', async () => {
  const heard = listen();
  try {
    const adapter = new BusAdapter(new Bus());
    const { server } = peer(adapter);
    expect(Object.keys(server.pubsub!)).toContain('state');
    adapter.onState!('down');
    adapter.onState!('down');
    adapter.onState!('open');
    await server.stop(true);
    expect(heard.states).toEqual(['open -> down', 'down -> open', 'open -> closed']);
    adapter.onState?.('open');
    expect(server.pubsub!.state).toBe('closed');
  } finally {
    heard.stop();
  }
});

test('stop() waits for what the adapter still sends', async () => {
  const adapter = new BusAdapter(new Bus());
  let finish!: () => void;
  adapter.close = () => new Promise((resolve) => (finish = resolve));
  const { server } = peer(adapter);
  let isStopped = false;
  const stopped = server.stop().then(() => (isStopped = true));
  await until(() => (finish as unknown) !== undefined);
  await new Promise((resolve) => setImmediate(resolve));
  expect(isStopped).toBe(false);
  finish();
  await stopped;
});

test('a server without sockets publishes, and reload() may bring them', async () => {
  const bus = new Bus();
  const adapter = new BusAdapter(bus);
  const { server } = peer(adapter, { websocket: undefined });
  const other = peer(new BusAdapter(bus));
  const there = await other.connect('news');
  const received = next(there);
  expect(server.publish('news', 'from a job')).toBe(0);
  expect(await received).toBe('from a job');
  expect(() => server.publish('', 'x')).toThrow('publish requires a topic string');

  let opened!: () => void;
  const isOpen = new Promise<void>((resolve) => (opened = resolve));
  server.reload({
    fetch(this: unknown, req: Request, self: Server) {
      return self.upgrade(req) ? undefined : new Response();
    },
    websocket: {
      open(ws: { subscribe(topic: string): void }) {
        ws.subscribe('news');
        opened();
      },
      message() {},
    },
  } as never);
  const here = new WebSocket(`ws://127.0.0.1:${server.port}/`);
  await once(here, 'open');
  await isOpen;
  await until(() => adapter.topics.has('news'));
  const back = next(here);
  other.server.publish('news', 'answer');
  expect(await back).toBe('answer');
  here.terminate();
});

test('reload() keeps the adapter, or moves the topics to another one', async () => {
  const bus = new Bus();
  const [first, second] = [new BusAdapter(bus), new BusAdapter(bus)];
  const { server, connect } = peer(first);
  const client = await connect('a,b');
  await until(() => first.topics.size === 2);
  server.reload({ fetch: () => new Response() });
  server.reload({ fetch: () => new Response(), pubsub: first });
  expect(first.calls).toEqual(['subscribe a', 'subscribe b']);
  server.reload({ fetch: () => new Response(), pubsub: second });
  expect(first.calls.at(-1)).toBe('close');
  expect(second.calls.sort()).toEqual(['subscribe a', 'subscribe b']);
  const other = peer(new BusAdapter(bus));
  const received = next(client);
  other.server.publish('a', 'to the second');
  expect(await received).toBe('to the second');
  client.terminate();
});

test('options that are wrong', async () => {
  const bus = new Bus();
  const adapter = new BusAdapter(bus);
  for (const wrong of ['redis://', {}, { publish() {} }, 1, true, () => undefined]) {
    expect(() => startPeer(wrong as never)).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_ARG_TYPE',
        message: expect.stringContaining('redis(client) of bunserve/pubsub') as string,
      }),
    );
  }
  await expect(startPeerAndStop(null)).resolves.toBeUndefined();
  peer(adapter);
  const error = { code: 'ERR_INVALID_ARG_VALUE' };
  expect(() => startPeer(adapter)).toThrow(expect.objectContaining(error));
  const other = peer(undefined);
  expect(other.server.pubsub).toBeUndefined();
  expect(() => other.server.reload({ fetch: () => new Response(), pubsub: adapter })).toThrow(
    expect.objectContaining(error),
  );
});

async function startPeerAndStop(adapter: null): Promise<unknown> {
  const { server } = startPeer(adapter as never);
  await server.stop(true);
  return server.pubsub;
}
