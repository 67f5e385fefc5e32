// SPDX-License-Identifier: MIT
//
// The .env files of the folder that a program is started in, before it runs.

import { UsageError } from './command-line.js';
import type * as EnvFile from './env-file.js';

const fs = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');

/** What Bun reads, those that count more first. */
function usualFiles(): string[] {
  const { BUN_ENV, NODE_ENV } = process.env;
  const given = BUN_ENV || NODE_ENV;
  const mode = given === 'production' || given === 'test' ? given : 'development';
  // Tests do not depend on the machine they run on.
  const local = mode === 'test' ? [] : ['.env.local'];
  return [`.env.${mode}.local`, ...local, `.env.${mode}`, '.env'];
}

/** `given`: files of --env-file, later ones count more; undefined for the usual ones. */
export function loadEnvironment(given: readonly string[] | undefined): void {
  const texts: string[] = [];
  for (const file of given === undefined ? usualFiles() : [...given].reverse()) {
    try {
      if (given !== undefined || fs.existsSync(file)) texts.push(fs.readFileSync(file, 'utf8'));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // A folder of that name is not meant.
      if (given === undefined && code === 'EISDIR') continue;
      throw new UsageError(`bunserve: cannot read ${file}: ${message}`);
    }
  }
  if (texts.length === 0) return;
  const load = createRequire(import.meta.url);
  const { applyEnv, forgetPlain } = load('./late/env-file.js') as typeof EnvFile;
  if (given !== undefined) forgetPlain(texts, process.env);
  applyEnv(texts, process.env);
}
