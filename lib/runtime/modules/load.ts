// SPDX-License-Identifier: MIT
//
// From a file to what Node runs: the one place that decides which files are touched at all.

import { dataCommonJs, dataKind, dataModule, readData } from './data.js';
import { usesBunMeta, usesJsx, usesRequire } from '../script-signs.js';
import { metaLine, type Role } from './meta.js';
import { forgetTsConfigs } from './tsconfig.js';
import { compile } from './transform.js';

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');

export interface Loaded {
  format: 'module' | 'commonjs';
  source: string;
}

const COMPILED = new Set(['.ts', '.tsx', '.mts', '.cts', '.jsx']);
/** What a file has to become, undefined when it can run as it is. */
export function loadFile(
  file: string,
  options: { isRequire: boolean; isMain: boolean; isAgain: boolean; type?: string | undefined },
): Loaded | undefined {
  const kind = dataKind(file, options.type);
  if (kind !== undefined) {
    const value = readData(file, kind);
    return options.isRequire
      ? { format: 'commonjs', source: dataCommonJs(value, kind) }
      : { format: 'module', source: dataModule(value, kind) };
  }
  if (!COMPILED.has(path.extname(file))) return undefined;
  const loaded = imported.get(file) ?? compiled(file, options);
  // An import of CommonJS asks twice: for the names, then to run it.
  if (options.isRequire) imported.delete(file);
  else if (loaded.format === 'commonjs') imported.set(file, loaded);
  return loaded;
}

const imported = new Map<string, Loaded>();

/** Compiled files, and what else was read, may have changed. */
export function forgetFiles(): void {
  imported.clear();
  forgetTsConfigs();
}

function compiled(file: string, options: Role, text = fs.readFileSync(file, 'utf8')): Loaded {
  const { code, isCommonJs } = compile(file, text, options);
  return { format: isCommonJs ? 'commonjs' : 'module', source: code };
}

/** JavaScript that leans on Bun: JSX in a .js file, Bun's names in import.meta, require(). */
export function adaptScript(
  file: string,
  text: string,
  options: Role & { isModule: boolean },
): Loaded | undefined {
  if (usesJsx(file, text)) {
    try {
      return compiled(file, options, text);
    } catch {
      // It only looked like JSX: Node says what is wrong with it.
      return undefined;
    }
  }
  if (!options.isModule) return undefined;
  const needsRequire = usesRequire(text);
  if (!needsRequire && !options.isAgain && !usesBunMeta(text)) return undefined;
  const line = metaLine(file, options);
  const require = needsRequire ? ' const require = import.meta.require;' : '';
  // On the first line, so that all lines stay where they are.
  return { format: 'module', source: `${line}${require} ${text.replace(/^#!/, '//')}` };
}
