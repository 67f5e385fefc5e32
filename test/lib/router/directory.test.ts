// SPDX-License-Identifier: MIT
// Directory routes over real sockets and a real folder: what is served, what never is, and what
// becomes of files that change while they are.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Response, type DirectoryRoute, type Server } from 'bunserve';
import { withFolder } from '../../helpers/folder.js';
import type { HttpMessage } from '../../helpers/http-message.js';
import { exchange, get, post, request, text, withServer } from '../../helpers/with-server.js';
import { LARGE, SlowReader } from '../response/slow-reader.js';

interface Site {
  readonly folder: string;
  readonly server: Server;
  /** The answer to GET /s/path. */
  ask(path: string, ...fields: string[]): Promise<HttpMessage | undefined>;
}

/** A server that serves these files below /s/ for the length of a test. */
async function withSite(
  files: Readonly<Record<string, string>>,
  use: (site: Site) => Promise<void>,
  options: Partial<DirectoryRoute> = {},
): Promise<void> {
  await withFolder(files, async (folder) => {
    const routes = { '/s/*': { dir: folder, ...options } };
    await withServer({ routes, fetch: () => new Response('fetch') }, async (server) => {
      const ask = async (path: string, ...fields: string[]): Promise<HttpMessage | undefined> =>
        (await exchange(server, get(`/s/${path}`, ...fields)))[0];
      await use({ folder, server, ask });
    });
  });
}

function value(message: HttpMessage | undefined, name: string): string | undefined {
  return message?.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** What this process has open below a folder. */
function openBelow(folder: string): string[] {
  return fs.readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = fs.readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(`${folder}/`) ? [target] : [];
    } catch {
      return []; // the descriptor of the listing itself
    }
  });
}

const answerOf = (message: HttpMessage | undefined): [number | undefined, string] => [
  message?.status,
  text(message),
];

test('the example of the documentation', async () => {
  await withSite({ 'a.txt': 'hello', 'index.html': '<p>' }, async ({ server, ask }) => {
    expect(answerOf(await ask('a.txt'))).toEqual([200, 'hello']);
    expect(value(await ask('a.txt'), 'content-type')).toBe('text/plain;charset=utf-8');
    expect(answerOf(await ask(''))).toEqual([200, '<p>']);
    // Not there: a 404, and `fetch` is not asked. Not below: `fetch` is.
    expect(answerOf(await ask('b.txt'))).toEqual([404, '']);
    expect(text((await exchange(server, get('/s')))[0])).toBe('fetch');
  });
});

test('files of subdirectories, redirects with their query, an index', async () => {
  await withSite({ 'sub/index.html': 'index', 'sub/deep/a.js': 'js' }, async ({ ask }) => {
    expect(answerOf(await ask('sub/deep/a.js'))).toEqual([200, 'js']);
    const moved = await ask('sub?a=1&b=2');
    expect([moved?.status, value(moved, 'location')]).toEqual([301, '/s/sub/?a=1&b=2']);
    expect(answerOf(await ask('sub/'))).toEqual([200, 'index']);
    expect(answerOf(await ask('sub/deep/'))).toEqual([404, '']);
    expect(answerOf(await ask('sub/deep/a.js/'))).toEqual([404, '']);
  });
});

test('several requests on one connection, HEAD and POST among them', async () => {
  await withSite({ 'a.txt': '0123456789' }, async ({ server }) => {
    const requests =
      get('/s/a.txt') + request('HEAD', '/s/a.txt', '') + post('/s/a.txt', 'body') + get('/s/no');
    const messages = await exchange(server, requests, 4, {
      methodOf: (index) => (index === 1 ? 'HEAD' : 'GET'),
    });
    expect(messages.map((message) => [message.status, text(message)])).toEqual([
      [200, '0123456789'],
      [200, ''],
      [200, '0123456789'],
      [404, ''],
    ]);
    expect(value(messages[1], 'content-length')).toBe('10');
  });
});

