// SPDX-License-Identifier: MIT
// Helpers of the fetch tests: turning calls into comparable outcomes.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';

// A failed property says what differed, not only on which input.
fc.configureGlobal({ includeErrorInReport: true });

/** The value of a call, or the class of what it threw. */
export function outcome(call: () => unknown): unknown {
  try {
    return { value: call() };
  } catch (error) {
    return { thrown: (error as Error).name };
  }
}

/** The value of a call's promise, or the class of its rejection. */
export async function settled(call: () => unknown): Promise<unknown> {
  try {
    return { value: await call() };
  } catch (error) {
    return { thrown: (error as Error).name };
  }
}

const root = fileURLToPath(import.meta.resolve('#lib/fetch/headers.js')).replace(
  /[^/]*\/[^/]*$/,
  '',
);

/** Runs module code in a fresh Node, with `lib` as the URL of our compiled lib; gives its stdout. */
export async function inFreshNode(code: string, flags: readonly string[] = []): Promise<string> {
  const script = `const lib = 'file://${root}';\n${code}`;
  const args = [...flags, '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.trim();
}
