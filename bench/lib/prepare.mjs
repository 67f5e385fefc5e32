// SPDX-License-Identifier: MIT
// Gets everything ready before timing: the peers (npm, once), the C programs (cc, when changed),
// and the link through which the server scripts import `bunserve`. Measures nothing.
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const benchDir = dirname(dirname(fileURLToPath(import.meta.url)));
export const rootDir = dirname(benchDir);
export const buildDir = join(benchDir, 'build');
const modulesDir = join(benchDir, 'node_modules');

function megabytes(dir) {
  try {
    const kilobytes = execFileSync('du', ['-sk', dir], { stdio: ['ignore', 'pipe', 'ignore'] });
    return Math.round(parseInt(kilobytes.toString(), 10) / 1024);
  } catch {
    return 0;
  }
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: benchDir, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args[0]} ended with status ${code}`));
    });
  });
}

// Installs bench/package.json's peers unless that very list is installed already.
export async function installPeers() {
  const wanted = readFileSync(join(benchDir, 'package.json'), 'utf8');
  const marker = join(modulesDir, '.installed-for');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  const names = Object.keys(JSON.parse(wanted).dependencies);
  console.log(`Installing the peers into bench/node_modules (once, about 470 MB on disk):`);
  console.log(`  ${names.join(', ')}`);
  const progress = setInterval(() => console.log(`  ... ${megabytes(modulesDir)} MB`), 4000);
  try {
    // --ignore-scripts: the binaries come as packages of their own and are run from there.
    await run('npm', [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]);
  } catch (error) {
    throw new Error(
      `the peers could not be installed (${error.message}); is the npm registry reachable?`,
    );
  } finally {
    clearInterval(progress);
  }
  writeFileSync(marker, wanted);
  console.log(`  done, ${megabytes(modulesDir)} MB`);
}

// The scripts import 'bunserve' as any user does; npm knows nothing of this link.
export function linkBunserve() {
  const link = join(modulesDir, 'bunserve');
  try {
    lstatSync(link);
    rmSync(link, { recursive: true });
  } catch {
    // There was none.
  }
  // Soaks run without the peers.
  mkdirSync(modulesDir, { recursive: true });
  symlinkSync(join('..', '..'), link, 'dir');
}

const programs = {
  load: { sources: ['load/load.c'] },
  start: { sources: ['load/start.c'] },
  floor: { sources: ['floor/epoll.c'] },
};
// What needs OpenSSL's headers and a certificate; for the workloads that need them.
const securePrograms = {
  'load-tls': { sources: ['load/load.c'], flags: ['-DLOAD_TLS'], libraries: ['-lssl', '-lcrypto'] },
};

function newestSource(sources) {
  const dirs = new Set(sources.map((source) => dirname(join(benchDir, source))));
  const files = [...dirs].flatMap((dir) => readdirSync(dir).map((name) => join(dir, name)));
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

export const tlsFiles = {
  key: join(buildDir, 'tls-key.pem'),
  cert: join(buildDir, 'tls-cert.pem'),
  // What is sent as a file.
  content: join(buildDir, 'content-64M'),
};

export function buildPrograms() {
  compile(programs);
}

export function prepareTls() {
  if (!existsSync('/usr/include/openssl/ssl.h')) {
    throw new Error('the load client needs OpenSSL: apt-get install libssl-dev');
  }
  compile(securePrograms);
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650'];
  const files = ['-keyout', tlsFiles.key, '-out', tlsFiles.cert, '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...files], { stdio: 'ignore' });
  if (!existsSync(tlsFiles.content)) writeFileSync(tlsFiles.content, Buffer.alloc(64 << 20, 'f'));
}

function compile(wanted) {
  mkdirSync(buildDir, { recursive: true });
  for (const [name, { sources, flags = [], libraries = [] }] of Object.entries(wanted)) {
    const output = join(buildDir, name);
    if (existsSync(output) && statSync(output).mtimeMs > newestSource(sources)) continue;
    console.log(`Compiling bench/build/${name}`);
    execFileSync(
      'cc',
      [
        ...['-O2', '-std=gnu11', '-Wall', '-Wextra', ...flags, '-o', output],
        ...sources.map((source) => join(benchDir, source)),
        ...libraries,
      ],
      { stdio: 'inherit' },
    );
  }
}
