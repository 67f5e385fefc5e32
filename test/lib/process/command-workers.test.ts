// SPDX-License-Identifier: MIT
// `bunserve --workers`: several processes on one port, their topics, failures and ends.
import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import WebSocket from 'ws';
import { freePort } from '../../helpers/free-port.js';
import { withFolder } from '../../helpers/folder.js';
import { RawClient } from '../../helpers/raw-client.js';
import { get, text } from '../../helpers/with-server.js';
import { root, startFile, type Program } from './program.js';

const CLI = join(root, 'dist', 'cli.js');

/** Runs `bunserve ...args main.mjs`. */
async function withWorkers(
  code: string,
  args: readonly string[],
  use: (program: Program) => Promise<void>,
): Promise<void> {
  await withFolder({ 'main.mjs': code }, async (folder) => {
    const program = startFile([CLI, ...args, join(folder, 'main.mjs')], { cwd: folder });
    try {
      await use(program);
    } finally {
      program.kill();
      await program.exit();
    }
  });
}

interface Told {
  worker: string;
  pid: number;
  port: number;
}

const TELL = `
  const tell = (more) => console.log(JSON.stringify({ worker: process.env.BUNSERVE_WORKER, pid: process.pid, ...more }));
`;
const SERVE = `${TELL}
  const server = Bun.serve({
    hostname: '127.0.0.1', port: 0, development: false, idleTimeout: 0,
    routes: {
      '/crash': () => process.exit(3),
      '/wait': () => { tell({ waits: true }); return new Promise(() => {}); },
    },
    fetch: () => new Response(String(process.pid)),
  });
  tell({ port: server.port });
`;

async function told(program: Program, count: number): Promise<Told[]> {
  const all: Told[] = [];
  while (all.length < count) all.push(await program.next<Told>());
  return all.sort((a, b) => a.worker.localeCompare(b.worker));
}

async function ask(port: number, path = '/'): Promise<string> {
  const client = await RawClient.connect({ port });
  await client.write(get(path));
  await client.untilMessages(1);
  client.destroy();
  return text(client.messages[0]);
}

/** Opens a request that is answered by nobody; resolves when its handler runs. */
async function openRequest(program: Program, port: number, path: string): Promise<RawClient> {
  const client = await RawClient.connect({ port });
  await client.write(get(path));
  await program.next();
  return client;
}

test('processes share a port that the first of them picked; one that dies is replaced', async () => {
  await withWorkers(SERVE, ['--workers', '3'], async (program) => {
    const workers = await told(program, 3);
    expect(workers.map(({ worker }) => worker)).toEqual(['1', '2', '3']);
    const [{ port }] = workers as [Told];
    expect(new Set(workers.map((worker) => worker.port))).toEqual(new Set([port]));
    const pids = new Set<number>();
    while (pids.size < 3) pids.add(Number(await ask(port)));
    expect(pids).toEqual(new Set(workers.map(({ pid }) => pid)));
    process.kill(workers[1]!.pid, 'SIGKILL');
    const [replaced] = await told(program, 1);
    expect(replaced).toMatchObject({ worker: '2', port });
    // A worker that somebody ends is replaced, too.
    process.kill(workers[2]!.pid, 'SIGTERM');
    expect(await told(program, 1)).toMatchObject([{ worker: '3', port }]);
    process.kill(program.pid, 'SIGTERM');
    expect(await program.exit()).toMatchObject({
      code: 0,
      signal: null,
      stderr:
        'bunserve: worker 2 was killed by SIGKILL; starting it again in 0.1 s\n' +
        'bunserve: worker 3 ended with exit code 143; starting it again in 0.1 s\n',
    });
  });
});

test('export default, and a port that is given', async () => {
  const port = await freePort();
  const code = `${TELL}
    export default { hostname: '127.0.0.1', fetch(request, server) { return new Response('port ' + server.port); } };
    setImmediate(() => tell({}));
  `;
  await withWorkers(code, ['--workers=2', '--port', String(port)], async (program) => {
    await told(program, 2);
    expect(await ask(port)).toBe(`port ${port}`);
    process.kill(program.pid, 'SIGINT');
    expect(await program.exit()).toMatchObject({ code: 0, signal: null, stderr: '' });
  });
});

test('auto is the number of processors', async () => {
  await withWorkers(`${TELL} tell({});`, ['--workers', 'auto'], async (program) => {
    const { code, stdout } = await program.exit();
    const { availableParallelism } = await import('node:os');
    expect([code, stdout.trim().split('\n').length]).toEqual([0, availableParallelism()]);
  });
});

