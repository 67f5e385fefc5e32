// Files and videos over HTTPS: `bunserve server.ts [folder]`, then https://localhost:3443
// Makes itself a certificate when there is none (with openssl), which browsers will ask about.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, 'public'));
const key = join(import.meta.dirname, 'key.pem');
const cert = join(import.meta.dirname, 'cert.pem');

if (!existsSync(key)) {
  const subject = [
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  ];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '365'];
  const files = ['-keyout', key, '-out', cert];
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', ...kind, ...files, ...subject]);
  if (status !== 0) throw new Error(`openssl could not make a certificate: ${stderr}`);
}

/** What there is, newest first. */
function list(): { name: string; size: number; changed: string }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => ({ name: entry.name, stat: statSync(join(folder, entry.name)) }))
    .sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs)
    .map(({ name, stat }) => ({ name, size: stat.size, changed: stat.mtime.toISOString() }));
}

function row({ name, size }: { name: string; size: number }): string {
  const link = `/files/${encodeURIComponent(name)}`;
  const isVideo = /\.(?:mp4|webm)$/i.test(name);
  const player = isVideo ? `<video controls preload="metadata" src="${link}"></video>` : '';
  return `<li><a href="${link}">${Bun.escapeHTML(name)}</a> <small>${size} bytes</small>${player}</li>`;
}

const page = (items: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Files</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem }
  li { margin: .5rem 0 } video { display: block; width: 100%; margin: .5rem 0; border-radius: .5rem }
</style>
<h1>Files</h1><ul>${items}</ul>
</html>`;

const server = Bun.serve({
  port: process.env.PORT ?? 3443,
  tls: { key: Bun.file(key), cert: Bun.file(cert) },
  routes: {
    '/': () =>
      new Response(page(list().map(row).join('')), {
        headers: { 'content-type': 'text/html;charset=utf-8' },
      }),
    '/api/files': () => Response.json(list()),
    // Ranges, ETags and what is not to be had outside of the folder are the server's business.
    '/files/*': { dir: folder, headers: { 'cache-control': 'private, no-cache' } },
    '/favicon.ico': false,
  },
  fetch: () => new Response('Not found', { status: 404 }),
});

console.log(`Listening on ${server.url}`);
