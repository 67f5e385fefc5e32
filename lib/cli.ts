#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The `bunserve` command: runs a program written for Bun's server.
//   bunserve [--port N] file.mjs [arguments of the program]

import './register.js';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runProgram } from './runtime/run.js';
import { readCommandLine, UsageError } from './runtime/command-line.js';
import { setCommandPort } from './server/options.js';

async function main(): Promise<void> {
  const command = readCommandLine(process.argv.slice(2));
  setCommandPort(command.port);
  const file = path.resolve(command.file);
  process.argv = [process.argv[0] as string, file, ...command.rest];
  await runProgram(pathToFileURL(file).href);
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) console.error(error.message);
  else console.error(error);
  process.exitCode = 1;
});
