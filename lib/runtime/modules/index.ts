// SPDX-License-Identifier: MIT
//
// What the module hooks call when Node alone does not know what to do. A file of its own in dist/
// (late/modules.js), loaded with the first such module, in whatever thread the hooks run.

import { adaptScript, forgetFiles, loadFile } from './load.js';
import { findInPackages, rewriteSpecifier } from './resolve.js';
import { tellOfConfigs } from './tsconfig.js';

const path = process.getBuiltinModule('node:path');
const { createRequire } = process.getBuiltinModule('node:module');
const { fileURLToPath, pathToFileURL } = process.getBuiltinModule('node:url');

export { adaptScript, forgetFiles, loadFile, tellOfConfigs };

// Helpers of compiled code, wherever the program is installed.
const HELPERS = '@oxc-project/runtime/';

/** What to ask Node for; a URL, or a path for require(). */
export function specifierFor(
  specifier: string,
  parentUrl: string | undefined,
  isRequire: boolean,
): string {
  if (specifier.startsWith(HELPERS)) {
    const file = createRequire(import.meta.url).resolve(specifier);
    return isRequire ? file : pathToFileURL(file).href;
  }
  return rewriteSpecifier(specifier, fileOf(parentUrl), isRequire);
}

/** Where else to look, when Node has not found it. */
export function otherSpecifier(
  specifier: string,
  parentUrl: string | undefined,
  isRequire: boolean,
): string | undefined {
  const file = findInPackages(specifier, fileOf(parentUrl), isRequire);
  if (file === undefined) return undefined;
  return isRequire ? file : pathToFileURL(file).href;
}

/** Path of a file: URL; what is a path already stays one. */
export function fileOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (path.isAbsolute(url)) return url;
  if (!url.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}
