// SPDX-License-Identifier: MIT
// Where nginx is, and how it serves the bench's files: one process, sendfile, nothing logged. Debian
// installs it outside of an ordinary user's path.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDir } from './prepare.mjs';

export const nginxFile = existsSync('/usr/sbin/nginx') ? '/usr/sbin/nginx' : 'nginx';

const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** The command line of one that listens and serves as `env` says. */
export function nginxCommand({ BENCH_PORT: port, BENCH_UNIX: unix, BENCH_FILES: root }) {
  const listen = unix ? `unix:${unix}` : `127.0.0.1:${port}`;
  const folder = join(buildDir, `nginx-${port}`);
  mkdirSync(folder, { recursive: true });
  const lines = [
    ...(process.getuid() === 0 ? ['user root;'] : []),
    // One process, so that it ends with the one that is told to.
    'master_process off;',
    'daemon off;',
    `pid ${join(folder, 'pid')};`,
    'error_log stderr crit;',
    'events { worker_connections 16384; }',
    'http {',
    '  access_log off;',
    '  sendfile on;',
    '  tcp_nopush on;',
    '  keepalive_requests 100000000;',
    '  keepalive_timeout 120s;',
    '  default_type application/octet-stream;',
    ...temporary.map((kind) => `  ${kind}_temp_path ${join(folder, kind)};`),
    `  server { listen ${listen}; root ${root}; }`,
    '}',
  ];
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return [nginxFile, '-p', folder, '-c', file];
}
