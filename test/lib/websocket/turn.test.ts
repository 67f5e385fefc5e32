// SPDX-License-Identifier: MIT
// Messages that arrive in one turn of the loop share an entry into JavaScript. What their handlers
// leave for later runs as it would behind each of them, or at the end of the turn, and a store that
// one of them enters is not there for the next.
import { AsyncLocalStorage } from 'node:async_hooks';
import { serve, type ServeOptions, type ServerWebSocket } from 'bunserve';
import { RawClient } from '../../helpers/raw-client.js';
import { frameBytes } from '../../helpers/websocket-frames.js';
import { outsideOfTests } from '../../helpers/with-server.js';

const COUNT = 40;
const HANDSHAKE = [
  'GET / HTTP/1.1',
  'Host: test',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n');

type Message = (ws: ServerWebSocket, message: string) => unknown;

/** Sends as many messages on each of as many connections before the loop gets to read any. */
async function exchange(
  message: Message,
  sent: readonly string[],
  more: object = {},
): Promise<readonly (readonly string[])[]> {
  const server = outsideOfTests(() =>
    serve({
      port: 0,
      hostname: '127.0.0.1',
      development: false,
      fetch: (req, self) => (self.upgrade(req) ? undefined : new Response('x')),
      websocket: { ...more, message: message as never },
    } as ServeOptions),
  );
  const clients: RawClient[] = [];
  try {
    for (let i = 0; i < COUNT; i++) {
      const client = await RawClient.connect({ port: server.port as number });
      clients.push(client);
      await client.write(HANDSHAKE);
      await client.untilMessages(1);
    }
    const bytes = Buffer.concat(sent.map((text) => frameBytes('text', text)));
    const written = clients.map((client) => client.write(bytes));
    await Promise.all(written);
    await Promise.all(clients.map((client) => client.untilFrames(sent.length)));
    return clients.map((client) => client.frames.frames.map(({ payload }) => payload.toString()));
  } finally {
    for (const client of clients) client.destroy();
    await server.stop(true);
  }
}

describe('messages of one turn', () => {
  it('are answered in order, by handlers that wait, too', async () => {
    const sent = ['1', '2', '3', '4', '5'];
    const plain: Message = (ws, message) => void ws.send(message);
    const waiting: Message = async (ws, message) => {
      await Promise.resolve();
      ws.send(message);
    };
    const mixed: Message = (ws, message) =>
      Number(message) % 2 === 1 ? plain(ws, message) : waiting(ws, message);
    for (const handler of [plain, waiting, mixed]) {
      expect(await exchange(handler, sent)).toEqual(Array(COUNT).fill(sent));
    }
  });

  it('whose handlers wait go on before the next message', async () => {
    const logs = new Map<ServerWebSocket, string[]>();
    const handler: Message = async (ws, message) => {
      const log = logs.get(ws) ?? [];
      logs.set(ws, log);
      log.push(`${message} begins`);
      await Promise.resolve();
      log.push(`${message} ends`);
      ws.send(message);
    };
    await exchange(handler, ['1', '2']);
    const expected = ['1 begins', '1 ends', '2 begins', '2 ends'];
    expect([...logs.values()]).toEqual(Array(COUNT).fill(expected));
  });

  it('what handlers leave behind runs without another event', async () => {
    const later: ((done: () => void) => void)[] = [
      (done) => queueMicrotask(done),
      (done) => process.nextTick(done),
      (done) => void Promise.resolve().then(done),
      (done) => void setImmediate(done),
    ];
    for (const run of later) {
      const handler: Message = (ws, message) => run(() => void ws.send(message));
      expect(await exchange(handler, ['x'])).toEqual(Array(COUNT).fill(['x']));
    }
  });

  it('a handler that throws is reported, and the others are called', async () => {
    const errors: string[] = [];
    const handler: Message = (ws, message) => {
      ws.send(message);
      if (message === '2') throw new Error(message);
    };
    const error = (cause: Error): void => void errors.push(cause.message);
    const sent = ['1', '2', '3'];
    expect(await exchange(handler, sent, { error })).toEqual(Array(COUNT).fill(sent));
    expect(errors).toEqual(Array(COUNT).fill('2'));
  });

  it('a handler may change what other sockets hear, and their ends are told', async () => {
    const sockets: ServerWebSocket[] = [];
    const closed: ServerWebSocket[] = [];
    const handler: Message = (ws, message) => {
      if (message === '2') for (const other of sockets) other.unsubscribe('all');
      ws.send(message);
    };
    const more = {
      open: (ws: ServerWebSocket) => {
        ws.subscribe('all');
        sockets.push(ws);
      },
      close: (ws: ServerWebSocket) => void closed.push(ws),
    };
    expect(await exchange(handler, ['1', '2'], more)).toEqual(Array(COUNT).fill(['1', '2']));
    expect(closed).toHaveLength(COUNT);
  });

  // The last one here: from then on events have contexts of their own.
  it('a store that a handler enters is not there for the next', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const handler: Message = (ws, message) => {
      seen.push(storage.getStore());
      storage.enterWith(message);
      ws.send(message);
    };
    await exchange(handler, ['1', '2', '3']);
    expect(seen).toEqual(Array(COUNT * 3).fill(undefined));
  });
});
