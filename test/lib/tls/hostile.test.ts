// SPDX-License-Identifier: MIT
// What a client can send to a TLS port instead of TLS, or slowly, or half; whoever comes next is
// served. The same bytes below the socket are in test/native/usk_tls_*.cpp.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Response, type Server } from 'bunserve';
import { Authority } from '../../helpers/certificates.js';
import { RawClient } from '../../helpers/raw-client.js';
import { sClient } from '../../helpers/s-client.js';
import { bodyOf, get, withServer } from '../../helpers/with-server.js';

const authority = new Authority();
const tls = authority.issue('localhost');
const two = { ...authority.issue('two.test'), serverName: 'two.test' };

let called = 0;
const options = { tls: [tls, two], fetch: () => new Response(`alive ${++called}`) };

beforeEach(() => {
  called = 0;
});

/** A ClientHello as node:tls sends it. */
async function hello(servername = ''): Promise<Buffer> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const bytes = new Promise<Buffer>((resolve) => {
    server.once('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data: Buffer) => {
        resolve(data);
        socket.destroy();
        server.close();
      });
    });
  });
  const client = connectTls({ port, host: '127.0.0.1', servername });
  client.on('error', () => undefined);
  return bytes;
}

/** Sends bytes to the port and waits for the server to end the connection. */
async function sent(server: Server, bytes: string | Buffer): Promise<number> {
  const client = await RawClient.connect({ port: server.port as number });
  await client.write(bytes);
  await client.untilEnd();
  client.destroy();
  return Buffer.concat(client.received).length;
}

const record = (type: number, length: number, content: string): string =>
  `${String.fromCharCode(type)}\x03\x01${String.fromCharCode(length >> 8, length & 0xff)}${content}`;

const notTls: [string, string][] = [
  ['plain HTTP', get('/')],
  ['a proxy header', 'PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['an SSH client', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['zeros', '\0'.repeat(1000)],
  ['SSLv2', '\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10' + '\x01'.repeat(60)],
  ['an oversized record', record(22, 0xffff, 'x'.repeat(70_000))],
  ['a record one byte too long', record(22, 16_384 + 257, 'x'.repeat(17_000))],
  ['an alert first', record(21, 2, '\x02\x28')],
  ['application data first', record(23, 100, 'x'.repeat(100))],
  ['an unknown type', record(99, 100, 'x'.repeat(100))],
  ['a hello that is none', record(22, 100, '\x01\x00\x00\x60' + '\xff'.repeat(96))],
  ['a huge handshake message', record(22, 100, '\x01\xff\xff\xff' + 'x'.repeat(96))],
];

test.each(notTls)('%s is closed, and never a request', async (_name, bytes) => {
  await withServer(options, async (server) => {
    expect(await sent(server, bytes)).toBeLessThan(50);
    expect(await bodyOf(server)).toBe('alive 1');
  });
});

test('empty records do not keep a connection busy for ever', async () => {
  await withServer(options, async (server) => {
    expect(await sent(server, record(22, 0, '').repeat(1000))).toBeLessThan(50);
    expect(await bodyOf(server)).toBe('alive 1');
  });
});

test('a hello cut at every byte', async () => {
  const bytes = await hello('two.test');
  await withServer(options, async (server) => {
    const answers = new Set<number>();
    for (let cut = 1; cut < bytes.length; cut++) {
      const socket = connect({ port: server.port as number, host: '127.0.0.1' });
      socket.setNoDelay(true);
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.write(bytes.subarray(0, cut));
      await new Promise(setImmediate);
      socket.write(bytes.subarray(cut));
      const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
      // A handshake record with a ServerHello.
      answers.add(first.readUInt16BE(0) * 256 + (first[5] ?? 0));
      socket.destroy();
    }
    expect([...answers]).toEqual([0x160302]);
    expect(await bodyOf(server)).toBe('alive 1');
  });
});

test('silence, before and in the middle of a hello, ends after a while', async () => {
  const bytes = await hello();
  await withServer(options, async (server) => {
    const silent = ['', bytes.subarray(0, 1), bytes.subarray(0, bytes.length - 1)];
    expect(await Promise.all(silent.map((part) => sent(server, part)))).toEqual([0, 0, 0]);
    expect(await bodyOf(server)).toBe('alive 1');
  });
});

test.each([
  ['unknown.test', 'localhost'],
  ['two.test', 'two.test'],
  ['TWO.TEST', 'two.test'],
  ['127.0.0.1', 'localhost'],
  ['::1', 'localhost'],
  ['a'.repeat(63) + '.test', 'localhost'],
  ['a.'.repeat(120) + 'test', 'localhost'],
  ['two.test.', 'two.test'],
  ['*', 'localhost'],
  ['two.test/../x', 'localhost'],
  ['xn--two-test-9f', 'localhost'],
])('the name %p gets %s', async (name, subject) => {
  await withServer(options, async (server) => {
    const seen = await sClient(server.port, ['-servername', name]);
    expect([seen.subject, called]).toEqual([subject, 1]);
  });
});

describe('a name that is none', () => {
  const changes: [string, (bytes: Buffer, at: number) => void][] = [
    ['with NUL', (bytes, at) => void bytes.writeUInt8(0, at + 3)],
    ['of no length', (bytes, at) => void bytes.writeUInt16BE(0, at - 2)],
    ['longer than its extension', (bytes, at) => void bytes.writeUInt16BE(0xffff, at - 2)],
    ['of another type', (bytes, at) => void bytes.writeUInt8(7, at - 3)],
  ];
  test.each(changes)('%s: an alert, and no request', async (_name, change) => {
    const bytes = await hello('name-to-change.test');
    change(bytes, bytes.indexOf('name-to-change.test'));
    await withServer(options, async (server) => {
      expect(await sent(server, bytes)).toBeLessThan(50);
      expect(await bodyOf(server)).toBe('alive 1');
    });
  });
});

test('certificates are exchanged a thousand times under load, and no request fails', async () => {
  const other = authority.issue('other');
  const ROTATIONS = 1000;
  await withServer(options, async (server) => {
    let isDone = false;
    let answered = 0;
    const failures: unknown[] = [];
    const newConnections = async (): Promise<void> => {
      while (!isDone) {
        const body = await bodyOf(server).catch((error: unknown) => String(error));
        if (body.startsWith('alive')) answered++;
        else failures.push(body);
      }
    };
    const keptConnection = async (): Promise<void> => {
      const client = await RawClient.connect({ port: server.port as number, tls: true });
      for (let sentCount = 1; !isDone; sentCount++) {
        await client.write(get('/'));
        await client.untilMessages(sentCount);
        if (client.messages.length < sentCount) return void failures.push('kept connection ended');
        answered++;
      }
      client.destroy();
    };
    const asking = Promise.all([newConnections(), newConnections(), keptConnection()]);
    for (let i = 0; i < ROTATIONS; i++) {
      server.reload({ tls: i % 2 === 0 ? other : [tls, two] } as never);
      const before = answered;
      // Each set of certificates meets requests.
      if (i % 10 === 0) while (answered === before) await new Promise(setImmediate);
      else await new Promise(setImmediate);
    }
    isDone = true;
    await asking;
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(ROTATIONS / 10);
  });
});
