// SPDX-License-Identifier: MIT
//
// The lines of code around a position, cut to what a page can show.

export interface Excerpt {
  /** Number of the first line. */
  start: number;
  lines: string[];
}

const BEFORE = 5;
const AFTER = 4;
const MAX_COLUMNS = 400;

/** Undefined when the code has no such line. */
export function excerptOf(code: string, line: number, column: number): Excerpt | undefined {
  const all = code.split(/\r\n|[\n\r\u2028\u2029]/);
  const wanted = all[line - 1];
  if (wanted === undefined || wanted.trim() === '') return undefined;
  // Minified: one line of it would fill the page, and another person's code with it.
  if (column > MAX_COLUMNS) return undefined;
  const start = Math.max(1, line - BEFORE);
  const lines = all.slice(start - 1, line + AFTER).map((text) => text.slice(0, MAX_COLUMNS));
  while (lines.at(-1)?.trim() === '') lines.pop();
  const blank = lines.findIndex((text) => text.trim() !== '');
  return { start: start + blank, lines: lines.slice(blank) };
}
