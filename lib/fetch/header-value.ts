// SPDX-License-Identifier: MIT
// Header values: WebIDL ByteString conversion, the standard's "normalize" and its validity rule
// (no NUL, CR or LF; anything else up to 0xFF stays, written as latin-1).
// CR and LF inside a value would let a handler split the response, so nothing may bypass this.

import { invalidHeaderValue, notByteString } from './fetch-errors.js';

const kTab = 0x09;
const kSpace = 0x20;
const kDel = 0x7f;

function isHttpWhitespace(code: number): boolean {
  return code === kSpace || code === kTab || code === 0x0a || code === 0x0d;
}

function normalizeSlowly(value: string): string | null {
  let start = 0;
  let end = value.length;
  while (start < end && isHttpWhitespace(value.charCodeAt(start))) start++;
  while (end > start && isHttpWhitespace(value.charCodeAt(end - 1))) end--;
  for (let i = start; i < end; i++) {
    const code = value.charCodeAt(i);
    if (code === 0 || code === 0x0a || code === 0x0d || code > 0xff) return null;
  }
  return value.slice(start, end);
}

/** Normalised value, null for what cannot be one: the caller tells a wrong type from a bad value. */
export function normalizedValue(value: string): string | null {
  const length = value.length;
  if (length === 0) return value;
  // One pass over visible ASCII and inner spaces covers nearly every value there is.
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code < kSpace || code >= kDel) return normalizeSlowly(value);
  }
  if (value.charCodeAt(0) === kSpace || value.charCodeAt(length - 1) === kSpace) {
    return normalizeSlowly(value);
  }
  return value;
}

/** Normalised value; throws TypeError for what the standard calls invalid. */
export function headerValue(raw: unknown, name: string, where: string): string {
  const value = typeof raw === 'string' ? raw : `${raw as string}`;
  const normalized = normalizedValue(value);
  if (normalized !== null) return normalized;
  byteString(value, where);
  throw invalidHeaderValue(where, name);
}

/** WebIDL ByteString conversion alone, for arguments that are only looked up. */
export function byteString(raw: unknown, where: string): string {
  const value = typeof raw === 'string' ? raw : `${raw as string}`;
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) > 0xff) throw notByteString(where);
  }
  return value;
}
