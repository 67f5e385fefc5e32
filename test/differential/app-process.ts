// SPDX-License-Identifier: MIT
// Starts one app under one runtime and talks to it: ports on the first line of its stdout, log
// lines on demand. Knows how each runtime is started; knows nothing of HTTP.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';

export type Runtime = 'bun' | 'ours';

const APPS = join('test', 'differential', 'apps');

/** The directory that holds test/differential/apps, wherever the tests were compiled to. */
export const repositoryRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(from: string): string {
  if (existsSync(join(from, APPS, 'support.mjs'))) return from;
  const up = dirname(from);
  if (up === from) throw new Error(`no ${APPS} above the compiled tests`);
  return findRoot(up);
}

async function bunPath(): Promise<string> {
  const finder = pathToFileURL(join(repositoryRoot, 'scripts', 'bun-path.mjs')).href;
  const { bunPath: find } = (await import(finder)) as { bunPath: () => string };
  return find();
}

interface Announcement {
  readonly ports: Readonly<Record<string, number>>;
  readonly failures?: Readonly<Record<string, string>>;
}

interface LogReply {
  readonly sync: number;
  readonly log: readonly string[];
}

/** The app ended before it listened; the message has its stderr. */
export class AppDidNotStart extends Error {
  override name = 'AppDidNotStart';
}

export class AppProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #replies = new Map<number, (log: readonly string[]) => void>();
  readonly #exited: Promise<void>;
  #announcement: Announcement = { ports: {} };
  #next = 0;
  #stderr = '';
  #hasExited = false;

  private constructor(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ) {
    this.#child = spawn(command, args, {
      cwd: repositoryRoot,
      // The test runner's own NODE_ENV and NODE_OPTIONS are not the app's business.
      env: { ...process.env, NODE_ENV: '', NODE_OPTIONS: '', APP_PORT: '0', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.on('data', (data: Buffer) => {
      this.#stderr = (this.#stderr + data.toString()).slice(-4000);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('close', () => {
        this.#hasExited = true;
        resolve();
      });
    });
  }

  static async start(
    runtime: Runtime,
    app: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<AppProcess> {
    const script = join(repositoryRoot, APPS, `${app}.mjs`);
    const started =
      runtime === 'bun'
        ? new AppProcess(await bunPath(), [script], env)
        : new AppProcess(process.execPath, ['--import', 'bunserve/register', script], env);
    await started.#untilAnnounced(`${runtime} ${app}.mjs`);
    return started;
  }

  get hasExited(): boolean {
    return this.#hasExited;
  }

  get stderr(): string {
    return this.#stderr;
  }

  portOf(id: string): number | undefined {
    return this.#announcement.ports[id];
  }

  /** What serve() threw for this snippet, if it did. */
  failureOf(id: string): string | undefined {
    return this.#announcement.failures?.[id];
  }

  /** Takes the log lines of a snippet, once there are at least `count`. */
  async takeLog(id: string, count: number): Promise<readonly string[]> {
    if (this.#hasExited) return [];
    const sync = (this.#next += 1);
    const reply = new Promise<readonly string[]>((resolve) => this.#replies.set(sync, resolve));
    this.#child.stdin.write(`${JSON.stringify({ sync, id, logs: count })}\n`);
    return Promise.race([reply, this.#exited.then(() => [])]);
  }

  /** Closes the life-line and waits for the process to be gone. */
  async stop(): Promise<void> {
    this.#child.stdin.end();
    await this.#exited;
  }

  async #untilAnnounced(name: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#child.once('error', reject);
      void this.#exited.then(() => reject(new AppDidNotStart(`${name}: ${this.#stderr}`)));
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        const message = JSON.parse(line) as Announcement | LogReply;
        if ('sync' in message) {
          this.#replies.get(message.sync)?.(message.log);
          this.#replies.delete(message.sync);
        } else {
          this.#announcement = message;
          resolve();
        }
      });
    });
  }
}
