// SPDX-License-Identifier: MIT
//
// Bun.escapeHTML, Bun.stripANSI.

const { stripVTControlCharacters } = process.getBuiltinModule('node:util');

const SPECIAL = /["&'<>]/g;
const ESCAPED: Readonly<Record<string, string>> = {
  '"': '&quot;',
  '&': '&amp;',
  "'": '&#x27;',
  '<': '&lt;',
  '>': '&gt;',
};

/** A text for HTML content and quoted attributes; other values become text first. */
export function escapeHTML(input: unknown): string {
  if (typeof input === 'symbol') throw new TypeError('Cannot convert a symbol to a string');
  const text = typeof input === 'string' ? input : String(input);
  return text.replace(SPECIAL, (character) => ESCAPED[character] as string);
}

/** Without the escape sequences of terminals. */
export function stripANSI(input: string): string {
  return stripVTControlCharacters(String(input));
}
