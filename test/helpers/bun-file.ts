// SPDX-License-Identifier: MIT
// Where the real Bun is, for tests that ask it directly.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const finder = pathToFileURL(join(process.cwd(), 'scripts', 'bun-path.mjs')).href;
const { bunPath } = (await import(finder)) as { bunPath(this: void): string };

/** Path of the Bun that is a dev dependency; throws when there is none. */
export const bunFile = bunPath;
