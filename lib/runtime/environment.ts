// SPDX-License-Identifier: MIT
//
// The .env files of the folder that a program is started in, before it runs.

import { UsageError } from './command-line.js';
import type * as EnvFile from './env-file.js';

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');
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

/** The files, those that are not there as well, for whoever watches them. */
export interface Environment {
  files: readonly string[];
  /** Reads them again: what they said before counts no longer, what the program has set stays. */
  again: () => void;
}

/** `given`: files of --env-file, later ones count more; undefined for the usual ones. */
export function loadEnvironment(given: readonly string[] | undefined): Environment {
  // The program may set NODE_ENV and go to another folder.
  const files = (given === undefined ? usualFiles() : [...given].reverse()).map((file) =>
    path.resolve(file),
  );
  let added = read(files, given);
  const again = (): void => {
    for (const [name, value] of added ?? []) {
      if (process.env[name] === value) delete process.env[name];
    }
    added = read(files, given);
  };
  return { files, again };
}

function read(
  files: readonly string[],
  given: readonly string[] | undefined,
): ReadonlyMap<string, string> | undefined {
  const texts: string[] = [];
  for (const file of files) {
    try {
      if (given !== undefined || fs.existsSync(file)) texts.push(fs.readFileSync(file, 'utf8'));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // A folder of that name is not meant.
      if (given === undefined && code === 'EISDIR') continue;
      const name = path.relative('', file);
      throw new UsageError(`bunserve: cannot read ${name}: ${message}`);
    }
  }
  if (texts.length === 0) return undefined;
  const load = createRequire(import.meta.url);
  const { applyEnv, forgetPlain } = load('./late/env-file.js') as typeof EnvFile;
  if (given !== undefined) forgetPlain(texts, process.env);
  return applyEnv(texts, process.env);
}
