// SPDX-License-Identifier: MIT
//
// Reading a Cookie field: pairs in the order they came, names literal, values percent-decoded
// (behaviours 18.1). Linear in the length of the field, and nothing in it can make it throw.

import { trimmed } from './white-space.js';

const PERCENT = 0x25;

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** The byte that an escape at `at` stands for, -1 when there is none. */
function escapedByte(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== PERCENT) return -1;
  const high = hexDigit(bytes[at + 1]);
  const low = hexDigit(bytes[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** Bytes a UTF-8 sequence should have, by its first one; stray and impossible ones stand alone. */
function sequenceLength(lead: number): number {
  if (lead < 0xc0 || lead >= 0xf8) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function decodeSequence(bytes: readonly number[]): string {
  try {
    return decodeURIComponent(bytes.map((b) => `%${b.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    return '\ufffd';
  }
}

/** Decoding of what decodeURIComponent refuses: each malformed sequence becomes one U+FFFD. */
function decodeLossy(text: string): string {
  // In bytes, as Bun: a bad escape takes the two that follow along, when there are two.
  const bytes = Buffer.from(text);
  let decoded = '';
  let at = 0;
  while (at < bytes.length) {
    const lead = escapedByte(bytes, at);
    if (lead < 0 && bytes[at] === PERCENT) {
      decoded += '\ufffd';
      at += at + 2 < bytes.length ? 3 : 1;
    } else if (lead < 0) {
      const next = bytes.indexOf(PERCENT, at);
      const end = next < 0 ? bytes.length : next;
      decoded += bytes.toString('utf8', at, end);
      at = end;
    } else {
      const sequence = [lead];
      at += 3;
      const wanted = sequenceLength(lead);
      for (; sequence.length < wanted; at += 3) {
        const byte = escapedByte(bytes, at);
        if (byte < 0x80 || byte > 0xbf) break;
        sequence.push(byte);
      }
      decoded += decodeSequence(sequence);
    }
  }
  return decoded;
}

function decodedValue(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return decodeLossy(text);
  }
}

/** Alternating names and values. Pairs without "=" or without a name are not cookies. */
export function parseCookieHeader(field: string): string[] {
  const pairs: string[] = [];
  for (const part of field.split(';')) {
    const equals = part.indexOf('=');
    if (equals < 0) continue;
    const name = trimmed(part.slice(0, equals));
    if (name !== '') pairs.push(name, decodedValue(trimmed(part.slice(equals + 1))));
  }
  return pairs;
}
