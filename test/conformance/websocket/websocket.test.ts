// SPDX-License-Identifier: MIT
// The protocol, case by case, against an echoing server: over TCP and TLS, in one piece, byte by
// byte, and cut in two at every byte. One server of each kind, many clients at a time.
import { serve, type ServerWebSocket } from 'bunserve';
import { Authority } from '../../helpers/certificates.js';
import { RawClient } from '../../helpers/raw-client.js';
import { OPCODES } from '../../helpers/websocket-frames.js';
import { cases as closing } from './closing-cases.js';
import { cases as deflate } from './deflate-cases.js';
import { cases as framing } from './framing-cases.js';
import type { ProtocolCase } from './protocol-case.js';
import { cases as utf8 } from './utf8-cases.js';
import { cases as volume } from './volume-cases.js';

const groups: Readonly<Record<string, readonly ProtocolCase[]>> = {
  framing,
  utf8,
  closing,
  volume,
  deflate,
};
const all = Object.values(groups).flat();

// Byte by byte anything longer would be nothing but time.
const SMALL_BYTES = 64;
const CONCURRENT = 24;

const servers = {
  none: {},
  shared: { perMessageDeflate: true },
  dedicated: { perMessageDeflate: { compress: 'dedicated', decompress: 'dedicated' } },
  small: { perMessageDeflate: { compress: '3KB', decompress: '3KB' } },
} as const;

type Kind = keyof typeof servers;
type Transport = 'tcp' | 'tls';

const pair = new Authority().issue('localhost', { names: ['localhost', '127.0.0.1'] });

function start(kind: Kind, transport: Transport) {
  return serve({
    port: 0,
    hostname: '127.0.0.1',
    development: false,
    ...(transport === 'tls' ? { tls: pair } : {}),
    fetch: (req, server) => (server.upgrade(req) ? undefined : new Response('no')),
    websocket: {
      ...servers[kind],
      message(ws: ServerWebSocket, message) {
        ws.send(message, true);
      },
    },
  });
}

function handshake({ deflate: offered }: ProtocolCase): Buffer {
  const lines = [
    'GET / HTTP/1.1',
    'Host: test',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...(offered === undefined ? [] : [`Sec-WebSocket-Extensions: ${offered.offer}`]),
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** What is wrong with the answer to a case whose frames are sent in these pieces. */
async function complaint(
  test: ProtocolCase,
  port: number,
  transport: Transport,
  pieces: readonly Buffer[],
): Promise<string | null> {
  const client = await RawClient.connect({
    port,
    tls: transport === 'tls',
  });
  try {
    const [first = Buffer.alloc(0), ...more] = pieces;
    await client.write(Buffer.concat([handshake(test), first]));
    if (more.length > 0) await client.untilMessages(1);
    for (const piece of more) {
      await client.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.untilEnd();
    return wrong(test, client);
  } catch (error) {
    return String(error);
  } finally {
    client.destroy();
  }
}

function wrong(test: ProtocolCase, client: RawClient): string | null {
  const [message] = client.messages;
  if (message?.status !== 101) return `no 101 but ${message?.status}`;
  if (client.reader.fault !== null) return client.reader.fault;
  const frames = [...client.frames.frames];
  const last = frames.pop();
  if (last?.opcode !== OPCODES.close) return `no close frame but ${last?.opcode}`;
  const code = last.payload.length < 2 ? 1005 : last.payload.readUInt16BE();
  if (code !== test.code) return `close ${code} instead of ${test.code}`;
  if (frames.length !== test.answers.length) {
    return `${frames.length} frames instead of ${test.answers.length}`;
  }
  const at = frames.findIndex(({ opcode, payload, fin }, i) => {
    const expected = test.answers[i]!;
    return !fin || opcode !== expected.opcode || !payload.equals(expected.payload);
  });
  return at < 0 ? null : `frame ${at} is another one`;
}

interface Play {
  readonly test: ProtocolCase;
  readonly pieces: readonly Buffer[];
  readonly how: string;
}

const whole = (tests: readonly ProtocolCase[]): Play[] =>
  tests.map((test) => ({ test, pieces: [test.bytes], how: 'whole' }));

const byteByByte = (tests: readonly ProtocolCase[]): Play[] =>
  tests.map((test) => {
    const pieces = [...test.bytes].map((_, at) => test.bytes.subarray(at, at + 1));
    return { test, pieces, how: 'byte by byte' };
  });

const cutOnce = (tests: readonly ProtocolCase[]): Play[] =>
  tests.flatMap((test) =>
    Array.from({ length: test.bytes.length - 1 }, (_, i) => {
      const pieces = [test.bytes.subarray(0, i + 1), test.bytes.subarray(i + 1)];
      return { test, pieces, how: `cut at ${i + 1}` };
    }),
  );

const small = (tests: readonly ProtocolCase[]): ProtocolCase[] =>
  tests.filter(({ bytes }) => bytes.length <= SMALL_BYTES);

describe.each(['tcp', 'tls'] as const)('over %s', (transport) => {
  const running = new Map<Kind, ReturnType<typeof start>>();

  beforeAll(() => {
    for (const kind of Object.keys(servers) as Kind[]) running.set(kind, start(kind, transport));
  });
  afterAll(async () => {
    await Promise.all([...running.values()].map((server) => server.stop(true)));
  });

  async function complaints(plays: readonly Play[]): Promise<string[]> {
    const found: string[] = [];
    const left = [...plays];
    const worker = async (): Promise<void> => {
      for (let play = left.pop(); play !== undefined; play = left.pop()) {
        const { test, pieces, how } = play;
        const server = running.get(test.deflate?.server ?? 'none')!;
        const said = await complaint(test, server.port!, transport, pieces);
        if (said !== null) found.push(`${test.id}, ${how}: ${said}`);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT }, worker));
    return found;
  }

  describe.each(Object.entries(groups))('%s', (_, tests) => {
    it('in one piece', async () => {
      expect(await complaints(whole(tests))).toEqual([]);
    });
  });

  it('byte by byte', async () => {
    expect(await complaints(byteByByte(small(all)))).toEqual([]);
  });

  if (transport === 'tcp') {
    it('cut at every byte', async () => {
      expect(await complaints(cutOnce(small(all)))).toEqual([]);
    });
  }
});

test('there are 400 cases with a name each', () => {
  expect(all.length).toBeGreaterThanOrEqual(400);
  const names = all.map(({ id }) => id);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
