// SPDX-License-Identifier: MIT
// WebSockets with an independent peer, ws: messages both ways, pub/sub, compression, endings.
import { once } from 'node:events';
import { type Server, serve } from 'bunserve';
import WebSocket from 'ws';

const base = { port: 0, hostname: '127.0.0.1', development: false };

async function withSockets(
  websocket: object,
  use: (connect: () => Promise<WebSocket>, server: Server) => Promise<void>,
): Promise<void> {
  const server = serve({
    ...base,
    websocket,
    fetch(req: Request, self: Server) {
      return self.upgrade(req, { data: { path: new URL(req.url).pathname } } as never)
        ? undefined
        : new Response('no upgrade', { status: 400 });
    },
  } as never) as Server;
  try {
    const connect = async (): Promise<WebSocket> => {
      const client = new WebSocket(`ws://127.0.0.1:${server.port}/chat`);
      await once(client, 'open');
      return client;
    };
    await use(connect, server);
  } finally {
    await server.stop(true);
  }
}

const next = async (client: WebSocket): Promise<[Buffer, boolean]> =>
  (await once(client, 'message')) as [Buffer, boolean];

interface Socket {
  data: { path: string };
  send(data: unknown, compress?: boolean): number;
  subscribe(topic: string): void;
}

test.each([false, true])(
  'texts and bytes come back as they were, compressed: %p',
  async (deflate) => {
    const websocket = {
      perMessageDeflate: deflate,
      message: (ws: Socket, message: unknown) => void ws.send(message, deflate),
    };
    await withSockets(websocket, async (connect) => {
      const client = await connect();
      for (const text of ['', 'text', 'h\u00e9llo \u2713', 'x'.repeat(300_000)]) {
        client.send(text);
        const [data, isBinary] = await next(client);
        expect([data.toString() === text, isBinary]).toEqual([true, false]);
      }
      const bytes = Buffer.from([0, 1, 2, 255]);
      client.send(bytes);
      expect(await next(client)).toEqual([bytes, true]);
      client.close();
      await once(client, 'close');
    });
  },
);

test('what is published reaches every subscriber once', async () => {
  const websocket = {
    open: (ws: Socket) => ws.subscribe('news'),
    message: () => undefined,
  };
  await withSockets(websocket, async (connect, server) => {
    const clients = await Promise.all([connect(), connect(), connect()]);
    const received = Promise.all(clients.map((client) => next(client)));
    expect(server.subscriberCount('news')).toBe(3);
    expect(server.pendingWebSockets).toBe(3);
    expect(server.publish('news', 'all')).toBe(3);
    expect((await received).map(([data]) => data.toString())).toEqual(['all', 'all', 'all']);
    for (const client of clients) client.terminate();
  });
});

test('the code and the reason of a close reach the other side', async () => {
  const closed: unknown[] = [];
  let done!: () => void;
  const heard = new Promise<void>((resolve) => (done = resolve));
  const websocket = {
    message: () => undefined,
    close(ws: Socket, code: number, reason: string) {
      closed.push([ws.data.path, code, reason]);
      done();
    },
  };
  await withSockets(websocket, async (connect) => {
    const client = await connect();
    client.close(4001, 'bye');
    const [code] = (await once(client, 'close')) as [number];
    await heard;
    expect(code).toBe(4001);
    expect(closed).toEqual([['/chat', 4001, 'bye']]);
  });
});

test('stop(true) says that the server goes', async () => {
  await withSockets({ message: () => undefined }, async (connect, server) => {
    const client = await connect();
    const closed = once(client, 'close');
    await server.stop(true);
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1001, 'Server closed']);
  });
});
