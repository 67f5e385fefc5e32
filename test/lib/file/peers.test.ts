// SPDX-License-Identifier: MIT
// Files for curl: downloads that are resumed, and one that is fetched in parts at the same time.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { file, Response, type Server } from 'bunserve';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { startServer } from '../../helpers/with-server.js';

const run = promisify(execFile);
const folder = temporaryFolder();
const SIZE = 5_000_003;
const PARTS = 8;

/** Bytes that tell where they belong. */
const content = Buffer.alloc(SIZE);
for (let at = 0; at + 4 <= SIZE; at += 4) content.writeUInt32LE((at * 2654435761) >>> 0, at);
const source = join(folder, 'source.bin');
const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let server: Server;
let unix: Server;
beforeAll(() => {
  writeFileSync(source, content);
  const routes = {
    '/handler': () => new Response(file(source)),
    '/route': file(source),
    '/dir/*': { dir: folder },
  };
  server = startServer({ routes });
  unix = startServer({ unix: join(folder, 'socket'), routes });
});
afterAll(() => Promise.all([server.stop(true), unix.stop(true)]));

const curl = (...args: string[]): Promise<unknown> =>
  run('curl', ['--silent', '--show-error', '--fail', ...args]);

describe.each(['/handler', '/route', '/dir/source.bin'])('%s', (path) => {
  const url = (): string => `http://127.0.0.1:${server.port}${path}`;

  test.each([0, 1, 1_234_567, SIZE - 1])(
    'a download of which %i bytes are there',
    async (begun) => {
      const target = join(folder, `resumed-${begun}`);
      writeFileSync(target, content.subarray(0, begun));
      await curl('-C', '-', '-o', target, url());
      expect(hash(readFileSync(target))).toBe(hash(content));
    },
  );

  test('over a unix socket', async () => {
    const target = join(folder, 'unix');
    writeFileSync(target, content.subarray(0, 1000));
    await curl('--unix-socket', join(folder, 'socket'), '-C', '-', '-o', target, `http://x${path}`);
    expect(hash(readFileSync(target))).toBe(hash(content));
  });

  test('parts that are fetched at the same time', async () => {
    const length = Math.ceil(SIZE / PARTS);
    const args = Array.from({ length: PARTS }, (_, i) => {
      const next = i === 0 ? [] : ['--next', '--silent', '--fail'];
      const range = `${i * length}-${(i + 1) * length - 1}`;
      return [...next, '-r', range, '-o', join(folder, `part-${i}`), url()];
    });
    await curl('--parallel', ...args.flat());
    const parts = args.map((_, i) => readFileSync(join(folder, `part-${i}`)));
    expect(hash(Buffer.concat(parts))).toBe(hash(content));
  });
});

test('a download that is complete is refused, which curl takes for its end', async () => {
  const target = join(folder, 'complete');
  writeFileSync(target, content);
  const { stdout } = await run('curl', [
    ...['-sS', '-C', '-', '-o', target, '-w', '%{http_code} %header{content-range}'],
    `http://127.0.0.1:${server.port}/route`,
  ]);
  expect(stdout.startsWith('416')).toBe(true);
  expect(hash(readFileSync(target))).toBe(hash(content));
});
