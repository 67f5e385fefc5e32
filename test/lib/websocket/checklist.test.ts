// SPDX-License-Identifier: MIT
// The checklist of hostile WebSocket input, items 69 to 80, each by its number: handshakes, frames,
// compression, floods, and callbacks that close, subscribe and publish.
import { deflateRawSync, constants } from 'node:zlib';
import { serve, type ServerWebSocket } from 'bunserve';
import { RawClient } from '../../helpers/raw-client.js';
import { closePayload, frameBytes, frameLine } from '../../helpers/websocket-frames.js';

const FIELDS = {
  upgrade: 'Upgrade: websocket',
  connection: 'Connection: Upgrade',
  key: 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  version: 'Sec-WebSocket-Version: 13',
};
const LIMIT = 64 * 1024;

const closes: [code: number, reason: string][] = [];
const sockets: ServerWebSocket[] = [];
let onMessage: (ws: ServerWebSocket, message: string | Buffer) => void;

const server = serve({
  port: 0,
  hostname: '127.0.0.1',
  development: false,
  fetch: (req, self) => (self.upgrade(req) ? undefined : new Response('no', { status: 400 })),
  websocket: {
    perMessageDeflate: true,
    maxPayloadLength: LIMIT,
    backpressureLimit: 1024 * 1024,
    open: (ws) => void sockets.push(ws),
    message: (ws, message) => onMessage(ws, message),
    close: (_, code, reason) => void closes.push([code, reason]),
  },
});

afterAll(() => server.stop(true));
beforeEach(async () => {
  // Clients of the test before may not have been heard to leave.
  while (server.pendingWebSockets > 0) await new Promise((resolve) => setImmediate(resolve));
  closes.length = 0;
  sockets.length = 0;
  onMessage = (ws, message) => void ws.send(message);
});

function head(method: string, fields: readonly string[]): string {
  return [`${method} / HTTP/1.1`, 'Host: test', ...fields, '\r\n'].join('\r\n');
}

/** What a request with these fields is answered with. */
async function asked(method: string, fields: readonly string[]): Promise<RawClient> {
  const client = await RawClient.connect({ port: server.port! });
  await client.write(head(method, fields));
  await client.untilMessages(1);
  client.destroy();
  return client;
}

async function statusOf(method: string, fields: readonly string[]): Promise<number> {
  return (await asked(method, fields)).messages[0]!.status;
}

async function connect(...more: readonly string[]): Promise<RawClient> {
  const client = await RawClient.connect({ port: server.port! });
  await client.write(head('GET', [...Object.values(FIELDS), ...more]));
  await client.untilMessages(1);
  return client;
}

const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate';

/** The frames that bytes are answered with, until the server ends the connection. */
async function answered(bytes: Buffer, ...more: readonly string[]): Promise<string[]> {
  const client = await connect(...more);
  await client.write(bytes);
  await client.untilEnd();
  return client.frames.frames.map(frameLine);
}

async function extensionFor(offer: string): Promise<string | undefined> {
  const client = await connect(`Sec-WebSocket-Extensions: ${offer}`);
  client.destroy();
  const { headers } = client.messages[0]!;
  return headers.find(([name]) => name.toLowerCase() === 'sec-websocket-extensions')?.[1];
}

const { upgrade, connection, key, version } = FIELDS;

describe('69: handshakes', () => {
  test.each([
    ['no Connection', 'GET', [upgrade, key, version], 400],
    ['another version', 'GET', [upgrade, connection, key, 'Sec-WebSocket-Version: 8'], 426],
    [
      'a key of 15 bytes',
      'GET',
      [upgrade, connection, 'Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1', version],
      400,
    ],
    [
      'a key of 17 bytes',
      'GET',
      [upgrade, connection, 'Sec-WebSocket-Key: MTIzNDU2Nzg5MDEyMzQ1Njc=', version],
      400,
    ],
    ['two keys', 'GET', [upgrade, connection, key, key, version], 400],
    ['POST', 'POST', [upgrade, connection, key, version, 'Content-Length: 0'], 400],
  ])('%s', async (_, method, fields, status) => {
    expect(await statusOf(method, fields)).toBe(status);
    expect(server.pendingWebSockets).toBe(0);
  });

  test('426 says which version', async () => {
    const client = await asked('GET', [upgrade, connection, key, 'Sec-WebSocket-Version: 7']);
    expect(client.messages[0]!.headers).toContainEqual(['Sec-WebSocket-Version', '13']);
  });
});

