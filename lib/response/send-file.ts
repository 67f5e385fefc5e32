// SPDX-License-Identifier: MIT
//
// A handler's response whose body is a file: one call names it, and the native side opens, measures
// and sends it (behaviours 8.11-8.16). Ranges count here, conditions do not: those are for routes.

import { cannotStreamDirectory, fileError } from '../errors.js';
import {
  type FileSource,
  HeaderFlag,
  responseBlock,
  responseFlags,
  responseHeader,
  responseStatus,
  TypeLine,
} from '../fetch/internal.js';
import type { Response } from '../fetch/response.js';
import { native } from '../native/binding.js';
import { Delivery, FileFlag, METHODS, NOT_REGULAR, RequestFlag } from '../native/contract.js';
import { dispositionLine } from './disposition.js';
import { headFlags, isHeadRequest } from './head.js';
import type { ResponseTarget } from './target.js';

const GET = METHODS.indexOf('GET');

/** The Range field of a request whose response may be a part of the file. */
function rangeOf(core: ResponseTarget, response: Response, source: FileSource): string | null {
  if ((core.flags & RequestFlag.MethodMask) !== GET || source.sliced) return null;
  const range = responseStatus(response) === 200 ? core.get('range') : null;
  return range === null || isCurrent(response, core.get('if-range')) ? range : null;
}

// RFC 9110 section 13.1.5: only a strong tag or exactly the date this response has; files bring none
// along.
function isCurrent(response: Response, condition: string | null): boolean {
  if (condition === null) return true;
  if (condition.startsWith('"')) return condition === responseHeader(response, 'etag');
  return condition === responseHeader(response, 'last-modified');
}

/** What sendFile() returns for a file that is on its way, and for a pipe or device by its descriptor. */
export const SENT = -2;
export const BY_DESCRIPTOR = -1;

/**
 * Sends the file. A pipe or a device has to be streamed: returns BY_DESCRIPTOR, or the descriptor
 * that was opened for its path, which is the caller's to close. Throws when it cannot be opened.
 */
export function sendFile(core: ResponseTarget, response: Response, source: FileSource): number {
  const isHead = isHeadRequest(core);
  const cookies = core.cookieLines;
  const range = rangeOf(core, response, source);
  const type = responseHeader(response, 'content-type') ?? source.type;
  const fields =
    responseBlock(response, isHead ? TypeLine.Omit : TypeLine.Lower, cookies) +
    (isHead ? '' : dispositionLine(type, source.file));
  let flags = headFlags(response);
  if (source.sliced) flags |= FileFlag.Sliced;
  if ((responseFlags(response) & HeaderFlag.ContentRange) !== 0) flags |= FileFlag.HasContentRange;
  const delivery = native.respondFile(
    core.handle,
    responseStatus(response),
    fields,
    flags,
    source.file,
    source.start,
    source.end,
    range ?? undefined,
    range === null ? undefined : responseBlock(response, TypeLine.Omit, cookies),
  );
  if (delivery >= NOT_REGULAR) return delivery - NOT_REGULAR - 1;
  if (delivery < 0) {
    throw delivery === -process.getBuiltinModule('node:os').constants.errno.EISDIR
      ? cannotStreamDirectory(source.file)
      : fileError(delivery, 'open', source.file);
  }
  core.ended = true;
  if (delivery !== Delivery.Sent) core.notSent(delivery);
  return SENT;
}
