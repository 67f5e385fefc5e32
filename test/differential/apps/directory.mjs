// SPDX-License-Identifier: MIT
// Directory routes over a site of its own, made anew for each run with times that never change.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { json, listening, port } from './support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'bunserve-directory-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

// Tue, 14 Nov 2023 22:13:20 GMT, and a fraction that must not matter.
const MODIFIED = 1_700_000_000.7;

function write(name, text = name, modified = MODIFIED) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, modified, modified);
}

write('outside.txt');
write('root/a.txt', '0123456789');
write('root/index.html', '<p>root');
write('root/sub/index.html', '<p>sub');
write('root/sub/b.css');
write('root/noindex/file');
write('root/index-is-directory/index.html/x');
write('root/.env', 'SECRET=1');
write('root/.git/config');
write('root/sub/.hidden');
write('root/a b.txt');
write('root/caf\u00e9.txt');
write('root/100%.txt');
write('root/a#b?c.txt');
write('root/a+b.txt');
write('root/a|b.txt');
write('root/a%41.txt');
write('root/empty.txt', '');
write('root/old.txt', 'old', 0);
write('root/older.txt', 'older');
// What JavaScript takes for "now".
execFileSync('touch', ['-d', '@-1000', join(folder, 'root/older.txt')]);
write('root/future.txt', 'future', 4_000_000_000);
write('root/large.bin', 'x'.repeat(300_000));
write('root/data.json', '{"plain":true}');
write('root/data.json.gz', 'not really gzip');
write('root/data.json.br', 'not really brotli');
write('root/stale.json', '{}', MODIFIED + 10);
write('root/stale.json.gz', 'stale');
write('root/photo.png');
write('root/photo.png.gz');
for (const extension of ['js', 'mjs', 'ts', 'svg', 'woff2', 'wasm', 'md', 'PDF', 'unknown']) {
  write(`root/types/x.${extension}`);
}
write('root/types/none');
write('root/types/dot.');
write('root/guarded/\u00e9.txt', 'guarded');
symlinkSync('a.txt', join(folder, 'root/link.txt'));
symlinkSync('sub', join(folder, 'root/link-to-sub'));
symlinkSync('../outside.txt', join(folder, 'root/link-out.txt'));
symlinkSync('../a.txt', join(folder, 'root/link-clamped.txt'));
symlinkSync('/a.txt', join(folder, 'root/link-absolute.txt'));
symlinkSync(join(folder, 'outside.txt'), join(folder, 'root/link-far.txt'));
symlinkSync('link-loop.txt', join(folder, 'root/link-loop.txt'));
symlinkSync('nowhere', join(folder, 'root/link-nowhere.txt'));
execFileSync('mkfifo', [join(folder, 'root/fifo')]);

const dir = join(folder, 'root');

const server = Bun.serve({
  port,
  development: false,
  maxRequestBodySize: 16,
  routes: {
    '/s/*': { dir },
    '/uncached/*': { dir, statCache: false },
    '/get/*': { GET: { dir } },
    '/deep/er/*': { dir },
    '/s/sub/route.txt': new Response('a route'),
    '/s/off/*': false,
    '/s/guarded/%C3%A9.txt': new Response('a guard'),
    '/file.txt/*': { dir: `${dir}/sub` },
  },
  fetch: (req) => json({ route: 'fetch', method: req.method, url: req.url }),
});

listening({ ports: { '': server.port } });