test.each(['constructor; ,;constructor', ',,,', '"', 'a="', `${'x'.repeat(4000)}; y`])(
  '70: extensions that are none are ignored: %s',
  async (offer) => {
    expect(await extensionFor(offer)).toBeUndefined();
  },
);

test.each([
  'permessage-deflate; server_max_window_bits=7',
  'permessage-deflate; server_max_window_bits=16',
  'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
  'permessage-deflate; client_max_window_bits=015',
])('71: an offer that cannot be is declined: %s', async (offer) => {
  expect(await extensionFor(offer)).toBeUndefined();
});

describe('72: frames against the rules', () => {
  const text = (payload: string, more = {}): Buffer => frameBytes('text', payload, more);
  const rows: [name: string, bytes: Buffer][] = [
    ['no mask', text('a', { masked: false })],
    ['RSV2', text('a', { rsv: 2 })],
    ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, Buffer] => [
      `opcode ${opcode}`,
      frameBytes(opcode),
    ]),
    ['a ping of 126 bytes', frameBytes('ping', 'x'.repeat(126))],
    ['a fragmented ping', frameBytes('ping', '', { fin: false })],
    ['a stray continuation', frameBytes('continuation', 'a')],
    ['a missing continuation', Buffer.concat([text('a', { fin: false }), text('b')])],
  ];
  test.each(rows)('%s', async (_, bytes) => {
    const [frame] = await answered(bytes);
    expect(frame).toMatch(/^close 1002 "Received /);
    expect(closes).toEqual([[1006, expect.stringMatching(/^Received /)]]);
  });
});

describe('73: text that is no UTF-8 fails at its first bad byte', () => {
  test.each([
    ['in a frame', frameBytes('text', Buffer.from([0x61, 0xff]))],
    [
      'in a fragment that others follow',
      frameBytes('text', Buffer.from([0x61, 0xff]), { fin: false }),
    ],
    [
      'in a frame that is not complete',
      frameBytes('text', Buffer.from([0xff]), { length: 1000, fin: false }),
    ],
    ['in a reason', frameBytes('close', closePayload(1000, Buffer.from([0xff])))],
  ])('%s', async (_, bytes) => {
    expect(await answered(bytes)).toEqual(['close 1007 "Received invalid UTF-8"']);
  });
});

test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])(
  '74: close %d is answered 1002',
  async (code) => {
    const frames = await answered(frameBytes('close', closePayload(code)));
    expect(frames).toEqual(['close 1002 "Received invalid close code"']);
  },
);
test('74: so is a close of one byte', async () => {
  const frames = await answered(frameBytes('close', 'x'));
  expect(frames).toEqual(['close 1002 "Received invalid close payload"']);
});

test.each([LIMIT + 1, 2n ** 31n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n])(
  '75: a length of %d is refused by its header alone',
  async (length) => {
    const frames = await answered(frameBytes('binary', '', { lengthBytes: 8, length }));
    expect(frames).toEqual(['close 1009 "Received too big message"']);
  },
);
test('75: so is the fragment that is too much', async () => {
  const first = frameBytes('binary', Buffer.alloc(LIMIT), { fin: false });
  const frames = await answered(Buffer.concat([first, frameBytes('continuation', 'x')]));
  expect(frames).toEqual(['close 1009 "Received too big message"']);
});

test.each([2, 8] as const)('76: a short length in %d bytes is refused', async (lengthBytes) => {
  const [frame] = await answered(frameBytes('text', 'short', { lengthBytes }));
  expect(frame).toMatch(/^close 1002 /);
});

