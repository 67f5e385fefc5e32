// SPDX-License-Identifier: MIT
// Who takes part: how each server is started, which version it is, and whether it is there at all.
// A new contestant is one entry here and one file in servers/. Knows nothing of workloads.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nginxCommand, nginxFile } from './nginx.mjs';
import { benchDir, buildDir, rootDir } from './prepare.mjs';

const server = (name) => join(benchDir, 'servers', name);
const moduleDirs = [join(benchDir, 'node_modules'), join(rootDir, 'node_modules')];

// A program in TypeScript, for the starts.
const hello = server('hello.ts');

function packageVersion(name) {
  for (const dir of moduleDirs) {
    const file = join(dir, name, 'package.json');
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).version;
  }
  return null;
}

// npm packages that carry a binary put it in a scoped package per platform, of which npm installs
// those that fit: the first one that runs is the one for this machine.
// `moved` is where a postinstall script, if npm ran it, has put the binary.
function findBinary(scope, file, moved) {
  for (const dir of moduleDirs) {
    const scopeDir = join(dir, scope);
    const names = existsSync(scopeDir) ? readdirSync(scopeDir) : [];
    const candidates = names
      .sort((a, b) => a.length - b.length)
      .map((name) => join(scopeDir, name, file));
    if (moved) candidates.push(join(dir, moved));
    for (const binary of candidates) {
      if (!existsSync(binary)) continue;
      try {
        const version = execFileSync(binary, ['--version'], {
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        return { binary, version: version.toString().match(/\d+\.\d+\.\d+/)[0] };
      } catch {
        // Built for another processor or C library.
      }
    }
  }
  return null;
}

// A program of the system, if it is there.
function systemVersion(program, flag) {
  const { stdout, stderr, error } = spawnSync(program, [flag], { encoding: 'utf8' });
  if (error) return { missing: `${program} is not installed` };
  return { version: /\d+\.\d+\.\d+/.exec(stdout + stderr)?.[0] ?? '' };
}

function ours(plain) {
  return {
    role: 'ours',
    full: true,
    find() {
      if (!existsSync(join(rootDir, 'dist', 'index.js'))) {
        return { missing: 'dist/index.js does not exist: run `npm ci` or `npm run build` first' };
      }
      const { version } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8'));
      return { version };
    },
    command(app) {
      const script = [server('bun.mjs'), app];
      if (app === 'hello') {
        return plain ? null : [process.execPath, join(rootDir, 'dist', 'cli.js'), hello];
      }
      return [process.execPath, ...(plain ? [] : ['--import', 'bunserve/register']), ...script];
    },
    env: plain ? { BENCH_PLAIN: '1' } : {},
  };
}

/**
 * Another build of bunserve, such as the commit before a change: BENCH_OTHER is its directory. Its
 * own copy of servers/bun.mjs runs, because that finds the package it lies in.
 */
const otherTree = {
  role: 'peer',
  full: true,
  find() {
    const dir = process.env.BENCH_OTHER;
    if (!dir) return { missing: 'BENCH_OTHER names no directory' };
    if (!existsSync(join(dir, 'dist', 'index.js'))) return { missing: `${dir} is not built` };
    return { version: JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')).version };
  },
  command(app) {
    const dir = process.env.BENCH_OTHER;
    const script = join(dir, 'bench', 'servers', app === 'hello' ? 'hello.ts' : 'bun.mjs');
    if (app === 'hello') return [process.execPath, join(dir, 'dist', 'cli.js'), script];
    const register = pathToFileURL(join(dir, 'dist', 'register.js')).href;
    return [process.execPath, '--import', register, script, app];
  },
};

function nodePeer(file, packageName) {
  return {
    role: 'peer',
    find() {
      const version = packageName ? packageVersion(packageName) : process.versions.node;
      return version ? { version } : { missing: `${packageName} is not installed` };
    },
    command: (app) => [process.execPath, server(file), app],
  };
}

/** What nginx offers with TLS; servers/nginx.mjs writes its configuration. */
const nginxWithTls = (app) => [
  ...['sh', '-c', 'conf=$("$0" "$1" "$2") || exit $?; exec nginx -c "$conf"'],
  ...[process.execPath, server('nginx.mjs'), app],
];

function binaryPeer(scope, file, args, moved) {
  let found;
  return {
    role: 'peer',
    find() {
      found ??= findBinary(scope, file, moved);
      return found ? { version: found.version } : { missing: `no ${scope} binary runs here` };
    },
    command: (app) => (app === 'hello' ? [found.binary, hello] : [found.binary, ...args, app]),
  };
}

const tsxFile = () =>
  moduleDirs.map((dir) => join(dir, 'tsx', 'dist', 'cli.mjs')).find((file) => existsSync(file));

// `full` takes part in every round; the others, which differ from Bun by more than the noise or
// are only looked at, in every fourth one.
const table = {
  bunserve: { label: 'bunserve (register)', ...ours(false) },
  'bunserve-plain': { label: 'bunserve (plain)', ...ours(true) },
  other: { label: 'bunserve (other tree)', ...otherTree },
  bun: {
    label: 'Bun',
    full: true,
    ...binaryPeer('@oven', 'bin/bun', [server('bun.mjs')], 'bun/bin/bun.exe'),
  },
  uws: { label: 'uWebSockets.js', ...nodePeer('uws.cjs', 'uwebsockets'), full: true },
  ws: { label: 'ws', ...nodePeer('ws.mjs', 'ws') },
  deno: { label: 'Deno', ...binaryPeer('@deno', 'deno', ['run', '-A', server('deno.ts')]) },
  node: { label: 'node:http', ...nodePeer('node.mjs') },
  nginx: {
    label: 'nginx',
    role: 'peer',
    find: () => systemVersion(nginxFile, '-v'),
    command: (app, env) => (app === 'sendfile' ? nginxCommand(env) : nginxWithTls(app)),
  },
  fastify: { label: 'Fastify', ...nodePeer('fastify.mjs', 'fastify') },
  hono: { label: 'Hono (node-server)', ...nodePeer('hono.mjs', '@hono/node-server') },
  tsx: {
    label: 'tsx (node:http)',
    ...nodePeer('hello-node.ts', 'tsx'),
    command: (app) =>
      app === 'hello' ? [process.execPath, tsxFile(), server('hello-node.ts')] : null,
  },
  srvx: { label: 'srvx', ...nodePeer('srvx.mjs', 'srvx') },
  floor: {
    label: 'floor (bare epoll in C)',
    role: 'floor',
    find: () => ({ version: '' }),
    command: (app) => [join(buildDir, 'floor'), app],
  },
};

export const contestantIds = Object.keys(table);

// The contestants that are there, in table order, and why the others are not.
export function findContestants(ids) {
  const present = [];
  const missing = [];
  for (const id of contestantIds.filter((name) => ids.includes(name))) {
    const { version, missing: reason } = table[id].find();
    if (reason) missing.push({ id, label: table[id].label, reason });
    else present.push({ id, env: {}, full: false, ...table[id], version });
  }
  return { present, missing };
}
