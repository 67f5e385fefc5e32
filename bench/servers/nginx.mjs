// SPDX-License-Identifier: MIT
// The apps that nginx has an answer for without a program: a text, and files. One process, on whose
// core no setting for several matters. Only with TLS: without, others are nearer to what is compared.
// Writes the configuration and prints its path; lib/contestants.mjs starts nginx in place of this.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildDir } from '../lib/prepare.mjs';

const { BENCH_TLS_KEY: key, BENCH_TLS_CERT: cert, BENCH_CONTENT: content } = process.env;
const folder = join(buildDir, 'nginx');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'memory'), Buffer.alloc(1024 * 1024, 'm'));

const text = 'default_type "text/plain;charset=utf-8"; return 200 "Bun!";';
const apps = {
  text,
  static: text,
  memory: `root ${folder}; try_files /memory =404;`,
  file: `root ${dirname(content ?? '/')}; try_files /${basename(content ?? '')} =404;`,
};
const app = apps[process.argv[2]];
if (!app || !key) process.exit(64);

const conf = join(folder, 'nginx.conf');
writeFileSync(
  conf,
  `daemon off; master_process off; worker_rlimit_nofile 65536; pid ${folder}/pid;
error_log stderr crit;
events { worker_connections 30000; }
http {
  access_log off; sendfile on; tcp_nodelay on; keepalive_requests 100000000;
  keepalive_timeout 120s; server_tokens off; default_type application/octet-stream;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  ssl_certificate ${cert}; ssl_certificate_key ${key};
  ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets on; ssl_buffer_size 16k;
  server {
    listen 127.0.0.1:${process.env.BENCH_PORT} ssl;
    location / { ${app} }
  }
}
`,
);
console.log(conf);
