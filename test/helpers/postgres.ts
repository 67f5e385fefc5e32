// SPDX-License-Identifier: MIT
// A PostgreSQL of the test's own: a cluster in a temporary folder, reached through a unix socket
// there, run by a user without rights because it refuses root.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VERSIONS = '/usr/lib/postgresql';
const NOBODY = 65534;

export interface Postgres {
  /** For $DATABASE_URL; the database is empty. */
  readonly url: string;
  readonly stop: () => Promise<void>;
  /** Ends it without a goodbye; `start` brings it back. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

function programs(): string {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).map(Number) : [];
  const folder = join(VERSIONS, String(Math.max(...versions)), 'bin');
  if (existsSync(join(folder, 'initdb'))) return folder;
  throw new Error('PostgreSQL is not installed: node scripts/apt-tools.mjs js');
}

export async function startPostgres(): Promise<Postgres> {
  const bin = programs();
  const folder = mkdtempSync(join(tmpdir(), 'bunserve-pg-'));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  if (user.uid !== undefined) for (const one of [folder, data]) chownSync(one, NOBODY, NOBODY);
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' };
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'tester', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    { ...user, env, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: 'off',
    max_prepared_transactions: '5',
    timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let child: ChildProcess;
  let ended: Promise<void>;
  const kill = (): void => void child.kill('SIGQUIT');
  const start = async (): Promise<void> => {
    const started = spawn(join(bin, 'postgres'), ['-D', data, ...flags], {
      ...user,
      env,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    process.once('exit', kill);
    ended = new Promise<void>((resolve) => {
      started.once('close', () => {
        process.off('exit', kill);
        resolve();
      });
    });
    await new Promise<void>((resolve, reject) => {
      let log = '';
      started.stderr.on('data', (piece: Buffer) => {
        log += piece.toString();
        if (log.includes('ready to accept connections')) resolve();
      });
      void ended.then(() => reject(new Error(`postgres ended: ${log}`)));
    });
  };
  await start();
  const socket = encodeURIComponent(join(folder, '.s.PGSQL.5432'));
  return {
    url: `postgres://tester@localhost/postgres?path=${socket}`,
    stop: async () => {
      // Fast shutdown: open connections are ended.
      child.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
    // All its processes at once: connections are cut.
    kill: async () => {
      kill();
      await ended;
    },
    start,
  };
}
