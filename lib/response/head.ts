// SPDX-License-Identifier: MIT
//
// What the head of a response says apart from its fields: flags for the addon, and the framing that
// HEAD and statuses without a body announce.

import { HeaderFlag, responseFlags, responseHeader, wantsClose } from '../fetch/internal.js';
import type { Response } from '../fetch/response.js';
import { METHODS, RequestFlag, ResponseFlag } from '../native/contract.js';
import type { ResponseTarget } from './target.js';

const HEAD = METHODS.indexOf('HEAD');

export function isHeadRequest(core: ResponseTarget): boolean {
  return (core.flags & RequestFlag.MethodMask) === HEAD;
}

/** Neither a body nor a content type of its own making (behaviours 1.13). */
export function withoutBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** A Content-Length that is a number, else -1. */
export function lengthOf(value: string | null): number {
  const length = value !== null && /^[0-9]+$/.test(value) ? Number(value) : -1;
  return Number.isSafeInteger(length) ? length : -1;
}

/** `ResponseFlag` bits for what the user's headers say. */
export function headFlags(response: Response): number {
  let flags = 0;
  if ((responseFlags(response) & HeaderFlag.Date) !== 0) flags |= ResponseFlag.HasDate;
  if (wantsClose(response)) flags |= ResponseFlag.CloseAfter;
  return flags;
}

/** The line of a user's Content-Length, which only a 304 keeps; '' for none. */
export function lengthLine(response: Response, status: number): string {
  if (status !== 304 || (responseFlags(response) & HeaderFlag.ContentLength) === 0) return '';
  return `content-length: ${responseHeader(response, 'content-length')}\r\n`;
}

/** Whether the user's headers end in the chunked coding. */
export function isChunked(response: Response): boolean {
  if ((responseFlags(response) & HeaderFlag.TransferEncoding) === 0) return false;
  return /(?:^|,)[\t ]*chunked$/i.test(responseHeader(response, 'transfer-encoding') as string);
}