describe('topics', () => {
  const CHAT = `${TELL}
    const serve = (name) => Bun.serve({
      hostname: '127.0.0.1', port: 0, development: false,
      fetch: (request, server) => server.upgrade(request) ? undefined : new Response(),
      websocket: {
        open(ws) { ws.subscribe('room'); ws.send(String(process.pid)); },
        message(ws, message) { ws.publish('room', name + ' ' + message); },
      },
    });
    tell({ ports: [serve('first').port, serve('second').port] });
  `;

  interface Client {
    socket: WebSocket;
    pid: string;
    heard: string[];
  }

  async function connect(port: number): Promise<Client> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    const [data] = (await once(socket, 'message')) as [Buffer];
    const heard: string[] = [];
    socket.on('message', (message: Buffer) => heard.push(message.toString()));
    return { socket, pid: data.toString(), heard };
  }

  /** Clients of two workers. */
  async function connectTwo(port: number): Promise<[Client, Client]> {
    const first = await connect(port);
    for (;;) {
      const second = await connect(port);
      if (second.pid !== first.pid) return [first, second];
      second.socket.terminate();
    }
  }

  const until = async (check: () => boolean): Promise<void> => {
    while (!check()) await new Promise((resolve) => setTimeout(resolve, 1));
  };

  test('reach the sockets of other workers, not those of other servers', async () => {
    await withWorkers(CHAT, ['--workers', '2'], async (program) => {
      const [{ ports }] = (await told(program, 2)) as unknown as [{ ports: [number, number] }];
      const [one, two] = await connectTwo(ports[0]);
      const [other] = await connectTwo(ports[1]);
      const all = [one, two, other];
      // Until both directions are there.
      while (two.heard.length === 0 || one.heard.length === 0) {
        one.socket.send('probe');
        two.socket.send('probe');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      one.socket.send('text \u2713');
      await until(() => two.heard.includes('first text \u2713'));
      two.socket.send('back');
      await until(() => one.heard.includes('first back'));
      expect(one.heard.filter((message) => message === 'first back')).toHaveLength(1);
      expect(one.heard).not.toContain('first text \u2713');
      expect(other.heard).toEqual([]);
      // Sockets are told that the server goes.
      const closed = Promise.all(all.map(({ socket }) => once(socket, 'close')));
      process.kill(program.pid, 'SIGTERM');
      for (const [code] of (await closed) as [number][]) expect(code).toBe(1001);
      expect(await program.exit()).toMatchObject({ code: 0, signal: null, stderr: '' });
    });
  });
});

describe('ends', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s: requests under way are answered', async (name) => {
    const waiting = `${TELL}
      const server = Bun.serve({ hostname: '127.0.0.1', port: 0, development: false, idleTimeout: 0,
        async fetch() {
          tell({ waits: true });
          // Until the server stops listening.
          while (server.port !== 0) await new Promise((done) => setTimeout(done, 1));
          return new Response('late');
        } });
      tell({ port: server.port });
    `;
    await withWorkers(waiting, ['--workers', '2'], async (program) => {
      const [{ port }] = (await told(program, 2)) as [Told];
      const client = await openRequest(program, port, '/');
      process.kill(program.pid, name);
      await client.untilEnd();
      expect(client.messages.map(text)).toEqual(['late']);
      expect(await program.exit()).toMatchObject({ code: 0, signal: null, stderr: '' });
    });
  });

  test('a slow client gets its response to the end; sockets are closed when it has left', async () => {
    const size = 20_000_000;
    const code = `${TELL}
      const server = Bun.serve({ hostname: '127.0.0.1', port: 0, development: false, idleTimeout: 0,
        routes: { '/large': () => { tell({ waits: true }); return new Response(new Uint8Array(${size})); } },
        fetch: (request, server) => server.upgrade(request) ? undefined : new Response(),
        websocket: { message() {} } });
      tell({ port: server.port });
    `;
    await withWorkers(code, ['--workers', '1'], async (program) => {
      const [{ port }] = (await told(program, 1)) as [Told];
      const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
      await once(socket, 'open');
      const client = createConnection(port, '127.0.0.1');
      client.write(get('/large'));
      await program.next();
      let received = 0;
      let isClosed = false;
      const closed = once(socket, 'close').then(([status]) => {
        isClosed = true;
        return status as number;
      });
      const read = once(client, 'end');
      process.kill(program.pid, 'SIGTERM');
      // The worker listens no more: it is draining.
      for (;;) {
        const other = await RawClient.connect({ port }).catch(() => undefined);
        if (other === undefined) break;
        other.destroy();
      }
      expect(isClosed).toBe(false);
      client.on('data', (piece: Buffer) => (received += piece.length));
      await read;
      expect(received).toBeGreaterThan(size);
      expect(await closed).toBe(1001);
      expect(await program.exit()).toMatchObject({ code: 0, signal: null, stderr: '' });
    });
  });

  test('a worker that is busy starting ends, too', async () => {
    const code = `${TELL} tell({});
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
      Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
    `;
    await withWorkers(code, ['--workers', '2'], async (program) => {
      await told(program, 1);
      process.kill(program.pid, 'SIGTERM');
      expect(await program.exit()).toMatchObject({ code: 0, signal: null, stderr: '' });
    });
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a second %s does not wait', async (name, code) => {
    await withWorkers(SERVE, ['--workers', '2'], async (program) => {
      const [{ port }] = (await told(program, 2)) as [Told];
      const client = await openRequest(program, port, '/wait');
      process.kill(program.pid, name);
      // The workers listen no more: the first one has arrived.
      for (;;) {
        const other = await RawClient.connect({ port }).catch(() => undefined);
        if (other === undefined) break;
        other.destroy();
      }
      process.kill(program.pid, name);
      expect(await program.exit()).toMatchObject({ code, signal: null });
      await client.untilEnd();
      expect(client.messages).toEqual([]);
    });
  });

  test('a program that handles the signal ends as it likes', async () => {
    const code = `${SERVE}
      process.on('SIGTERM', (signal) => { tell({ signal }); server.stop(true).then(() => process.exit(7)); });
    `;
    await withWorkers(code, ['--workers', '2'], async (program) => {
      await told(program, 2);
      process.kill(program.pid, 'SIGTERM');
      expect(await told(program, 2)).toMatchObject([{ signal: 'SIGTERM' }, { signal: 'SIGTERM' }]);
      expect(await program.exit()).toMatchObject({ code: 7, signal: null, stderr: '' });
    });
  });

  test('workers do not outlive the primary process', async () => {
    await withWorkers(SERVE, ['--workers', '2'], async (program) => {
      const workers = await told(program, 2);
      program.kill();
      await program.exit();
      const isThere = ({ pid }: Told): boolean => {
        try {
          return process.kill(pid, 0);
        } catch {
          return false;
        }
      };
      while (workers.some(isThere)) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  });

  test('a program that is done is not started again', async () => {
    await withWorkers(`${TELL} tell({});`, ['--workers', '3'], async (program) => {
      const { code, stdout, stderr } = await program.exit();
      expect([code, stdout.trim().split('\n').length, stderr]).toEqual([0, 3, '']);
    });
  });
});

