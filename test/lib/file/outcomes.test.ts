// SPDX-License-Identifier: MIT
// Responses and routes of what is no ordinary, readable file that stays as it is: never a hang, never
// a byte that is not the file's, never a descriptor left behind.
import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { file, Response, type ServeOptions, type Server } from 'bunserve';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import {
  bodyOf,
  connectTo,
  exchange,
  get,
  request,
  text,
  withServer,
} from '../../helpers/with-server.js';
import { runProgram, startProgram } from '../process/program.js';
import { SlowReader } from '../response/slow-reader.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
/** More than socket buffers hold, so that a client can be in the middle of it. */
const SIZE = 48 * 1024 * 1024;

const openFiles = (): number => readdirSync('/proc/self/fd').length;

/** A handler, a file route and a directory route to one file. */
function ways(name: string): [string, ServeOptions][] {
  const path = at(name);
  return [
    ['handler', { fetch: () => new Response(file(path)) }],
    ['file route', { routes: { '/x': file(path) }, fetch: () => new Response('none') }],
    ['directory route', { routes: { '/*': { dir: folder } } }],
  ];
}

describe.each(['handler', 'file route', 'directory route'])('%s: a file that', (way) => {
  const name = `${way.replace(' ', '-')}.bin`;
  const url = way === 'directory route' ? `/${name}` : '/x';
  const make = (byte: number): void => writeFileSync(at(name), Buffer.alloc(SIZE, byte));
  const options = (): ServeOptions =>
    ways(name).find(([known]) => known === way)?.[1] as ServeOptions;
  /** A client that has the first bytes, and what has become of the file by then. */
  const during = async (change: () => void): Promise<[Buffer | undefined, string | null]> => {
    make(0x61);
    return withServer(options(), async (server) => {
      const reader = await SlowReader.begin(server, get(url));
      change();
      const { messages, fault } = await reader.finish();
      return [messages[0]?.body, fault];
    });
  };

  afterEach(() => rmSync(at(name), { force: true }));

  test('becomes shorter while it is sent ends the connection, without a byte of padding', async () => {
    const [body, fault] = await during(() => truncateSync(at(name), 1024 * 1024));
    expect(fault).not.toBeNull();
    expect(body).toBeUndefined();
  });

  test('is replaced while it is sent is sent as it was', async () => {
    const [body] = await during(() => {
      writeFileSync(at('new'), Buffer.alloc(SIZE, 0x62));
      renameSync(at('new'), at(name));
    });
    expect(body?.equals(Buffer.alloc(SIZE, 0x61))).toBe(true);
  });

  test('is deleted while it is sent is sent as it was', async () => {
    const [body] = await during(() => unlinkSync(at(name)));
    expect(body?.length).toBe(SIZE);
  });

  test('grows while it is sent is sent as long as announced', async () => {
    const [body, fault] = await during(() =>
      writeFileSync(at(name), Buffer.alloc(4096, 0x63), { flag: 'a' }),
    );
    expect([body?.length, body?.at(-1), fault]).toEqual([SIZE, 0x61, null]);
  });

  test('many clients leave in the middle of leaves no descriptor', async () => {
    make(0x61);
    await withServer(options(), async (server) => {
      const before = openFiles();
      for (let round = 0; round < 3; round++) {
        const readers = await Promise.all(
          Array.from({ length: 30 }, () => SlowReader.begin(server, get(url))),
        );
        // One for the connection, one for its client here, one for the file.
        expect(openFiles() - before).toBeLessThanOrEqual(3 * 30 + 1);
        for (const reader of readers) reader.destroy();
        await allGone(server);
      }
      expect(openFiles()).toBeLessThanOrEqual(before + 1);
    });
  });
});

async function allGone(server: Server): Promise<void> {
  while (server.pendingRequests > 0) await new Promise((resolve) => setImmediate(resolve));
}

describe('a descriptor', () => {
  let fd: number;
  beforeEach(() => {
    writeFileSync(at('by-number.txt'), 'hello file world');
    fd = openSync(at('by-number.txt'), 'r');
  });

  test('is sent from its beginning every time, in parts, and stays open', async () => {
    await withServer(
      {
        routes: { '/route': file(fd), '/part': () => new Response(file(fd).slice(6, 10)) },
        fetch: () => new Response(file(fd)),
      },
      async (server) => {
        for (const path of ['/', '/route', '/', '/route']) {
          expect(await bodyOf(server, path)).toBe('hello file world');
        }
        expect(await bodyOf(server, '/part')).toBe('file');
        const [ranged] = await exchange(server, get('/', 'Range: bytes=6-9'));
        expect([ranged?.status, text(ranged)]).toEqual([206, 'file']);
      },
    );
    closeSync(fd);
  });

  test('that is none is an error, and for a route not there', async () => {
    closeSync(fd);
    const none = 1_000_000;
    await withServer(
      {
        routes: { '/route': file(none), '/handler': () => new Response(file(none)) },
        fetch: () => new Response('fetch'),
        error: (error) => new Response((error as NodeJS.ErrnoException).code, { status: 500 }),
      },
      async (server) => {
        expect(await bodyOf(server, '/route')).toBe('fetch');
        expect(await bodyOf(server, '/handler')).toBe('EBADF');
      },
    );
  });
});

