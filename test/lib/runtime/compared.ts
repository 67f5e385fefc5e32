// SPDX-License-Identifier: MIT
// Runs one program of cases under Bun and under several versions of Node with bunserve, and tells
// where their results differ.
import { spawn } from 'node:child_process';
import { dirname, join, resolve as resolvePath } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bunFile } from '../../helpers/bun-file.js';
import { root } from '../process/program.js';

const { ensureNode } = (await import(
  pathToFileURL(join(root, 'scripts', 'node-versions.mjs')).href
)) as { ensureNode(this: void, major: number): Promise<string> };

/** The running Node, then the others that the runtime is tested on. */
export const NODES = [Number(process.versions.node.split('.')[0]), 22, 24, 26];

export function nodeFile(major: number): Promise<string> {
  return major === NODES[0] ? Promise.resolve(process.execPath) : ensureNode(major);
}

const REGISTER = pathToFileURL(join(root, 'dist', 'register.js')).href;
const folder = join(root, 'test', 'lib', 'runtime', 'programs');

export type Results = Map<string, unknown>;

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: dirname(args.at(-1) as string),
      env: { ...process.env, NODE_ENV: '', NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      // A warning on stderr is a difference, too.
      if (code === 0 && stderr === '') resolve(stdout);
      else reject(new Error(`${command} ended with ${code}: ${stderr}`));
    });
  });
}

function read(output: string): Results {
  const lines = output.trim().split('\n');
  return new Map(lines.map((line) => JSON.parse(line) as [string, unknown]));
}

export async function resultsOfBun(program: string, env: NodeJS.ProcessEnv = {}): Promise<Results> {
  return read(await run(bunFile(), [resolvePath(folder, program)], env));
}

export async function resultsOfNode(
  major: number,
  program: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Results> {
  const node = await nodeFile(major);
  return read(await run(node, ['--import', REGISTER, resolvePath(folder, program)], env));
}

/** Cases that give something else, with both results. */
export function differences(bun: Results, ours: Results): Record<string, unknown> {
  const names = new Set([...bun.keys(), ...ours.keys()]);
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const [theirs, own] = [bun.get(name), ours.get(name)];
    if (JSON.stringify(theirs) !== JSON.stringify(own)) found[name] = { bun: theirs, ours: own };
  }
  return found;
}
