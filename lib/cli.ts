#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The `bunserve` command: runs a program written for Bun's server.
//   bunserve [--port N] [--workers N] file.mjs [arguments of the program]

import { readCommandLine, UsageError } from './runtime/command-line.js';
import { installRuntime } from './runtime/install.js';
import { runProgram } from './runtime/run.js';

const path = process.getBuiltinModule('node:path');
const { existsSync } = process.getBuiltinModule('node:fs');
const { pathToFileURL } = process.getBuiltinModule('node:url');

/** A file that could not be loaded: all there is to say, without frames of ours. */
function loadFailure(error: unknown): string | undefined {
  const { code, message, stack } = error as { code?: unknown; message?: string; stack?: string };
  if (typeof code !== 'string' || !code.startsWith('ERR_BUNSERVE_')) return undefined;
  if (code === 'ERR_BUNSERVE_MISSING_PEER') return message;
  const isShown = code === 'ERR_BUNSERVE_SYNTAX' || stack?.endsWith(`: ${message}`) === true;
  return isShown ? stack : undefined;
}

async function main(): Promise<void> {
  if (process.argv[2] === 'build') {
    const { buildCommand } = await import('./html/build-command.js');
    process.exitCode = await buildCommand(process.argv.slice(3));
    return;
  }
  const command = readCommandLine(process.argv.slice(2));
  // The flag goes before the environment's names (docs, "Configuring a default port").
  if (command.port !== undefined) process.env.BUN_PORT = String(command.port);
  const file = path.resolve(command.file);
  if (!existsSync(file)) throw new UsageError(`bunserve: no such file: ${file}`);
  if (command.workers !== undefined) {
    const { runsProgram } = await import('./runtime/workers/index.js');
    const self = process.argv[1] as string;
    if (!runsProgram(command.workers, self, process.argv.slice(2))) return;
  }
  installRuntime(file);
  process.argv = [process.argv[0] as string, file, ...command.rest];
  await runProgram(pathToFileURL(file).href);
}

main().catch((error: unknown) => {
  // The program's own errors end the process as they do in Node, servers or not.
  const text = error instanceof UsageError ? error.message : loadFailure(error);
  if (text === undefined) throw error;
  console.error(text);
  process.exitCode = 1;
});
