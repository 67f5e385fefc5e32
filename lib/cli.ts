#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The `bunserve` command: runs a program written for Bun's server.
//   bunserve [options] file.ts [arguments of the program]

import { readCommandLine, usage, UsageError, type CommandLine } from './runtime/command-line.js';
import { loadEnvironment } from './runtime/environment.js';
import { describeFailure } from './runtime/load-failure.js';
import { runFile } from './runtime/run.js';
import type * as ChildPart from './runtime/child.js';

const path = process.getBuiltinModule('node:path');
const fs = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');

const load = createRequire(import.meta.url);
/** Set for the process that `--watch` starts and ends. */
const { BUNSERVE_WATCHED: watched } = process.env;

async function main(): Promise<void> {
  if (process.argv[2] === 'build') {
    const { buildCommand } = await import('./html/build-command.js');
    process.exitCode = await buildCommand(process.argv.slice(3));
    return;
  }
  const command = readCommandLine(process.argv.slice(2));
  if (command.show !== undefined) {
    console.log(command.show === 'help' ? usage : (load('../package.json') as Package).version);
    return;
  }
  const file = findEntry(command.file);
  if (command.nodeFlags.length > 0 || (command.mode === 'watch' && watched === undefined)) {
    runInChild(command, file);
    return;
  }
  delete process.env.BUNSERVE_WATCHED;
  const environment = loadEnvironment(command.envFiles);
  // The flag goes before the environment's names (docs, "Configuring a default port").
  if (command.port !== undefined) process.env.BUN_PORT = String(command.port);
  const { workers } = command;
  if (workers !== undefined) {
    const { runsProgram } = await import('./runtime/workers/index.js');
    if (!runsProgram(workers, process.argv[1] as string, process.argv.slice(2))) return;
  }
  process.argv = [process.argv[0] as string, file, ...command.rest];
  await runFile(file, command, environment, watched !== undefined);
}

interface Package {
  version: string;
}

function runInChild({ mode, nodeFlags, own }: CommandLine, file: string): void {
  const { runWatched, runWithFlags } = load('./late/child.js') as typeof ChildPart;
  const options = { nodeFlags, args: own, file };
  if (mode === 'watch') runWatched(options);
  else runWithFlags(options);
}

/** The program's file; its ending may be left out, as in imports. */
function findEntry(name: string): string {
  const file = path.resolve(name);
  const endings = ['', '.tsx', '.jsx', '.mts', '.ts', '.mjs', '.js', '.cts', '.cjs'];
  const isFile = (one: string): boolean =>
    fs.statSync(one, { throwIfNoEntry: false })?.isFile() ?? false;
  const found =
    endings.map((ending) => file + ending).find(isFile) ??
    endings.map((ending) => path.join(file, `index${ending}`)).find(isFile);
  if (found === undefined) throw new UsageError(`bunserve: no such file: ${file}`);
  return found;
}

main().catch((error: unknown) => {
  // The program's own errors end the process as they do in Node, servers or not.
  const text = error instanceof UsageError ? error.message : describeFailure(error);
  if (text === undefined) throw error;
  console.error(text);
  process.exitCode = 1;
});
