// SPDX-License-Identifier: MIT
//
// Reads the raw request head that came with a request: one character a byte, already checked by the
// native parser, so that splitting is all there is to do. Needed once the handler went asynchronous
// or looks at more than a few fields.

const LF = 10;
const CR = 13;
const SP = 32;
const TAB = 9;

function lineStart(head: string): number {
  // One empty line before the request line is tolerated (RFC 9112 section 2.2).
  return head.charCodeAt(0) === CR ? 2 : 0;
}

/** The request target as on the wire. */
export function rawTarget(head: string): string {
  const start = head.indexOf(' ', lineStart(head)) + 1;
  return head.slice(start, head.indexOf(' ', start));
}

/** Field lines as [name, value, ...]: names in lower case, values without surrounding blanks. */
export function rawFields(head: string): string[] {
  const fields: string[] = [];
  let at = head.indexOf('\n', lineStart(head)) + 1;
  while (at < head.length && head.charCodeAt(at) !== CR && head.charCodeAt(at) !== LF) {
    const colon = head.indexOf(':', at);
    const end = head.indexOf('\r', colon);
    let from = colon + 1;
    let to = end;
    while (from < to && isBlank(head.charCodeAt(from))) from++;
    while (to > from && isBlank(head.charCodeAt(to - 1))) to--;
    fields.push(head.slice(at, colon).toLowerCase(), head.slice(from, to));
    at = end + 2;
  }
  return fields;
}

function isBlank(code: number): boolean {
  return code === SP || code === TAB;
}

/** All values of a field, joined as RFC 9110 section 5.3 says (Cookie: RFC 6265 section 5.4). */
export function joinedField(fields: string[], name: string): string | null {
  let found: string | null = null;
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] !== name) continue;
    const value = fields[i + 1] as string;
    if (found === null) found = value;
    else found += (name === 'cookie' ? '; ' : ', ') + value;
  }
  return found;
}

/** Same-named fields joined, for a Headers object. */
export function combinedFields(fields: string[]): string[] {
  const combined: string[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    if (name === 'set-cookie') combined.push(name, fields[i + 1] as string);
    if (name === 'set-cookie' || seen.has(name)) continue;
    seen.add(name);
    combined.push(name, joinedField(fields, name) as string);
  }
  return combined;
}
