// SPDX-License-Identifier: MIT
//
// The options of Bun.write() and BunFile.write(), checked.

import { invalidArgument, outOfRange } from '../errors.js';

export interface WriteOptions {
  /** Makes missing folders above the file. Default true. */
  createPath?: boolean | null | undefined;
  /** Permissions of a file that is made, less the process's umask; default 0o666. */
  mode?: number | null | undefined;
}

/** Without what may be left out. */
export interface CheckedOptions {
  readonly createPath: boolean;
  readonly mode: number;
}

const DEFAULTS: CheckedOptions = { createPath: true, mode: 0o666 };
const MAX_MODE = 0o777;

/** @throws TypeError or RangeError in Bun's words. */
export function writeOptions(options: WriteOptions | null | undefined): CheckedOptions {
  if (options === undefined || options === null) return DEFAULTS;
  if (typeof options !== 'object') {
    throw invalidArgument("Expected options to be a object for 'write'.");
  }
  const createPath = options.createPath ?? DEFAULTS.createPath;
  if (typeof createPath !== 'boolean') {
    throw invalidArgument("Expected options.createPath to be a boolean for 'write'.");
  }
  const mode = options.mode ?? DEFAULTS.mode;
  if (typeof mode !== 'number') {
    throw invalidArgument("Expected options.mode to be a number for 'write'.");
  }
  if (!Number.isInteger(mode)) throw outOfRange('mode', 'an integer', mode);
  if (mode < 0 || mode > MAX_MODE) throw outOfRange('mode', `>= 0 and <= ${MAX_MODE}`, mode);
  return { createPath, mode };
}