test('77: a message that would become 20 MB is refused, and takes no memory', async () => {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  const bomb = deflateRawSync(Buffer.alloc(20_000_000), options).subarray(0, -4);
  expect(bomb.length).toBeLessThan(25_000);
  const bytes = frameBytes('binary', bomb, { rsv: 4 });
  await answered(bytes, DEFLATE);
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 20; i += 1) {
    expect(await answered(bytes, DEFLATE)).toEqual(['close 1009 "Received too big message"']);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(16_000_000);
});

test('78: compression that is none', async () => {
  const bad = frameBytes('text', Buffer.from([0xff, 0xff, 0xff]), { rsv: 4 });
  expect(await answered(bad, DEFLATE)).toEqual(['close 1007 "Received invalid compressed data"']);
  const control = frameBytes('ping', 'a', { rsv: 4 });
  expect(await answered(control, DEFLATE)).toEqual(['close 1002 "Received unexpected RSV1 bit"']);
  const empty = Buffer.concat([frameBytes('text', '', { rsv: 4 }), frameBytes('close')]);
  expect(await answered(empty, DEFLATE)).toEqual(['text ""', 'close']);
});

test('79: ten thousand empty fragments and five thousand pings', async () => {
  const part = frameBytes('continuation', '', { fin: false });
  const fragments = Buffer.concat([
    frameBytes('text', '', { fin: false }),
    ...Array.from({ length: 10_000 }, () => part),
    frameBytes('continuation', 'end'),
  ]);
  const pings = Buffer.concat(Array.from({ length: 5000 }, () => frameBytes('ping', 'p')));
  const frames = await answered(Buffer.concat([fragments, pings, frameBytes('close')]));
  expect(frames[0]).toBe('text "end"');
  expect(frames.length).toBe(5002);
});

/** The client was told "end", or its connection has ended. */
async function untilEndOf(client: RawClient): Promise<void> {
  const { frames } = client.frames;
  while (client.ending === 'open' && frames.at(-1)?.payload.toString() !== 'end') {
    await client.untilFrames(frames.length + 1);
  }
}

describe('80: a slow client, and callbacks that change everything', () => {
  test('pings of a client that reads nothing are not piled up', async () => {
    const client = await connect();
    client.read(false);
    const flood = Buffer.concat(
      Array.from({ length: 20_000 }, () => frameBytes('ping', 'p'.repeat(125))),
    );
    for (let i = 0; i < 8; i += 1) await client.write(flood);
    client.destroy();
    expect(sockets[0]!.getBufferedAmount()).toBeLessThan(2 * 1024 * 1024);
  });

  test.each(['close', 'terminate'] as const)('%s() of everybody inside a message', async (how) => {
    onMessage = () => {
      for (const socket of sockets) socket[how]();
    };
    const clients = await Promise.all([connect(), connect(), connect()]);
    await clients[1]!.write(Buffer.concat([frameBytes('text', 'a'), frameBytes('text', 'b')]));
    await Promise.all(clients.map((client) => client.untilEnd()));
    expect(closes.length).toBe(3);
    expect(server.pendingWebSockets).toBe(0);
  });

  test('publish() to a topic whose subscribers leave meanwhile', async () => {
    const clients = await Promise.all([connect(), connect(), connect()]);
    onMessage = (ws) => {
      for (const socket of sockets) socket.subscribe('all');
      server.publish('all', 'one');
      sockets.find((socket) => socket !== ws)!.close();
      server.publish('all', 'two');
      ws.unsubscribe('all');
      server.publish('all', 'three');
      for (const socket of sockets) socket.send('end');
    };
    await clients[0]!.write(frameBytes('text', 'go'));
    await Promise.all(clients.map(untilEndOf));
    const seen = clients.map(({ frames }) => frames.frames.map(frameLine).join(' | '));
    // The socket that was closed has what was published before, and its close.
    expect(seen.sort()).toEqual([
      'text "one" | close 1000 ""',
      'text "one" | text "two" | text "end"',
      'text "one" | text "two" | text "three" | text "end"',
    ]);
    for (const client of clients) client.destroy();
  });
});
