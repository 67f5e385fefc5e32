// SPDX-License-Identifier: MIT
// ResponseInit: WebIDL conversion and the range checks of the standard's "initialize a response".
// Knows nothing of bodies.

import { statusOutOfRange } from './fetch-errors.js';
import type { HeadersInit } from './headers-init.js';

export interface ResponseInit {
  status?: number | bigint | undefined;
  statusText?: string | undefined;
  headers?: HeadersInit | undefined;
}

/** WebIDL "unsigned short"; Bun also takes a BigInt. */
function toUnsignedShort(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : Number(value as number);
  if (!Number.isFinite(number)) return 0;
  return Math.trunc(number) & 0xffff;
}

export function toStatus(value: unknown): number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff
    ? (value as number)
    : toUnsignedShort(value);
}

export function isStatus(code: number): boolean {
  return code >= 200 && code <= 599;
}

export function checkStatus(code: number): number {
  if (!isStatus(code)) throw statusOutOfRange(code);
  return code;
}

// RFC 9112 4: reason-phrase = 1*( HTAB / SP / VCHAR / obs-text ); the standard allows it empty.
const reasonPhrase = /^[\t\x20-\x7e\x80-\xff]*$/;

export function checkStatusText(text: string): string {
  if (!reasonPhrase.test(text)) throw new TypeError('Invalid statusText');
  return text;
}

const redirectStatuses = [301, 302, 303, 307, 308];

export function isRedirectStatus(status: number): boolean {
  return redirectStatuses.includes(status);
}
