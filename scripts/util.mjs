// SPDX-License-Identifier: MIT
// Helpers of the build and test scripts: run a program, find python3, print progress lines.
// Imports nothing that npm installs, because the build may run before any dependency is there.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** A failure whose message is all that the user needs; no stack trace is shown for it. */
export class CureError extends Error {}

const started = process.hrtime.bigint();

/** One progress line with the seconds since the script began. */
export function say(text) {
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(`[${seconds.toFixed(1).padStart(6)} s] ${text}`);
}

/** Runs a program in the project's root with its output shown; the exit code is returned. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ? 128 : code));
  });
}

/**
 * Runs a program and returns its output. It is also shown, unless `quiet`; with `show`, a regular
 * expression, only the matching lines are.
 */
export function runAndRead(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    let output = '';
    let line = '';
    const showLines = (text) => {
      const lines = (line + text).split('\n');
      line = lines.pop();
      for (const one of lines) if (options.show.test(one)) say(one.trim());
    };
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from.setEncoding('utf8');
      from.on('data', (text) => {
        output += text;
        if (options.show) showLines(text);
        else if (!options.quiet) to.write(text);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: signal ? 128 : code, output }));
  });
}

/** Runs a program that must succeed. */
export async function must(what, command, args, options = {}) {
  const code = await run(command, args, options);
  if (code !== 0) throw new CureError(`${what} failed (exit code ${code}); see the lines above.`);
}

/** Is a program on PATH? */
export function has(program) {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .some((folder) => folder !== '' && existsSync(path.join(folder, program)));
}

/** The python that node-gyp would take too: npm's setting, then PYTHON, then python3. */
export function python() {
  const candidates = [process.env.npm_config_python, process.env.PYTHON, 'python3', 'python'];
  for (const candidate of candidates) {
    if (!candidate) continue;
    const probe = spawnSync(candidate, ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']);
    if (probe.status === 0) return candidate;
  }
  throw new CureError(
    'python3 (3.8 or newer) not found. Install it (Debian: apt-get install python3) or set PYTHON.',
  );
}

/** Prefix of the running Node's headers, or undefined: node-gyp then downloads them. */
export function nodeHeaders() {
  if (process.env.npm_config_nodedir) return process.env.npm_config_nodedir;
  const prefix = path.resolve(path.dirname(process.execPath), '..');
  const file = path.join(prefix, 'include', 'node', 'node_version.h');
  if (!existsSync(file)) return undefined;
  const major = /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(file, 'utf8'))?.[1];
  return major === process.versions.node.split('.')[0] ? prefix : undefined;
}

/** Runs main and turns its failures into a short message and exit code 1. */
export async function cli(main) {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0;
  } catch (error) {
    console.error(error instanceof CureError ? `\nerror: ${error.message}` : error);
    process.exitCode = 1;
  }
}
