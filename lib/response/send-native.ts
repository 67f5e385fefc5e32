// SPDX-License-Identifier: MIT
//
// Responses of Node's own class, read through their public interface: what fetch() returned, and
// whatever programs build that use the plain globals.

import { responseAlreadyUsed, responseError, streamAlreadyUsed } from '../errors.js';
import { BodyBox, type BodyValue, responseBlock, takeBody, TypeLine } from '../fetch/internal.js';
import { nativeSource } from '../fetch/native-source.js';
import { Response } from '../fetch/response.js';
import { ResponseFlag } from '../native/contract.js';
import { headFlags, isHeadRequest, lengthLine, lengthOf, withoutBody } from './head.js';
import { respond } from './respond.js';
import { discardBody, knownLength, sendBody } from './stream-body.js';
import type { ResponseTarget } from './target.js';

// fetch() undoes these when it knows all of a response, but leaves the fields as they came.
const decodable = ['gzip', 'x-gzip', 'deflate', 'br'];

/** Node's fetch() reads zstd since undici 7.11, where zlib has it. */
function readsZstd(): boolean {
  const [major = 0, minor = 0] = (process.versions['undici'] ?? '').split('.').map(Number);
  return (major > 7 || (major === 7 && minor >= 11)) && process.versions['zstd'] !== undefined;
}

function isDecoded(contentEncoding: string | null): boolean {
  if (contentEncoding === null) return false;
  const codings = contentEncoding.split(',').map((coding) => coding.trim().toLowerCase());
  return codings.every(
    (coding) => decodable.includes(coding) || (coding === 'zstd' && readsZstd()),
  );
}

// Between fetch() and its server only (RFC 9110 section 7.6.1).
const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];

/** Makes the fields of a fetched response true for its way on; returns the body's length or -1. */
export function forward(ours: Response): number {
  const { headers } = ours;
  for (const listed of (headers.get('connection') ?? '').split(',')) {
    const name = listed.trim().toLowerCase();
    if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) headers.delete(name);
  }
  for (const name of hopByHop) headers.delete(name);
  if (isDecoded(headers.get('content-encoding'))) {
    headers.delete('content-encoding');
    headers.delete('content-length');
    return -1;
  }
  return lengthOf(headers.get('content-length'));
}

/** The body, taken from the response; whole where it is known, as one of ours would be. */
function contentOf(response: globalThis.Response): BodyValue {
  const { body } = response;
  if (body === null) return null;
  const source = nativeSource(response) ?? null;
  if (source === null) return takeBody(new Response(body as never));
  void body.cancel();
  return source as BodyValue;
}

/**
 * Sends the response. Returns a promise when that takes its time; throws when it cannot be sent, and
 * nothing was written then.
 */
export function sendNative(
  core: ResponseTarget,
  response: globalThis.Response,
): void | Promise<void> {
  const { status, body } = response;
  if (status === 0) throw responseError();
  if (response.bodyUsed) throw responseAlreadyUsed();
  if (body?.locked === true) throw streamAlreadyUsed();
  const ours = new Response(null, { status, headers: response.headers as never });
  const length = response.url === '' ? -1 : forward(ours);
  const isHead = isHeadRequest(core);
  let flags = headFlags(ours);
  const fields = responseBlock(ours, TypeLine.Omit, core.cookieLines);
  const content = contentOf(response);
  let whole: string | Uint8Array | undefined;
  let declared = -1;
  if (content instanceof BodyBox) {
    const known = length >= 0 ? length : knownLength(content);
    if (!isHead && !withoutBody(status)) {
      return sendBody(core, { status, fields, flags, length: known }, content);
    }
    discardBody(content);
    if (isHead) declared = known;
    if (isHead && known < 0) flags |= ResponseFlag.Chunked;
  } else if (content !== null) {
    whole = content;
  } else if (isHead) {
    declared = lengthOf(ours.headers.get('content-length'));
  }
  const lines = fields + lengthLine(ours, status);
  respond(core, status, lines, whole, flags, declared);
  return undefined;
}
