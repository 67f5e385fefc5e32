// SPDX-License-Identifier: MIT
//
// A file given as a route's value, alone or in a Response, as what the native side serves by itself
// (behaviours 8.1-8.10). The file is opened anew for every request.

import {
  BodyBox,
  type FileSource,
  fileSource,
  HeaderFlag,
  isFastResponse,
  peekBody,
  responseFlags,
  responseHeader,
  responseStatus,
  wantsClose,
} from '../fetch/internal.js';
import { Response } from '../fetch/response.js';
import type { NativeRoute } from '../native/contract.js';
import { routeFields } from './route-fields.js';

export type FilePart = Omit<NativeRoute, 'kind' | 'method' | 'pattern'>;

/** The file in a Response that nobody has read from; undefined for other bodies. */
function fileOf(response: Response): FileSource | undefined {
  const body = peekBody(response);
  if (!(body instanceof BodyBox) || body.taken || body.stream !== null) return undefined;
  return fileSource(body.value);
}

/** A route value that is, or holds, a file; undefined for anything else. */
export function fileRoute(value: unknown): FilePart | undefined {
  if (fileSource(value) !== undefined) return fileRoute(new Response(value as Blob));
  if (!isFastResponse(value)) return undefined;
  const source = fileOf(value);
  if (source === undefined) return undefined;
  const flags = responseFlags(value);
  return {
    file: source.file,
    start: source.start,
    end: source.end,
    status: responseStatus(value),
    fields: routeFields(value),
    etag: responseHeader(value, 'etag') ?? '',
    lastModified: responseHeader(value, 'last-modified') ?? '',
    hasDate: (flags & HeaderFlag.Date) !== 0,
    hasContentRange: (flags & HeaderFlag.ContentRange) !== 0,
    closeAfter: wantsClose(value),
  };
}
