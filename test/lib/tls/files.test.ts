// SPDX-License-Identifier: MIT
// Files over TLS: what the kernel cannot send is read and encrypted, under the same rules.
import { createHash } from 'node:crypto';
import { copyFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { file, Response, type Server } from 'bunserve';
import { Authority } from '../../helpers/certificates.js';
import type { HttpMessage } from '../../helpers/http-message.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { openSocket } from '../../helpers/transport.js';
import { exchange, get, text, withClient, withServer } from '../../helpers/with-server.js';
import { SlowReader } from '../response/slow-reader.js';

const folder = temporaryFolder();
const tls = new Authority().issue('localhost');
const MIB = 1024 * 1024;

/** A file without a period that a record or block size could hide. */
function make(name: string, size: number): { path: string; content: Buffer } {
  const content = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at += 4) {
    content.writeUInt32LE((at * 2654435761) >>> 0, Math.min(at, size - 4));
  }
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, content };
}

const medium = make('medium.bin', 3 * MIB + 12_345);
const large = make('large.bin', 64 * MIB);
const body = (path: string): Response => new Response(file(path) as unknown as Blob);
const options = {
  tls,
  routes: {
    '/route': file(medium.path),
    '/dir/*': { dir: folder },
    '/handler': () => body(medium.path),
    '/slice': () => new Response(file(medium.path).slice(100_000, 200_000) as unknown as Blob),
    '/large': () => body(large.path),
    '/other': new Response('other'),
  } as never,
};

const field = (message: HttpMessage | undefined, name: string): string | undefined =>
  message?.headers.find(([key]) => key.toLowerCase() === name)?.[1];

describe.each(['/route', '/dir/medium.bin', '/handler'])('%s', (path) => {
  test('whole, and again on the same connection', async () => {
    await withServer(options, async (server) => {
      const messages = await exchange(server, get(path).repeat(2) + get('/other'), 3);
      expect(messages.slice(0, 2).map((one) => one.body.equals(medium.content))).toEqual([
        true,
        true,
      ]);
      expect(text(messages[2])).toBe('other');
    });
  });

  test.each([
    [0, 0],
    [16_383, 16_385],
    [65_535, 1_200_000],
    [3 * MIB, medium.content.length - 1],
  ])('bytes %d-%d', async (first, last) => {
    await withServer(options, async (server) => {
      const [message] = await exchange(server, get(path, `Range: bytes=${first}-${last}`));
      expect([message?.status, field(message, 'content-range')]).toEqual([
        206,
        `bytes ${first}-${last}/${medium.content.length}`,
      ]);
      expect(message?.body.equals(medium.content.subarray(first, last + 1))).toBe(true);
    });
  });

  test('beyond its end', async () => {
    await withServer(options, async (server) => {
      const [message] = await exchange(server, get(path, 'Range: bytes=9000000-'));
      expect(message?.status).toBe(416);
    });
  });

  test('a slow reader, others meanwhile', async () => {
    await withServer(options, async (server) => {
      const slow = await SlowReader.begin(server, get(path));
      expect(text((await exchange(server, get('/other')))[0])).toBe('other');
      const { messages } = await slow.finish();
      expect(messages[0]?.body.equals(medium.content)).toBe(true);
      slow.destroy();
    });
  });
});

test('a slice', async () => {
  await withServer(options, async (server) => {
    const [message] = await exchange(server, get('/slice'));
    expect(message?.status).toBe(206);
    expect(message?.body.equals(medium.content.subarray(100_000, 200_000))).toBe(true);
  });
});

/** Hash of the body of one response, which is not kept. */
async function hashOf(server: Server, path: string): Promise<string> {
  const socket = await openSocket({ port: server.port as number, tls: true });
  const hash = createHash('sha256');
  let head = '';
  socket.on('data', (data: Buffer) => {
    if (head.includes('\r\n\r\n')) {
      hash.update(data);
      return;
    }
    head += data.toString('latin1');
    const at = head.indexOf('\r\n\r\n');
    if (at >= 0) hash.update(Buffer.from(head.slice(at + 4), 'latin1'));
  });
  socket.write(get(path, 'Connection: close'));
  await new Promise((resolve) => socket.once('end', resolve));
  socket.destroy();
  return hash.digest('hex');
}

test('64 MB, twice at once', async () => {
  const expected = createHash('sha256').update(large.content).digest('hex');
  await withServer(options, async (server) => {
    const hashes = await Promise.all([1, 2].map(() => hashOf(server, '/large')));
    expect(hashes).toEqual([expected, expected]);
  });
});

test('a file that becomes shorter resets the connection', async () => {
  const path = join(folder, 'shrinking.bin');
  copyFileSync(large.path, path);
  await withServer({ ...options, fetch: () => body(path) }, async (server) => {
    const slow = await SlowReader.begin(server, get('/shrinking'));
    truncateSync(path, MIB);
    const { messages, fault, isClosed } = await slow.untilClosed();
    expect([messages.length, fault, isClosed]).toEqual([0, 'truncated message', true]);
    slow.destroy();
    expect(text((await exchange(server, get('/other')))[0])).toBe('other');
  });
});

test('clients that leave in the middle leave nothing behind', async () => {
  await withServer(options, async (server) => {
    for (let i = 0; i < 5; i++) {
      await withClient(server, async (client) => {
        await client.write(get('/large'));
        while (client.received.length === 0) await new Promise(setImmediate);
      });
    }
    while (server.pendingRequests > 0) await exchange(server, get('/other'));
  });
});
