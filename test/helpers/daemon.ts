// SPDX-License-Identifier: MIT
// Servers of other projects for the length of a test, which can be killed and started again at the
// same address: Redis behind a unix socket, NATS on a port it picks, each in a folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const NOBODY = 65534;

export interface Daemon {
  /** What clients connect to. */
  readonly address: string;
  /** Ends it without a goodbye. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** It takes connections and bytes, and answers nothing; until `resume`. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** For good. */
  readonly stop: () => Promise<void>;
}

function requireTool(program: string): void {
  const folders = (process.env.PATH ?? '').split(delimiter);
  if (folders.some((folder) => existsSync(join(folder, program)))) return;
  throw new Error(`${program} is not installed: node scripts/apt-tools.mjs js`);
}

interface Plan {
  program: string;
  args: string[];
  /** In its log when it takes connections. */
  ready: string;
  cwd: string;
}

/** Runs a program until it is killed; the process of the tests takes it along. */
class Runner {
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  readonly #onExit = (): void => void this.#child?.kill('SIGKILL');

  /** Resolves with its log when it takes connections. */
  async start(plan: Plan): Promise<string> {
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const child = spawn(plan.program, plan.args, {
      ...user,
      cwd: plan.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    process.once('exit', this.#onExit);
    this.#ended = new Promise((resolve) => {
      child.once('close', () => {
        process.off('exit', this.#onExit);
        resolve();
      });
    });
    return await new Promise<string>((resolve, reject) => {
      let log = '';
      const read = (piece: Buffer): void => {
        log += piece.toString();
        if (log.includes(plan.ready)) resolve(log);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      void this.#ended.then(() => reject(new Error(`${plan.program} ended: ${log}`)));
    });
  }

  send(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }
}

function ownFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `bunserve-${name}-`));
  if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
  return folder;
}

/** `address` is the path of its unix socket. */
export async function startRedis(): Promise<Daemon> {
  requireTool('redis-server');
  const folder = ownFolder('redis');
  const address = join(folder, 'socket');
  const args = ['--port', '0', '--unixsocket', address, '--save', '', '--appendonly', 'no'];
  const plan = { program: 'redis-server', args, ready: 'eady to accept connections', cwd: folder };
  const runner = new Runner();
  await runner.start(plan);
  return {
    address,
    kill: () => runner.kill(),
    pause: () => runner.send('SIGSTOP'),
    resume: () => runner.send('SIGCONT'),
    start: async () => void (await runner.start(plan)),
    stop: async () => {
      await runner.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `address` is `127.0.0.1:port`. */
export async function startNats(): Promise<Daemon> {
  requireTool('nats-server');
  const folder = ownFolder('nats');
  const plan = (port: string): Plan => ({
    program: 'nats-server',
    args: ['-a', '127.0.0.1', '-p', port],
    ready: 'Server is ready',
    cwd: folder,
  });
  const runner = new Runner();
  const log = await runner.start(plan('-1'));
  const [, port] = /client connections on 127\.0\.0\.1:(\d+)/.exec(log) as unknown as [
    string,
    string,
  ];
  return {
    address: `127.0.0.1:${port}`,
    kill: () => runner.kill(),
    pause: () => runner.send('SIGSTOP'),
    resume: () => runner.send('SIGCONT'),
    start: async () => void (await runner.start(plan(port))),
    stop: async () => {
      await runner.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
