// SPDX-License-Identifier: MIT
// Bodies that do not fit into socket buffers: sent whole and in order to a reader of any speed, and
// never read from memory the program has taken back.
import { Response, type ServeOptions } from 'bunserve';
import { connectTo, exchange, get, startServer, withServer } from '../../helpers/with-server.js';
import { LARGE, SlowReader } from './slow-reader.js';

type Body = ConstructorParameters<typeof Response>[0];

const SIZE = 5 * 1024 * 1024;

/** Bytes that tell where they belong. */
function pattern(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE((at * 2654435761) >>> 0, at);
  return bytes;
}

const content = pattern(SIZE);
const ascii = 'x'.repeat(SIZE);
const wide = '\u20ac'.repeat(SIZE / 4);

const handlers: [string, () => unknown, Buffer][] = [
  ['bytes', () => content, content],
  [
    'an ArrayBuffer',
    () => content.buffer.slice(content.byteOffset, content.byteOffset + SIZE),
    content,
  ],
  ['a string', () => ascii, Buffer.from(ascii)],
  ['a string beyond Latin-1', () => wide, Buffer.from(wide)],
  ['a Blob', () => new Blob([content]), content],
];

describe.each(handlers)('5 MB: %s', (_, make, expected) => {
  const options = (): [string, ServeOptions][] => [
    ['handler', { fetch: () => new Response(make() as Body) }],
    [
      'async handler',
      { fetch: async () => (await Promise.resolve(), new Response(make() as Body)) },
    ],
    ['static route', { routes: { '/': new Response(make() as Body) } }],
  ];

  test.each(options())('%s, several on one connection', async (_kind, serveOptions) => {
    await withServer(serveOptions, async (server) => {
      const messages = await exchange(server, get('/').repeat(2), 2);
      expect(messages.map(({ body }) => body.equals(expected))).toEqual([true, true]);
    });
  });

  test.each(options())('%s, slow reader', async (_kind, serveOptions) => {
    const routes = { ...serveOptions.routes, '/other': new Response('other') };
    await withServer({ ...serveOptions, routes }, async (server) => {
      const reader = await SlowReader.begin(server, get('/'));
      // Others are served meanwhile.
      const [other] = await exchange(server, get('/other'));
      expect(other?.body.toString()).toBe('other');
      const { messages, fault } = await reader.finish();
      expect(fault).toBeNull();
      expect(messages[0]?.body.equals(expected)).toBe(true);
      reader.destroy();
    });
  });
});

test('32 MB, a slow reader and a request behind it', async () => {
  const body = pattern(LARGE);
  const options = { routes: { '/next': new Response('next') }, fetch: () => new Response(body) };
  await withServer(options, async (server) => {
    const reader = await SlowReader.begin(server, get('/') + get('/next'));
    const { messages } = await reader.finish();
    expect(messages[0]?.body.equals(body)).toBe(true);
    reader.destroy();
  });
});

test('a client that leaves in the middle', async () => {
  const server = startServer({
    routes: { '/small': new Response('small') },
    fetch: () => new Response(Buffer.alloc(LARGE)),
  });
  for (let i = 0; i < 5; i++) {
    const reader = await SlowReader.begin(server, get('/'));
    expect(server.pendingRequests).toBe(1);
    reader.destroy();
    while (server.pendingRequests > 0) await exchange(server, get('/small'));
  }
  await server.stop();
});

interface Resizable extends ArrayBuffer {
  resize(length: number): void;
}

function resizable(length: number): Resizable {
  const Class = ArrayBuffer as unknown as new (length: number, options: object) => Resizable;
  return new Class(length, { maxByteLength: length });
}

describe('an ArrayBuffer that is taken away while it is being sent', () => {
  test.each(['transferred', 'shrunk'])(
    '%s: the connection is reset, others live on',
    async (how) => {
      const buffer = resizable(LARGE);
      const options = {
        routes: { '/other': new Response('other') },
        fetch: () => new Response(new Uint8Array(buffer)),
      };
      await withServer(options, async (server) => {
        const reader = await SlowReader.begin(server, get('/'));
        if (how === 'shrunk') buffer.resize(1024);
        else structuredClone(buffer, { transfer: [buffer] });
        const { messages, fault } = await reader.untilClosed();
        expect(messages).toEqual([]);
        expect(fault).toBe('truncated message');
        expect(server.pendingRequests).toBe(0);
        const [other] = await exchange(server, get('/other'));
        expect(other?.body.toString()).toBe('other');
        reader.destroy();
      });
    },
  );

  test('before it is sent: an empty body, no crash', async () => {
    const options = {
      fetch: () => {
        const bytes = new Uint8Array(LARGE);
        const response = new Response(bytes);
        structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
        return response;
      },
    };
    await withServer(options, async (server) => {
      const client = await connectTo(server);
      await client.write(get('/'));
      await client.untilMessages(1);
      expect(client.messages[0]?.body.length).toBe(0);
      client.destroy();
    });
  });
});
