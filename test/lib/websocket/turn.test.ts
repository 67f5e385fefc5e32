// SPDX-License-Identifier: MIT
// Messages that arrive in one turn of the loop go to JavaScript together. What their handlers
// leave for later runs as it would behind each of them, or at the end of the turn, and a store that
// one of them enters is not there for the next.
import { AsyncLocalStorage } from 'node:async_hooks';
import { serve, type ServeOptions, type Server, type ServerWebSocket } from 'bunserve';
import { RawClient } from '../../helpers/raw-client.js';
import { closePayload, frameBytes, frameLine } from '../../helpers/websocket-frames.js';
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

/** As many open sockets of a server of its own. */
async function withSockets(
  message: Message,
  more: object,
  count: number,
  use: (clients: readonly RawClient[], server: Server) => Promise<void>,
): Promise<void> {
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
    for (let i = 0; i < count; i++) {
      const client = await RawClient.connect({ port: server.port as number });
      clients.push(client);
      await client.write(HANDSHAKE);
      await client.untilMessages(1);
    }
    await use(clients, server);
  } finally {
    for (const client of clients) client.destroy();
    await server.stop(true);
  }
}

/** Sends as many messages on each of as many connections before the loop gets to read any. */
async function exchange(
  message: Message,
  sent: readonly string[],
  more: object = {},
): Promise<readonly (readonly string[])[]> {
  let seen: readonly (readonly string[])[] = [];
  await withSockets(message, more, COUNT, async (clients) => {
    const bytes = Buffer.concat(sent.map((text) => frameBytes('text', text)));
    const written = clients.map((client) => client.write(bytes));
    await Promise.all(written);
    await Promise.all(clients.map((client) => client.untilFrames(sent.length)));
    seen = clients.map((client) => client.frames.frames.map(({ payload }) => payload.toString()));
  });
  return seen;
}

/** What one socket gets for frames that arrive together, one of which is answered by each. */
async function behind(
  message: (ws: ServerWebSocket, message: never) => unknown,
  more: object,
  frames: readonly Buffer[],
): Promise<string[]> {
  let lines: string[] = [];
  await withSockets(message as Message, more, 1, async ([client]) => {
    await client!.write(Buffer.concat(frames));
    await client!.untilFrames(frames.length);
    lines = client!.frames.frames.map(frameLine);
  });
  return lines;
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

  it('are answered before what comes behind them: a ping, a close, an end', async () => {
    const log: string[] = [];
    const more = {
      ping: (_: ServerWebSocket, data: Buffer) => void log.push(`ping ${data.toString()}`),
      close: (_: ServerWebSocket, code: number) => void log.push(`close ${code}`),
    };
    const handler: Message = (ws, message) => {
      log.push(message);
      ws.send(message);
    };
    const lines = await behind(handler, more, [
      frameBytes('text', '1'),
      frameBytes('ping', 'p'),
      frameBytes('text', '2'),
      frameBytes('text', '3'),
      frameBytes('close', closePayload(4000)),
    ]);
    expect(lines).toEqual(['text "1"', 'pong "p"', 'text "2"', 'text "3"', 'close 4000 ""']);
    expect(log).toEqual(['1', 'ping p', '2', '3', 'close 4000']);
    log.length = 0;
    const broken = await behind(handler, more, [
      frameBytes('text', '4'),
      frameBytes('text', 'x', { masked: false }),
    ]);
    expect(broken[0]).toBe('text "4"');
    expect(broken[1]).toMatch(/^close 1002/);
    expect(log).toEqual(['4', 'close 1006']);
  });

  it('wait for resume() when a handler pauses the socket, in their order', async () => {
    for (const kind of ['text', 'binary'] as const) {
      const log: string[] = [];
      const handler = (ws: ServerWebSocket, message: string | Buffer): void => {
        log.push(`${String(message)}${typeof message === 'string' ? '' : ' bytes'}`);
        if (String(message) === '2' || String(message) === '4') {
          ws.pause();
          setImmediate(() =>
            setImmediate(() => {
              log.push('resume');
              ws.resume();
            }),
          );
        }
        ws.send(message);
      };
      const ping = (): void => void log.push('ping');
      const sent = ['1', '2', 'é', '4', '5'].map((text) => frameBytes(kind, text));
      await behind(handler, { ping }, [...sent, frameBytes('ping'), frameBytes(kind, '6')]);
      const mark = kind === 'text' ? '' : ' bytes';
      expect(log).toEqual([
        ...['1', '2'].map((text) => text + mark),
        'resume',
        ...['é', '4'].map((text) => text + mark),
        'resume',
        `5${mark}`,
        'ping',
        `6${mark}`,
      ]);
    }
  });

  it('stay in order when a handler pauses and a later one resumes the socket', async () => {
    const seen: string[] = [];
    let paused: ServerWebSocket | undefined;
    const message: Message = (ws, text) => {
      seen.push(text);
      if (text === 'a1') {
        paused = ws;
        ws.pause();
      } else if (text === 'b1') paused?.resume();
      ws.send(text);
    };
    await withSockets(message, {}, 2, async ([a, b]) => {
      const first = frameBytes('text', 'a1');
      const written = [
        a!.write(Buffer.concat([first, frameBytes('text', 'a2')])),
        b!.write(frameBytes('text', 'b1')),
        a!.write(Buffer.concat([frameBytes('text', 'a3'), frameBytes('text', 'a4')])),
      ];
      await Promise.all(written);
      await a!.untilFrames(4);
      await b!.untilFrames(1);
      expect(seen.filter((text) => text.startsWith('a'))).toEqual(['a1', 'a2', 'a3', 'a4']);
      expect(a!.frames.frames.map(frameLine)).toEqual(
        ['a1', 'a2', 'a3', 'a4'].map((text) => `text "${text}"`),
      );
    });
  });

  it('are not handled any more when a handler closes their socket, or stops the server', async () => {
    for (const how of ['close', 'terminate', 'stop'] as const) {
      const seen = new Map<ServerWebSocket, number>();
      const all: ServerWebSocket[] = [];
      let closes = 0;
      let self: Server | undefined;
      const message: Message = (ws) => {
        seen.set(ws, (seen.get(ws) ?? 0) + 1);
        if (how === 'stop') void self?.stop(true);
        else for (const other of all) other[how]();
      };
      const more = {
        open: (ws: ServerWebSocket) => void all.push(ws),
        close: () => void closes++,
      };
      await withSockets(message, more, COUNT, async (clients, server) => {
        self = server;
        const bytes = Buffer.concat([frameBytes('text', '1'), frameBytes('text', '2')]);
        await Promise.all(clients.map((client) => client.write(bytes)));
        await Promise.all(clients.map((client) => client.untilEnd()));
        expect([...seen.values()]).toEqual([1]);
        expect(closes).toBe(COUNT);
      });
    }
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