test('conditions and ranges', async () => {
  await withSite({ 'a.txt': '0123456789' }, async ({ ask }) => {
    const first = await ask('a.txt');
    const etag = value(first, 'etag') ?? '';
    const modified = value(first, 'last-modified') ?? '';
    expect(etag).toMatch(/^W\/"a-[0-9a-f]+"$/);
    expect((await ask('a.txt', `If-None-Match: ${etag}`))?.status).toBe(304);
    expect((await ask('a.txt', `If-Modified-Since: ${modified}`))?.status).toBe(304);
    expect((await ask('a.txt', 'If-Match: "other"'))?.status).toBe(412);
    const part = await ask('a.txt', 'Range: bytes=2-4', `If-Range: ${modified}`);
    expect(answerOf(part)).toEqual([206, '234']);
    expect(value(part, 'content-range')).toBe('bytes 2-4/10');
    expect(answerOf(await ask('a.txt', 'Range: bytes=2-4', `If-Range: ${etag}`))).toEqual([
      200,
      '0123456789',
    ]);
    const none = await ask('a.txt', 'Range: bytes=10-');
    expect([none?.status, value(none, 'content-range')]).toEqual([416, 'bytes */10']);
  });
});

test('over a unix socket', async () => {
  await withFolder({ 'site/a.txt': 'unix' }, async (folder) => {
    const routes = { '/*': { dir: join(folder, 'site') } };
    await withServer({ unix: join(folder, 'socket'), routes }, async (server) => {
      expect(text((await exchange(server, get('/a.txt')))[0])).toBe('unix');
    });
  });
});

describe('never served', () => {
  const files = { 'site/a.txt': 'a', 'site/sub/b.txt': 'b', 'secret.txt': 'SECRET' };

  test.each([
    '../secret.txt',
    'sub/../../secret.txt',
    '%2e%2e/secret.txt',
    '%2E%2E%2Fsecret.txt',
    '..%2fsecret.txt',
    '..%5csecret.txt',
    '..\\secret.txt',
    '.%2e/secret.txt',
    '%252e%252e/secret.txt',
    '....//secret.txt',
    '..;/secret.txt',
    '/secret.txt',
    '//secret.txt',
    'sub/%00/../../../secret.txt',
    'a.txt%00.html',
    'C:/secret.txt',
    'a.txt::$DATA',
    '..%c0%afsecret.txt',
    '%c0%ae%c0%ae/secret.txt',
    '%u002e%u002e/secret.txt',
    'sub//b.txt',
    './a.txt',
    '%61.txt',
    'out/secret.txt',
    'far.txt',
    'absolute/etc/passwd',
    'proc/self/environ',
    'loop',
    'fifo',
    '~root/.bashrc',
  ])('%s', async (path) => {
    await withFolder(files, async (folder) => {
      const at = (name: string): string => join(folder, 'site', name);
      fs.symlinkSync('..', at('out'));
      fs.symlinkSync(join(folder, 'secret.txt'), at('far.txt'));
      fs.symlinkSync('/', at('absolute'));
      fs.symlinkSync('/proc', at('proc'));
      fs.symlinkSync('loop', at('loop'));
      execFileSync('mkfifo', [at('fifo')]);
      for (const statCache of [true, false]) {
        const routes = { '/s/*': { dir: join(folder, 'site'), statCache, dotfiles: 'allow' } };
        await withServer({ routes: routes as Record<string, DirectoryRoute> }, async (server) => {
          const [answer] = await exchange(server, get(`/s/${path}`));
          expect(answerOf(answer)).toEqual([404, '']);
        });
      }
    });
  });

  test('names with a leading dot, unless asked for', async () => {
    const hidden = { '.env': 'KEY=1', '.git/config': 'git', 'a/.b/c': 'c', '.well-known/x': 'x' };
    await withSite(hidden, async ({ ask }) => {
      for (const path of ['.env', '.git/config', '.git', '.git/', 'a/.b/c', '.well-known/x']) {
        expect((await ask(path))?.status).toBe(404);
      }
    });
    const allowed = { dotfiles: 'allow' } as const;
    await withSite(
      hidden,
      async ({ ask }) => {
        expect(answerOf(await ask('.env'))).toEqual([200, 'KEY=1']);
        expect(answerOf(await ask('a/.b/c'))).toEqual([200, 'c']);
      },
      allowed,
    );
  });

  test('but /.well-known is public', async () => {
    await withFolder({ '.well-known/security.txt': 'contact', '.env': 'x' }, async (folder) => {
      await withServer({ routes: { '/*': { dir: folder } } }, async (server) => {
        const answers = await exchange(
          server,
          get('/.well-known/security.txt') + get('/.well-known/../.env') + get('/.env'),
          3,
        );
        expect(answers.map(({ status }) => status)).toEqual([200, 404, 404]);
      });
    });
  });
});

