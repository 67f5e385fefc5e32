// SPDX-License-Identifier: MIT
//
// The chat in two processes with one Redis between them: `npm run example:chat`, then open both pages.
// Starts a redis-server of its own unless $REDIS_URL names one. Arguments: the two ports.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [first = '3000', second = '3001'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'bunserve-chat-'));
const children = new Set();
let isEnding = false;

/** Ends everything; when one of the processes is gone the example is over. */
function end(code) {
  if (isEnding) return;
  isEnding = true;
  process.exitCode = code;
  for (const child of children) child.kill('SIGTERM');
}

function start(command, args, env = {}) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  child.on('error', (error) => {
    children.delete(child);
    const cure = error.code === 'ENOENT' ? `: install ${command}, or set REDIS_URL` : '';
    console.error(`${error.message}${cure}`);
    end(1);
  });
  child.on('exit', (code) => {
    children.delete(child);
    end(code ?? 0);
  });
  return createInterface({ input: child.stdout });
}

process.on('SIGINT', () => end(0));
process.on('SIGTERM', () => end(0));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

let address = process.env.REDIS_URL;
if (address === undefined) {
  address = join(folder, 'redis');
  const args = ['--port', '0', '--unixsocket', address, '--save', '', '--dir', folder];
  for await (const line of start('redis-server', args)) {
    if (line.includes('eady to accept connections')) break;
  }
}

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const program = fileURLToPath(new URL('server.mjs', import.meta.url));
for (const port of isEnding ? [] : [first, second]) {
  const lines = start(process.execPath, [cli, '--port', port, program], { REDIS_URL: address });
  lines.on('line', (line) => console.log(line));
}
