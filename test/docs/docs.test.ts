// SPDX-License-Identifier: MIT
// Every code block of the documentation of Bun's server, run under the command and under Bun.
import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bunFile } from '../helpers/bun-file.js';
import { startPostgres, type Postgres } from '../helpers/postgres.js';
import { root } from '../lib/process/program.js';
import { CASES } from './cases.js';
import { blockCount, codeOf, runBlock, type Surroundings } from './run-block.js';

const CLI = [process.execPath, join(root, 'dist', 'cli.js')];

let postgres: Postgres;
let upstream: Server;
let around: Surroundings;

function keys(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'bunserve-keys-'));
  const make = (...args: string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl: ${stderr}`);
  };
  const subject = ['-subj', '/CN=localhost', '-days', '30', '-nodes'];
  make('req', '-x509', '-newkey', 'rsa:2048', '-keyout', 'key.pem', '-out', 'cert.pem', ...subject);
  const passphrase = ['-passout', 'pass:my-secret-passphrase'];
  make('rsa', '-aes256', ...passphrase, '-in', 'key.pem', '-out', 'encrypted-key.pem');
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const found = {
    ...{ 'key.pem': read('key.pem'), 'cert.pem': read('cert.pem'), 'ca.pem': read('cert.pem') },
    'encrypted-key.pem': read('encrypted-key.pem'),
  };
  rmSync(folder, { recursive: true });
  return found;
}

beforeAll(async () => {
  postgres = await startPostgres();
  upstream = createServer((_, answer) => {
    answer.setHeader('content-type', 'application/json;charset=utf-8').end('{"from":"elsewhere"}');
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  around = {
    postgres: postgres.url,
    upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`,
    files: {
      ...keys(),
      'favicon.ico': 'an icon',
      'hello.txt': 'Hello, file!',
      'big-video.mp4': 'frame '.repeat(2000),
      'types.ts': codeOf(16),
      'package.json': '{}',
      'index.html': '<!doctype html><title>App</title><script type=module src=./app.tsx></script>',
      'app.tsx': 'document.title = "ran" as string;',
    },
  };
});
afterAll(async () => {
  upstream.close();
  await postgres.stop();
});

test('every block has its case', () => {
  expect(CASES.map(({ block }) => block)).toEqual(
    Array.from({ length: blockCount }, (_, i) => i + 1),
  );
});

const run = CASES.filter(({ outcome }) => outcome !== 'types');

test.each(run.map((each) => [each.block, each.outcome, each] as const))(
  'block %i: %s',
  async (_, outcome, each) => {
    const ours = await runBlock(CLI, each, around);
    const expected = await runBlock([bunFile()], each, around);
    expect(ours).toEqual(expected);
    if (outcome === 'ends') expect(ours).toMatchObject({ code: 0 });
    if (outcome === 'fails') expect(ours).toMatchObject({ code: 1 });
  },
);