// Found as advisories in other servers: the router and the file server read a path differently.
test('a route that guards a file is not passed by another spelling of its name', async () => {
  const files = {
    'admin/secret.txt': 'SECRET',
    'caf\u00e9/secret.txt': 'SECRET',
    'a b.txt': 'SECRET',
  };
  await withFolder(files, async (folder) => {
    const guard = (): Response => new Response('guard', { status: 403 });
    const routes = {
      '/*': { dir: folder },
      '/admin/*': guard,
      '/caf%C3%A9/*': guard,
      '/a%20b.txt': guard,
    };
    await withServer({ routes }, async (server) => {
      for (const path of [
        ...['/admin/secret.txt', '//admin/secret.txt', '/admin//secret.txt', '/./admin/secret.txt'],
        ...['/x/../admin/secret.txt', '/admin%2Fsecret.txt', '/%61dmin/secret.txt'],
        ...[
          '/admin%2fsecret.txt',
          '/admin\\secret.txt',
          '/admin%5Csecret.txt',
          '/ADMIN/secret.txt',
        ],
        ...[
          '/admin/./secret.txt',
          '/admin;/secret.txt',
          '/admin./secret.txt',
          '/admin%00/secret.txt',
        ],
        ...['/caf%C3%A9/secret.txt', '/caf%c3%a9/secret.txt', '/caf%c3%A9/secret.txt'],
        ...['/caf\xc3\xa9/secret.txt', '/caf\xc3%A9/secret.txt', '/a%20b.txt'],
      ]) {
        const [answer] = await exchange(server, get(path));
        expect([403, 404]).toContain(answer?.status);
        expect(text(answer)).not.toContain('SECRET');
      }
    });
  });
});

describe('compressed files', () => {
  const page = '<p>compress me'.repeat(100);

  test('are sent to clients that accept them, which see the page', async () => {
    await withSite({ 'page.html': page }, async ({ folder, server, ask }) => {
      fs.writeFileSync(join(folder, 'page.html.gz'), gzipSync(page));
      fs.writeFileSync(join(folder, 'page.html.br'), brotliCompressSync(page));
      const plain = await ask('page.html');
      const gzip = await ask('page.html', 'Accept-Encoding: gzip');
      const brotli = await ask('page.html', 'Accept-Encoding: gzip, deflate, br, zstd');
      expect([plain, gzip, brotli].map((answer) => value(answer, 'content-encoding'))).toEqual([
        undefined,
        'gzip',
        'br',
      ]);
      for (const answer of [plain, gzip, brotli]) {
        expect(answer?.status).toBe(200);
        expect(value(answer, 'content-type')).toBe('text/html;charset=utf-8');
        expect(value(answer, 'vary')).toBe('Accept-Encoding');
      }
      const tags = [plain, gzip, brotli].map((answer) => value(answer, 'etag') ?? '');
      expect(new Set(tags).size).toBe(3);
      for (const [i, coding] of ['identity', 'gzip', 'br'].entries()) {
        const fields = [`Accept-Encoding: ${coding}`, `If-None-Match: ${tags[i]}`];
        expect((await ask('page.html', ...fields))?.status).toBe(304);
        expect((await ask('page.html', fields[0] ?? '', 'If-None-Match: "x"'))?.status).toBe(200);
      }
      // A client that decodes, as browsers do.
      expect(await (await fetch(`${server.url.href}s/page.html`)).text()).toBe(page);
      const part = await ask('page.html', 'Accept-Encoding: gzip', 'Range: bytes=0-1');
      expect([part?.status, part?.body.toString('latin1')]).toEqual([206, '\x1f\x8b']);
      expect(value(part, 'content-encoding')).toBe('gzip');
    });
  });

  test('of an index, too', async () => {
    await withSite({ 'sub/index.html': page }, async ({ folder, ask }) => {
      fs.writeFileSync(join(folder, 'sub/index.html.gz'), gzipSync(page));
      const answer = await ask('sub/', 'Accept-Encoding: gzip');
      expect([answer?.status, value(answer, 'content-encoding')]).toEqual([200, 'gzip']);
    });
  });

  test('are left alone when they are older than the file, or when the route says so', async () => {
    const files = { 'page.html': page, 'page.html.gz': 'compressed' };
    await withSite(files, async ({ folder, ask }) => {
      fs.utimesSync(join(folder, 'page.html.gz'), 1_000_000, 1_000_000);
      const answer = await ask('page.html', 'Accept-Encoding: gzip');
      expect([text(answer), value(answer, 'vary')]).toEqual([page, undefined]);
    });
    const off = { precompressed: false };
    await withSite(
      files,
      async ({ ask }) => {
        const answer = await ask('page.html', 'Accept-Encoding: gzip');
        expect([text(answer), value(answer, 'vary')]).toEqual([page, undefined]);
      },
      off,
    );
  });
});