describe('pipes and devices', () => {
  beforeAll(() => {
    execFileSync('mkfifo', [at('pipe')]);
    mkdirSync(at('folder'), { recursive: true });
  });

  test('a pipe is streamed to its end', async () => {
    await withServer({ fetch: () => new Response(file(at('pipe'))) }, async (server) => {
      const body = bodyOf(server);
      // The shell waits for a reader.
      const writer = spawn('sh', ['-c', 'head -c 50000 /dev/zero > "$0"', at('pipe')]);
      expect((await body).length).toBe(50_000);
      writer.kill();
    });
  });

  test('a client that leaves a silent pipe leaves nothing', async () => {
    await withServer({ fetch: () => new Response(file(at('pipe'))) }, async (server) => {
      const before = openFiles();
      for (let i = 0; i < 20; i++) {
        const client = await connectTo(server);
        await client.write(get());
        while (server.pendingRequests === 0) await new Promise((done) => setImmediate(done));
        client.destroy();
        await allGone(server);
      }
      while (openFiles() > before + 2) await new Promise((done) => setImmediate(done));
    });
  });

  test('HEAD of a pipe leaves nothing open', async () => {
    await withServer({ fetch: () => new Response(file(at('pipe'))) }, async (server) => {
      const before = openFiles();
      for (let i = 0; i < 20; i++) {
        const [message] = await exchange(server, request('HEAD', '/', ''), 1, {
          methodOf: () => 'HEAD',
        });
        expect(message?.status).toBe(200);
      }
      while (openFiles() > before + 2) await new Promise((done) => setImmediate(done));
    });
  });

  test('a part of a device without an end', async () => {
    await withServer(
      { fetch: () => new Response(file('/dev/zero').slice(0, 100_000)) },
      async (server) => {
        expect((await bodyOf(server)).length).toBe(100_000);
      },
    );
  });

  test('routes have neither, nor folders', async () => {
    await withServer(
      {
        routes: {
          '/pipe': file(at('pipe')),
          '/null': file('/dev/null'),
          '/folder': file(at('folder')),
          '/none': file(at('none')),
        },
        fetch: () => new Response('fetch'),
      },
      async (server) => {
        for (const path of ['/pipe', '/null', '/folder', '/none']) {
          expect(await bodyOf(server, path)).toBe('fetch');
        }
      },
    );
  });
});

// Root may read everything: the program gives its rights away once it listens.
const FORBIDDEN = `
  import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
  import { file, Response, serve } from 'bunserve';
  const folder = process.env.FOLDER;
  mkdirSync(folder + '/closed');
  for (const name of ['/no.txt', '/closed/in.txt', '/yes.txt']) writeFileSync(folder + name, 'text');
  for (const name of ['/no.txt', '/closed']) chmodSync(folder + name, 0);
  const server = serve({
    port: 0, hostname: '127.0.0.1', development: false,
    routes: {
      '/handler/no': () => new Response(file(folder + '/no.txt')),
      '/handler/in': () => new Response(file(folder + '/closed/in.txt')),
      '/route/no': file(folder + '/no.txt'),
      '/route/in': file(folder + '/closed/in.txt'),
      '/dir/*': { dir: folder },
    },
    fetch: () => new Response('fetch'),
    error: ({ code, syscall }) => new Response([code, syscall].join(' '), { status: 500 }),
  });
  if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }
  const answers = {};
  const paths = ['/handler/no', '/handler/in', '/route/no', '/route/in', '/dir/no.txt', '/dir/closed/in.txt', '/dir/yes.txt'];
  for (const path of paths) {
    const response = await fetch(server.url.origin + path);
    answers[path] = [response.status, await response.text()];
  }
  report(answers);
  await server.stop(true);
`;

test('what may not be read: an error of handlers, not there for routes', async () => {
  execFileSync('chmod', ['755', folder]);
  mkdirSync(at('rights'));
  const ending = await runProgram(FORBIDDEN, { env: { FOLDER: at('rights') } });
  execFileSync('chmod', ['-R', 'u+rwX', at('rights')]);
  expect(ending.stderr).toBe('');
  expect(JSON.parse(ending.stdout)).toEqual({
    '/handler/no': [500, 'EACCES open'],
    '/handler/in': [500, 'EACCES open'],
    '/route/no': [200, 'fetch'],
    '/route/in': [200, 'fetch'],
    '/dir/no.txt': [404, ''],
    '/dir/closed/in.txt': [404, ''],
    '/dir/yes.txt': [200, 'text'],
  });
});

// A turn of JavaScript has an async context, which async_hooks see.
const UNDISTURBED = `
  import { createHook } from 'node:async_hooks';
  import { writeFileSync } from 'node:fs';
  import { connect } from 'node:net';
  import { file, Response, serve } from 'bunserve';
  const path = process.env.FOLDER + '/undisturbed.bin';
  writeFileSync(path, Buffer.alloc(32 << 20));
  const server = serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response(file(path)) });
  report(server.port);
  await commanded('count');
  let turns = 0;
  createHook({ before() { turns++; } }).enable();
  report('counting');
  process.on('SIGUSR2', () => { report(turns); process.exit(0); });
`;

test('JavaScript is called once for a request, however large the file', async () => {
  const program = startProgram(UNDISTURBED, { env: { FOLDER: folder } });
  try {
    const port = await program.next<number>();
    program.command('count');
    expect(await program.next()).toBe('counting');
    const output = execFileSync('curl', [
      '-s',
      `http://127.0.0.1:${port}/`,
      '-w',
      '%{size_download}',
      '-o',
      '/dev/null',
    ]);
    expect(output.toString()).toBe(String(32 << 20));
    process.kill(program.pid, 'SIGUSR2');
    // The request, the signal, and what Node does for the two of them.
    expect(await program.next<number>()).toBeLessThan(20);
  } finally {
    program.kill();
  }
});
