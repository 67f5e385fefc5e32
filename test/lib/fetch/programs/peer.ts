// SPDX-License-Identifier: MIT
// Runs in Bun: reads programs from stdin, one JSON line each, and answers with their outcomes.

import type { Program } from './language.js';
import { runProgram } from './machine.js';

const { createInterface } = process.getBuiltinModule('node:readline');

// Streams that fail while nobody reads them are not what is compared.
process.on('unhandledRejection', () => undefined);

const classes = { Response, Request, Headers };
for await (const line of createInterface({ input: process.stdin })) {
  const outcomes = await runProgram(JSON.parse(line) as Program, classes);
  process.stdout.write(`${JSON.stringify(outcomes)}\n`);
}
process.exit(0);