test('headers of the application come with every answer about a file, and no other', async () => {
  const headers = { 'Cache-Control': 'public, max-age=60', 'X-Own': '1' };
  await withSite(
    { 'a.txt': 'a', 'sub/b.txt': 'b' },
    async ({ ask }) => {
      const answer = await ask('a.txt');
      expect(answer?.headers.map(([name]) => name)).toEqual([
        ...['Date', 'content-type', 'Cache-Control', 'X-Own', 'last-modified', 'etag'],
        ...['accept-ranges', 'content-length'],
      ]);
      for (const fields of [['If-None-Match: *'], ['Range: bytes=9-'], ['If-Match: "x"']]) {
        expect(value(await ask('a.txt', ...fields), 'cache-control')).toBe('public, max-age=60');
      }
      expect(value(await ask('missing'), 'cache-control')).toBeUndefined();
      expect(value(await ask('sub'), 'cache-control')).toBeUndefined();
    },
    { headers },
  );
});

describe.each([true, false])('changes on disk, statCache: %s', (statCache) => {
  test('are seen by the next request', async () => {
    await withSite(
      { 'a.txt': 'first' },
      async ({ folder, ask }) => {
        const path = join(folder, 'a.txt');
        const before = await ask('a.txt');
        expect(text(before)).toBe('first');
        fs.writeFileSync(path, 'edited in place');
        const after = await ask('a.txt');
        expect(text(after)).toBe('edited in place');
        expect(value(after, 'etag')).not.toBe(value(before, 'etag'));
        fs.writeFileSync(join(folder, 'new'), 'replaced');
        fs.renameSync(join(folder, 'new'), path);
        expect(text(await ask('a.txt'))).toBe('replaced');
        fs.truncateSync(path);
        expect(answerOf(await ask('a.txt'))).toEqual([200, '']);
        fs.rmSync(path);
        expect((await ask('a.txt'))?.status).toBe(404);
        fs.mkdirSync(path);
        expect((await ask('a.txt'))?.status).toBe(301);
      },
      { statCache },
    );
  });
});

test('the directory is the one that was there when the route was made', async () => {
  await withSite({ 'site/a.txt': 'a' }, async ({ folder }) => {
    const dir = join(folder, 'site');
    await withServer({ routes: { '/*': { dir } } }, async (server) => {
      fs.renameSync(dir, `${dir}-old`);
      fs.mkdirSync(dir);
      fs.writeFileSync(join(dir, 'a.txt'), 'another');
      expect(text((await exchange(server, get('/a.txt')))[0])).toBe('a');
      server.reload({ routes: { '/*': { dir } } });
      expect(text((await exchange(server, get('/a.txt')))[0])).toBe('another');
      // What cannot be opened changes nothing.
      expect(() => server.reload({ routes: { '/*': { dir: `${dir}/missing` } } })).toThrow(
        'ENOENT',
      );
      expect(text((await exchange(server, get('/a.txt')))[0])).toBe('another');
    });
  });
});

test('a large file arrives whole, also when its client takes its time', async () => {
  await withSite({}, async ({ folder, server }) => {
    const body = Buffer.alloc(LARGE);
    for (let i = 0; i < body.length; i += 4) body.writeUInt32LE(i, i);
    fs.writeFileSync(join(folder, 'large.bin'), body);
    const slow = await SlowReader.begin(server, get('/s/large.bin') + get('/s/missing'));
    // The name may go meanwhile; the file does not.
    fs.rmSync(join(folder, 'large.bin'));
    const { messages, fault } = await slow.finish();
    slow.destroy();
    expect(fault).toBeNull();
    expect(messages[0]?.body.equals(body)).toBe(true);
  });
});

