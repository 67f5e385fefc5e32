// SPDX-License-Identifier: MIT
//
// Whether a program may need the module hooks, as far as its text tells: it imports `bun`, TypeScript,
// data files and so on. Without synchronous hooks (Node 20) they need a loader thread, which costs a
// quarter of the whole start (30 ms of 115); programs that only use the global `Bun` need not pay for
// it. Whatever cannot be told counts as yes, so an answer of no is safe.

import { leansOnBun } from './script-signs.js';

const { readFileSync } = process.getBuiltinModule('node:fs');
const { createRequire, isBuiltin } = process.getBuiltinModule('node:module');
const path = process.getBuiltinModule('node:path');

const MAX_FILES = 64;
// Specifiers after from, import and import(; an import() of anything but a literal has none.
const SPECIFIER = /\b(?:from|import)\s*(?:\(\s*)?(["'])((?:(?!\1)[^\n])+)\1/g;
const REQUIRED = /\brequire\s*\(\s*(["'])((?:(?!\1)[^\n])+)\1\s*\)/g;
// Anything but a literal is required, or somebody else is to require it.
const COMPUTED_REQUIRE =
  /\bcreateRequire\b|\brequire\b(?!\s*(?:\(\s*(["'])(?:(?!\1)[^\n])+\1\s*\)|\.\s*(?:resolve|cache|main)\b))/;
const COMPUTED_IMPORT = /\bimport\s*\(\s*(?!["'])/;
// What an import wants a file to be, which the hooks see to.
const ATTRIBUTES = /["']\s*(?:,\s*\{\s*)?(?:with|assert)\s*[:{]/;

/** True unless no module reachable from `entry` can need the hooks. */
export function mayNeedHooks(entry: string | undefined): boolean {
  if (entry === undefined) return true;
  const queue = [entry];
  const seen = new Set(queue);
  for (const file of queue) {
    if (seen.size > MAX_FILES) return true;
    if (!/\.[cm]?js$/.test(file)) return true;
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return true;
    }
    const specifiers = specifiersOf(text);
    if (specifiers === undefined || COMPUTED_REQUIRE.test(text) || leansOnBun(file, text))
      return true;
    const required = new Set([...text.matchAll(REQUIRED)].map(([, , name]) => name as string));
    const found = [
      ...specifiers.map((specifier) => follow(specifier, file)),
      ...[...required].map((specifier) => followRequired(specifier, file)),
    ];
    for (const next of found) {
      if (next === undefined) return true;
      if (next !== null && !seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return false;
}

/** All that is imported, with what only looks like it; undefined when some of it cannot be told. */
export function specifiersOf(text: string): string[] | undefined {
  if (COMPUTED_IMPORT.test(text) || ATTRIBUTES.test(text)) return undefined;
  return [...text.matchAll(SPECIFIER)].map(([, , specifier]) => specifier as string);
}

/** The file to look at next, null for none, undefined when the module may hold anything. */
function follow(specifier: string, from: string): string | null | undefined {
  if (isBuiltin(specifier) || /^bunserve(?:\/|$)/.test(specifier)) return null;
  if (!specifier.startsWith('./') && !specifier.startsWith('../')) return undefined;
  return path.resolve(path.dirname(from), specifier);
}

/** The same for require(), which also finds files without their endings. */
function followRequired(specifier: string, from: string): string | null | undefined {
  if (!/^\.{1,2}\//.test(specifier)) return follow(specifier, from);
  try {
    const file = createRequire(from).resolve(specifier);
    return /\.(?:json|node)$/.test(file) ? null : file;
  } catch {
    return undefined;
  }
}
