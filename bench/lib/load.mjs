// SPDX-License-Identifier: MIT
// Runs the C load client once and gives back what it printed. Knows nothing of contestants.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildDir } from './prepare.mjs';

function loadArguments(server, cores, requestFile, options) {
  const args = [
    ...(server.address.path ? ['--unix', server.address.path] : ['--port', server.port]),
    ...['--requests', requestFile],
    ...['--cpu', cores.load, '--server-cpu', cores.server],
    ...['--connections', options.connections ?? 64, '--pipeline', options.pipeline ?? 1],
    ...['--status', options.status ?? 200],
    ...server.pids().flatMap((pid) => ['--watch', pid]),
  ];
  if (options.seconds !== undefined) args.push('--seconds', options.seconds);
  if (options.lead !== undefined) args.push('--lead', options.lead);
  if (options.tls) args.push(options.tls === 'resumed' ? '--tls-resumed' : '--tls');
  for (const flag of ['close', 'hold', 'discard', 'sleep', 'sockets', 'fanout']) {
    if (options[flag]) args.push(`--${flag}`);
  }
  return args.map(String);
}

function start(server, cores, requestFile, options) {
  const args = loadArguments(server, cores, requestFile, options);
  const program = options.tls ? 'load-tls' : 'load';
  const child = spawn(join(buildDir, program), args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { text: '', errors: '' };
  child.stdout.on('data', (data) => (output.text += data));
  child.stderr.on('data', (data) => (output.errors += data));
  child.stdin.on('error', () => {});
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output.text);
      else reject(new Error(`load client: ${output.errors.trim() || `status ${code}`}`));
    });
  });
  return { child, output, ended };
}

// One slice: {requests, errors, seconds, p50, p99, cpuMicros, steal, ...}.
export async function runSlice(server, cores, requestFile, options) {
  const { ended } = start(server, cores, requestFile, options);
  const slice = JSON.parse(await ended);
  // Of large bodies few fit into a slice: parts of them count, too.
  if (options.bodyBytes) slice.requests = slice.bytes / options.bodyBytes;
  if (slice.requests === 0) throw new Error('load client: not one answer in the whole slice');
  if (slice.errors > slice.requests / 1000) {
    throw new Error(
      `load client: ${slice.errors} errors at ${slice.requests} requests ` +
        JSON.stringify(slice.errorKinds),
    );
  }
  return slice;
}

// Opens connections, one request on each, and keeps them open until `release` is called.
export async function holdConnections(server, cores, requestFile, connections, more = {}) {
  const options = { ...more, connections, hold: true };
  const { child, ended } = start(server, cores, requestFile, options);
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  return {
    release() {
      child.stdin.end();
      return ended;
    },
  };
}
