// SPDX-License-Identifier: MIT
//
// Other names for what a module imports, where Node 20 asks no hooks: a program that is loaded directly,
// and modules that require() leads to. Only the first statements are looked at: what comes later may be
// the text of a string.

import { META_START } from './script-signs.js';

// An import, with the blanks and comments before it; names in quotes and the like end the search.
const IMPORT =
  /((?:\s|\/\/[^\n\r\u2028\u2029]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/|(["'])use strict\2;?)*(?:import\b(?:[\w$*{},\s]+[\s}]from)?|export\b\s*[\w$*{},\s]+[\s}*]from)\s*)("[^"\n]+"|'[^'\n]+')([ \t]*(?:\bwith\s*\{[^{}]*\})?[ \t]*;?)/y;

export interface Renamed {
  code: string;
  /** New name -> that in the program. */
  replaced: ReadonlyMap<string, string>;
  /** What follows the first imports. */
  rest: string;
}

/** `rename`: undefined for what stays. */
export function renameImports(
  code: string,
  rename: (specifier: string) => string | undefined,
): Renamed {
  const replaced = new Map<string, string>();
  let end = code.startsWith(META_START) ? code.indexOf('\n') + 1 : 0;
  let start = code.slice(0, end);
  for (;;) {
    IMPORT.lastIndex = end;
    const found = IMPORT.exec(code);
    if (found === null) break;
    type Parts = [whole: string, before: string, _: unknown, name: string, after: string];
    const [whole, before, , name, after] = found as unknown as Parts;
    end = IMPORT.lastIndex;
    const specifier = name.slice(1, -1);
    const other = rename(specifier);
    if (other !== undefined) replaced.set(other, specifier);
    start += other === undefined ? whole : before + JSON.stringify(other) + after;
  }
  const rest = code.slice(end);
  return { code: start + rest, replaced, rest };
}
