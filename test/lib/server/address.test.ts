// SPDX-License-Identifier: MIT
// Where a server can listen, and how its properties describe it.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serve, type ServeOptions } from 'bunserve';
import { RawClient } from '../../helpers/raw-client.js';
import { bodyOf, get, startServer, text, withServer } from '../../helpers/with-server.js';

const fetch = (req: Request): Response => new Response(req.url);

/** Answers to a request at these places; 'refused' where nobody listens. */
async function reachedFrom(port: number, hosts: readonly string[]): Promise<string[]> {
  return Promise.all(
    hosts.map(async (host) => {
      try {
        const client = await RawClient.connect({ port, host });
        await client.write(get('/x'));
        await client.untilMessages(1);
        client.destroy();
        return text(client.messages[0]);
      } catch {
        return 'refused';
      }
    }),
  );
}

describe('TCP', () => {
  const both = ['127.0.0.1', '::1'];
  const answer = 'http://example.com/x';
  test.each([
    [undefined, 'localhost', 'localhost', '::', 'IPv6', [answer, answer]],
    ['', 'localhost', 'localhost', '::', 'IPv6', [answer, answer]],
    [null, 'localhost', 'localhost', '::', 'IPv6', [answer, answer]],
    ['0.0.0.0', '0.0.0.0', '0.0.0.0', '0.0.0.0', 'IPv4', [answer, 'refused']],
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1', 'IPv4', [answer, 'refused']],
    ['::1', '::1', '[::1]', '::1', 'IPv6', ['refused', answer]],
    ['[::1]', '[::1]', '[::1]', '::1', 'IPv6', ['refused', answer]],
    ['::', '::', '[::]', '::', 'IPv6', [answer, answer]],
  ])('hostname %p', async (hostname, shown, inUrl, address, family, reached) => {
    const server = serve({ port: 0, hostname, development: false, fetch });
    const port = server.port as number;
    try {
      expect(server.hostname).toBe(shown);
      expect(server.address).toEqual({ address, family, port });
      expect(server.url.href).toBe(`http://${inUrl}:${port}/`);
      expect(await reachedFrom(port, both)).toEqual(reached);
    } finally {
      await server.stop(true);
    }
    expect(await reachedFrom(port, both)).toEqual(['refused', 'refused']);
  });

  test('ipv6Only', async () => {
    const options = { hostname: '::', ipv6Only: true, fetch };
    await withServer(options, async ({ port }) => {
      expect(await reachedFrom(port as number, both)).toEqual(['refused', answer]);
    });
  });

  test('what has toString() is a hostname', async () => {
    const hostname = { toString: () => '127.0.0.1' } as unknown as string;
    await withServer({ hostname, fetch }, async (server) => {
      expect(server.hostname).toBe('127.0.0.1');
    });
  });

  test('url is one object, and stays after stop(); port does not', async () => {
    const server = startServer({ fetch });
    const { url } = server;
    expect(server.url).toBe(url);
    await server.stop();
    expect(server.url).toBe(url);
    expect(server.port).toBe(0);
    expect(server.hostname).toBe('127.0.0.1');
  });
});

describe('unix sockets', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bunserve-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('path', async () => {
    const unix = join(folder, 'a.sock');
    const server = startServer({ unix, fetch });
    try {
      expect([server.port, server.hostname]).toEqual([undefined, undefined]);
      expect(server.address).toBe(unix);
      expect(server.url.href).toBe(`unix://${unix}`);
      expect(server.protocol).toBe('http');
      expect(existsSync(unix)).toBe(true);
      expect(await bodyOf(server, '/p')).toBe('http://example.com/p');
    } finally {
      await server.stop();
    }
    expect(existsSync(unix)).toBe(false);
    expect(server.port).toBeUndefined();
  });

  test('a stale socket file is replaced, a live one is not touched', async () => {
    const unix = join(folder, 'b.sock');
    await withServer({ unix, fetch }, async (server) => {
      expect(() => serve({ unix, fetch })).toThrow(/^EADDRINUSE/);
      expect(await bodyOf(server)).toBe('http://example.com/');
    });
    await withServer({ unix, fetch }, async (server) => {
      expect(await bodyOf(server)).toBe('http://example.com/');
    });
  });

  test('Buffer and port beside it', async () => {
    const unix = join(folder, 'c.sock');
    const options = { unix: Buffer.from(unix) as unknown as string, port: 1, fetch };
    await withServer(options, async (server) => {
      expect(server.address).toBe(unix);
      expect(server.port).toBeUndefined();
    });
  });

  test('an empty path is no path', async () => {
    await withServer({ unix: '', port: 0, fetch }, async (server) => {
      expect(server.port).toBeGreaterThan(0);
    });
  });

  test('abstract: no file, free again after stop()', async () => {
    const name = `bunserve-test-${process.pid}`;
    for (let round = 0; round < 2; round++) {
      await withServer({ unix: `\0${name}`, fetch }, async (server) => {
        expect(server.address).toBe(`\0${name}`);
        expect(server.url.href).toBe(`abstract://${name}/`);
        expect([server.port, server.hostname]).toEqual([undefined, undefined]);
        expect(await answerFromAbstract(name)).toMatch(/\r\n\r\nhttp:\/\/example\.com\/p$/);
      });
    }
  });

  test.each([
    ['no such folder', () => join(folder, 'none', 'a.sock'), 'ENOENT: no such file or directory'],
    ['a regular file', () => regular(folder), 'EADDRINUSE: address already in use'],
    ['too long', () => join(folder, 'x'.repeat(200)), 'ENAMETOOLONG: name too long'],
  ])('%s', (_, path, text) => {
    const unix = path();
    const error = caught({ unix, fetch });
    expect(error).toMatchObject({ syscall: 'listen', message: `${text}, listen '${unix}'` });
    expect(error).toMatchObject({ code: text.slice(0, text.indexOf(':')) });
  });
});

/** Python, because Node 20 connects to abstract names padded with NUL bytes only. */
async function answerFromAbstract(name: string): Promise<string> {
  const code = [
    'import socket, sys',
    's = socket.socket(socket.AF_UNIX)',
    "s.connect('\\0' + sys.argv[1])",
    'request = sys.argv[2].encode()',
    's.sendall(request)',
    'sys.stdout.buffer.write(s.recv(65536))',
  ].join('\n');
  const { stdout } = await promisify(execFile)('python3', ['-c', code, name, get('/p')]);
  return stdout;
}

function regular(folder: string): string {
  const path = join(folder, 'regular');
  writeFileSync(path, '');
  return path;
}

function caught(options: ServeOptions): unknown {
  try {
    serve(options);
  } catch (error) {
    return error;
  }
  throw new Error('the server started');
}
