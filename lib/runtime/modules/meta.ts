// SPDX-License-Identifier: MIT
//
// What Bun adds to `import.meta`, and `require` in ES modules: a first line for the modules that use
// them. The object is the module's own, so the names can be put there.

import { META_START } from '../script-signs.js';

const path = process.getBuiltinModule('node:path');
const { pathToFileURL } = process.getBuiltinModule('node:url');

export interface Role {
  /** The program's main file. */
  isMain: boolean;
  /** Loaded anew, under another URL than the file's. */
  isAgain: boolean;
}

/** One line. Imports run before it, wherever it stands; each module has its own `import.meta`. */
export function metaLine(file: string, { isMain, isAgain }: Role): string {
  const values = {
    dir: path.dirname(file),
    file: path.basename(file),
    path: file,
    main: isMain,
    ...(isAgain ? { url: pathToFileURL(file).href } : {}),
  };
  return (
    `${META_START} for (const k in o) Object.defineProperty(m, k, { value: o[k], writable: true, ` +
    `enumerable: true, configurable: true }); ` +
    `m.env = process.env; const { createRequire } = process.getBuiltinModule('node:module'); ` +
    `m.require = createRequire(o.path); ` +
    `m.resolveSync = (s, p = o.path) => createRequire(p).resolve(s); ` +
    `})(import.meta, ${JSON.stringify(values)});`
  );
}
