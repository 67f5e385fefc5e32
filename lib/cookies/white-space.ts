// SPDX-License-Identifier: MIT
//
// Trimming as HTTP means it: String.prototype.trim would take Unicode's spaces along, and a pattern
// for both ends takes quadratic time on a run of spaces in the middle.

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d;
}

export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return end - start === text.length ? text : text.slice(start, end);
}