describe('failures', () => {
  test('a program that cannot start says so once', async () => {
    await withWorkers(`throw new Error('broken')`, ['--workers', '4'], async (program) => {
      const { code, stderr } = await program.exit();
      expect(code).toBe(1);
      expect(stderr.match(/Error: broken/g)).toHaveLength(1);
      expect(stderr).toMatch(
        /bunserve: worker 1 ended with exit code 1 before it served anything\n$/,
      );
    });
  });

  test('a port that others use', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const code = `Bun.serve({ port: ${port}, hostname: '127.0.0.1', fetch: () => new Response() });`;
    await withWorkers(code, ['--workers', '2'], async (program) => {
      const ending = await program.exit();
      expect(ending.code).toBe(1);
      expect(ending.stderr).toContain(`Failed to start server. Is port ${port} in use?`);
    });
    await new Promise((done) => holder.close(done));
  });

  test('a unix socket cannot be shared', async () => {
    const code = `Bun.serve({ unix: '\\0bunserve-test', fetch: () => new Response() });`;
    await withWorkers(code, ['--workers', '2'], async (program) => {
      const ending = await program.exit();
      expect(ending.code).toBe(1);
      expect(ending.stderr).toContain('A unix socket with --workers is not supported by bunserve');
    });
  });

  test('a worker that fails all the time is given up, and the others with it', async () => {
    await withWorkers(SERVE, ['--workers', '2'], async (program) => {
      const [{ port }] = (await told(program, 2)) as [Told];
      let asked = 0;
      const crash = async (): Promise<void> => {
        asked += 1;
        const client = await RawClient.connect({ port });
        await client.write(get('/crash'));
        await client.untilEnd().catch(() => undefined);
      };
      let isOver = false;
      const ended = program.exit().then((ending) => {
        isOver = true;
        return ending;
      });
      while (!isOver) await crash().catch(() => undefined);
      const ending = await ended;
      expect(asked).toBeGreaterThanOrEqual(5);
      expect(ending.code).toBe(3);
      expect(ending.stderr).toMatch(
        /bunserve: worker \d ended with exit code 3, for the 5th time in a row; giving up\n$/,
      );
      expect(ending.stderr).toMatch(/starting it again in 0\.1 s\n(?:.*\n)*.*again in 0\.8 s\n/);
    });
  });

  test.each(['0', '1.5', 'many', '', '1025'])('--workers %s', async (count) => {
    await withWorkers('', ['--workers', count], async (program) => {
      const { code, stderr } = await program.exit();
      expect(code).toBe(1);
      expect(stderr).toMatch(/^bunserve: --workers takes a number from 1 to 1024, or auto\nTry/);
    });
  });
});