test('a server that stops lets a file that is being sent arrive', async () => {
  await withFolder({}, async (folder) => {
    fs.writeFileSync(join(folder, 'large.bin'), Buffer.alloc(LARGE, 'x'));
    await withServer({ routes: { '/*': { dir: folder } } }, async (server) => {
      const slow = await SlowReader.begin(server, get('/large.bin'));
      const stopped = server.stop();
      const { messages, fault } = await slow.finish();
      await stopped;
      slow.destroy();
      expect(fault).toBeNull();
      expect(messages[0]?.body.length).toBe(LARGE);
    });
  });
});

test('a file that becomes shorter while it is sent ends the connection, without padding', async () => {
  await withSite({}, async ({ folder, server }) => {
    const path = join(folder, 'large.bin');
    fs.writeFileSync(path, Buffer.alloc(LARGE, 'x'));
    const slow = await SlowReader.begin(server, get('/s/large.bin'));
    fs.truncateSync(path, 1000);
    const { messages, isClosed } = await slow.untilClosed();
    slow.destroy();
    expect(isClosed).toBe(true);
    expect(messages).toEqual([]);
    expect((await exchange(server, get('/s/large.bin')))[0]?.body.length).toBe(1000);
  });
});

test('descriptors are bounded, and returned with the routes and when clients leave', async () => {
  const names = Array.from({ length: 200 }, (_, i) => `${i}.txt`);
  await withSite(Object.fromEntries(names.map((name) => [name, name])), async (site) => {
    const { folder, server } = site;
    fs.writeFileSync(join(folder, 'large.bin'), Buffer.alloc(LARGE));
    const requests = names.map((name) => get(`/s/${name}`)).join('');
    const answers = await exchange(server, requests, names.length);
    expect(answers.map(text)).toEqual(names);
    expect(openBelow(folder).length).toBeLessThanOrEqual(64);

    const readers = await Promise.all(
      names.slice(0, 20).map(() => SlowReader.begin(server, get('/s/large.bin'))),
    );
    for (const reader of readers) reader.destroy();
    // A file that is not there any more would show as "... (deleted)", below the folder still.
    server.reload({ routes: {} });
    const isLeft = (): boolean => openBelow(folder).length > 0;
    while (isLeft()) await exchange(server, get('/turn'));
    expect(openBelow(folder)).toEqual([]);
  });
});

test('whoever swaps a directory for a link while requests run leads nobody outside', async () => {
  const files = { 'site/real/file.txt': 'inside', 'outside/file.txt': 'OUTSIDE' };
  await withFolder(files, async (folder) => {
    const site = join(folder, 'site');
    // In a process of its own, so that it really runs at the same time.
    const program = `
      const { renameSync, symlinkSync } = require('node:fs');
      const targets = ['real', '../outside', ${JSON.stringify(join(folder, 'outside'))}, 'real/../../outside'];
      let done = false;
      process.stdin.on('end', () => { done = true; }).resume();
      process.chdir(${JSON.stringify(site)});
      const turn = (i) => {
        for (let k = 0; k < 50; k++, i++) {
          symlinkSync(targets[i % targets.length], 'spare');
          renameSync('spare', 'dir');
          renameSync('real', 'moved');
          renameSync('moved', 'real');
        }
        if (i === 50) process.stdout.write('running');
        if (!done) setImmediate(turn, i);
      };
      turn(0);`;
    const swapper = spawn(process.execPath, ['-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(swapper, 'exit');
    try {
      await once(swapper.stdout, 'data');
      const routes = { '/k/*': { dir: site }, '/u/*': { dir: site, statCache: false } };
      await withServer({ routes }, async (server) => {
        const bodies = new Map<string, number>();
        const batch = (get('/k/dir/file.txt') + get('/u/dir/file.txt')).repeat(50);
        for (let round = 0; round < 60; round += 1) {
          for (const answer of await exchange(server, batch, 100)) {
            const seen = `${answer.status} ${text(answer)}`;
            bodies.set(seen, (bodies.get(seen) ?? 0) + 1);
          }
        }
        expect([...bodies.keys()].sort()).toEqual(['200 inside', '404 ']);
      });
    } finally {
      swapper.stdin.end();
      await exited;
    }
  });
});
