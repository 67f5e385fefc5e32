// SPDX-License-Identifier: MIT
// Clients that do not read: what send() and publish() return, what is dropped, and when drain runs.
import { serve, type ServerWebSocket } from 'bunserve';
import { RawClient } from '../../helpers/raw-client.js';
import { frameBytes } from '../../helpers/websocket-frames.js';

const MIB = 1024 * 1024;
const HANDSHAKE = [
  'GET / HTTP/1.1',
  'Host: test',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n');

interface Scene {
  readonly port: number;
  /** In the order of connecting. */
  readonly sockets: ServerWebSocket[];
  readonly drained: number[];
  publish(message: string | Uint8Array): number;
  connect(): Promise<RawClient>;
}

async function withServer(options: object, use: (scene: Scene) => Promise<void>): Promise<void> {
  const sockets: ServerWebSocket[] = [];
  const drained: number[] = [];
  const server = serve({
    port: 0,
    hostname: '127.0.0.1',
    development: false,
    fetch: (req, self) => (self.upgrade(req) ? undefined : new Response('x')),
    websocket: {
      ...options,
      open(ws) {
        ws.subscribe('all');
        sockets.push(ws);
      },
      drain: (ws) => void drained.push(ws.getBufferedAmount()),
      message: (ws, message) => void ws.send(message),
    },
  });
  const clients: RawClient[] = [];
  try {
    const { port } = server as { port: number };
    const connect = async (): Promise<RawClient> => {
      const client = await RawClient.connect({ port });
      clients.push(client);
      await client.write(HANDSHAKE);
      await client.untilMessages(1);
      return client;
    };
    await use({ port, sockets, drained, connect, publish: (m) => server.publish('all', m) });
  } finally {
    for (const client of clients) client.destroy();
    await server.stop(true);
  }
}

test('drain runs once, when everything has left', async () => {
  await withServer({}, async ({ sockets, drained, connect }) => {
    const client = await connect();
    client.read(false);
    const piece = new Uint8Array(MIB);
    let sent = 1;
    while (sockets[0]!.send(piece) > 0) sent += 1;
    for (let more = 0; more < 5; more += 1, sent += 1) expect(sockets[0]!.send(piece)).toBe(-1);
    expect(drained).toEqual([]);
    client.read(true);
    await client.untilFrames(sent);
    // Behind the last byte, and so behind the drain.
    await client.write(frameBytes('text', 'end'));
    await client.untilFrames(sent + 1);
    expect(drained).toEqual([0]);
  });
});

test('a slow subscriber costs nobody else a message', async () => {
  await withServer({ backpressureLimit: MIB }, async ({ sockets, connect, publish }) => {
    const slow = await connect();
    const fast = await connect();
    slow.read(false);
    const piece = new Uint8Array(MIB);
    while (sockets[0]!.send(piece) !== 0);
    // Dropped for one is 0, whoever else gets it.
    expect(publish('one')).toBe(0);
    expect(sockets[0]!.publish('all', 'two')).toBe(3);
    expect(sockets[1]!.publish('all', 'three')).toBe(0);
    await fast.untilFrames(2);
    expect(fast.frames.frames.map(({ payload }) => payload.toString())).toEqual(['one', 'two']);
    slow.read(true);
    await slow.write(frameBytes('ping'));
    await slow.untilFrames(2);
    expect(slow.frames.frames.every(({ payload }) => payload.length === MIB)).toBe(true);
  });
});

test('closeOnBackpressureLimit ends who is over the limit', async () => {
  const closes: unknown[] = [];
  const options = {
    backpressureLimit: MIB,
    closeOnBackpressureLimit: true,
    close: (_: unknown, code: number, reason: string) => void closes.push([code, reason]),
  };
  await withServer(options, async ({ sockets, connect }) => {
    const client = await connect();
    client.read(false);
    const piece = new Uint8Array(MIB);
    while (sockets[0]!.send(piece) !== 0);
    // Not inside of send(): at the end of the turn.
    expect(sockets[0]!.readyState).toBe(1);
    client.read(true);
    await client.untilEnd();
    expect(sockets[0]!.readyState).toBe(3);
    expect(closes).toEqual([[1006, '']]);
  });
});

test('a subscriber that is behind is told by -1', async () => {
  await withServer({}, async ({ sockets, connect, publish }) => {
    const slow = await connect();
    slow.read(false);
    const piece = new Uint8Array(MIB);
    let last = 1;
    while (last > 0) last = publish(piece);
    expect(last).toBe(-1);
    expect(publish('small')).toBe(-1);
    slow.read(true);
    const [held] = sockets;
    while (held!.getBufferedAmount() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(publish('small')).toBe(5);
  });
});

test('stop(true) does not wait for a client that reads nothing', async () => {
  let opened: ServerWebSocket | undefined;
  const closes: number[] = [];
  const server = serve({
    port: 0,
    hostname: '127.0.0.1',
    development: false,
    fetch: (req, self) => (self.upgrade(req) ? undefined : new Response('x')),
    websocket: {
      idleTimeout: 0,
      open: (ws) => void (opened = ws),
      message: () => undefined,
      close: (_, code) => void closes.push(code),
    },
  });
  const client = await RawClient.connect({ port: server.port! });
  await client.write(HANDSHAKE);
  await client.untilMessages(1);
  client.read(false);
  while (opened!.send(new Uint8Array(MIB)) > 0);
  await server.stop(true);
  expect(closes).toEqual([1001]);
  client.destroy();
});
