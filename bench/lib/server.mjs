// SPDX-License-Identifier: MIT
// One server process under test: started on its core, awaited by connecting to it, looked at
// through /proc, ended. Knows how to run a contestant but nothing of workloads or figures.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { filesDir } from './files.mjs';
import { benchDir, buildDir } from './prepare.mjs';

const kStartLimit = 60_000;

// Below the range from which the kernel gives the load client its own ports.
let nextPort = 20_000 + (process.pid % 1000) * 10;

export class NotOffered extends Error {}

export async function freePort() {
  for (;;) {
    nextPort = nextPort >= 32_000 ? 20_000 : nextPort + 1;
    const port = nextPort;
    const free = await new Promise((resolve) => {
      const probe = createServer();
      probe.on('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

// What node:net's connect() takes, and what servers and the load client are told.
export const tcp = (port) => ({ port, host: '127.0.0.1' });
const unixSocket = (port) => ({ path: join(buildDir, `server-${port}.sock`) });

function canConnect(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

export function serverEnvironment(contestant, port, extra = {}) {
  const env = { ...process.env, ...contestant.env, ...extra, BENCH_PORT: String(port) };
  env.BENCH_FILES = filesDir;
  delete env.BENCH_UNIX;
  env.NODE_ENV = 'production';
  delete env.NODE_OPTIONS;
  return env;
}

function childrenOf(pid, task) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8');
    return children.split(' ').filter(Boolean).map(Number);
  } catch {
    // The thread has ended, or the kernel was built without this file.
    return [];
  }
}

export class Server {
  constructor(child, port, errors, address = tcp(port)) {
    this.child = child;
    this.port = port;
    this.address = address;
    this.errors = errors;
  }

  // The process and all its descendants.
  pids() {
    const all = [];
    const visit = (pid) => {
      all.push(pid);
      for (const task of readdirSync(`/proc/${pid}/task`)) childrenOf(pid, task).forEach(visit);
    };
    visit(this.child.pid);
    return all;
  }

  residentBytes() {
    return this.pids().reduce((total, pid) => {
      const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB/m);
      return total + Number(line?.[1] ?? 0) * 1024;
    }, 0);
  }

  openFiles() {
    return this.pids().reduce((total, pid) => total + readdirSync(`/proc/${pid}/fd`).length, 0);
  }

  alive() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  stop() {
    if (!this.alive()) return Promise.resolve();
    return new Promise((resolve) => {
      this.child.once('exit', resolve);
      // Some run the program in a process of its own, which would be left.
      for (const pid of this.pids()) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended with one before it.
        }
      }
    });
  }
}

// `isUnix`: on a unix socket, whose number only names it.
export async function startServer(contestant, app, cores, extraEnv = {}, isUnix = false) {
  const port = await freePort();
  const address = isUnix ? unixSocket(port) : tcp(port);
  const env = serverEnvironment(contestant, port, extraEnv);
  if (isUnix) {
    rmSync(address.path, { force: true });
    env.BENCH_UNIX = address.path;
  }
  const command = contestant.command(app, env);
  if (command === null) throw new NotOffered(`${contestant.label}: no app ${app}`);
  const child = spawn('taskset', ['-c', String(cores.server), ...command], {
    cwd: benchDir,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors = [];
  child.stderr.on('data', (data) => {
    if (errors.length < 50) errors.push(data.toString());
  });
  let exited = false;
  child.on('exit', () => {
    exited = true;
  });
  const server = new Server(child, port, errors, address);
  const deadline = Date.now() + kStartLimit;
  while (!(await canConnect(address))) {
    if (exited && child.exitCode === 64) throw new NotOffered(`${contestant.label}: no app ${app}`);
    if (exited || Date.now() > deadline) {
      await server.stop();
      const why = exited ? `ended with status ${child.exitCode}` : 'does not listen';
      throw new Error(`${contestant.label} ${why}\n${errors.join('')}`.trim());
    }
    await pause(2);
  }
  return server;
}
