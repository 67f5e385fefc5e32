// SPDX-License-Identifier: MIT
// What the server may know of our fetch classes. Everything here reads or marks without allocating,
// unless it says otherwise. Use in this order on what a handler returned:
//   isFastResponse(value)          ours? then:
//     responseStatus(res)          200-599, 0 for Response.error() (an error, never sent)
//     responseFlags(res)           HeaderFlag bits of the user's headers (Date, Connection, ...)
//     responseBlock(res, form)     wire block, auto content type included; no Content-Length
//     takeBody(res)                null | string | Uint8Array | BodyBox (Blob, File, Stream, Iterable,
//                                  Source); marks the body as used. A stream that `res.body` made
//                                  and nobody read comes back as the value it was made from.
//                                  Look at peekBody(res) first: a box may be taken, or locked.
//   value instanceof Response      native: status, headers, body through their public getters.
// A BodyBox tells its `kind` (BodyKind) and `value`; once `stream` is set only the stream counts.

import { type BodyValue, isUnusable } from './body.js';
import { BodyBox } from './body.js';
import { AutoType, autoTypeLine, ownTypeLine, TypeLine } from './content-type.js';
import { headerListBlock, typeBesides } from './header-block.js';
import type { HeaderList } from './header-list.js';
import { HeaderFlag } from './header-names.js';
import { type Headers, headerListOf } from './headers.js';
import { type Response, responseAccess } from './response.js';

export { BodyBox, BodyKind, type BodySource, type BodyValue, spentBody } from './body.js';
export { decodeUtf8, readStream } from './body-reader.js';
export { chunkBytes, streamOf } from './body-stream.js';
export { AutoType, TypeLine } from './content-type.js';
export { type DirectController, type DirectSource, takeDirectSource } from './direct-stream.js';
export { type FileSource, fileSource, kFile } from './file-source.js';
export { kPage } from './page-source.js';
export { formDataParser } from './form-data.js';
export { HeaderFlag } from './header-names.js';
export { type HeaderSource, headersFromSource, isFastHeaders } from './headers.js';
export { RequestCore, type RequestDetails, defaultDetails } from './request-core.js';
export { coreOf, isFastRequest, kCore } from './request.js';
export { nativeRequest, nativeResponse } from './native-convert.js';

const access = responseAccess();

export const isFastResponse: (value: unknown) => value is Response = access.isFast;
export const responseStatus: (response: Response) => number = access.status;
export const takeBody: (response: Response) => BodyValue = access.take;
/** The body without marking it. */
export const peekBody: (response: Response) => BodyValue = access.body;

/** The body was read, moved or is locked by a reader: the response cannot be sent. */
export function responseUnusable(response: Response): boolean {
  return isUnusable(access.body(response));
}

/** The list behind the response's headers, null when it has none. */
export function responseHeaders(response: Response): HeaderList | null {
  return access.list(response);
}

/** OR of `HeaderFlag` bits; an automatic content type of text or bytes is not among them. */
export function responseFlags(response: Response): number {
  const list = access.list(response);
  return list === null ? 0 : list.flags;
}

/** The type line Bun's server adds for the body, '' for none. */
function typeLine(response: Response, list: HeaderList | null, form: number): string {
  const stored = access.type(response);
  const type = list === null ? stored : typeBesides(list, stored);
  if (type === AutoType.None) return '';
  if (type !== AutoType.Own) return autoTypeLine(type, form);
  const body = access.body(response);
  return body instanceof BodyBox ? ownTypeLine(body.type, form) : '';
}

/**
 * Header lines of a response ("Name: value\r\n"..., latin-1), in Bun's order. `form` is a
 * `TypeLine` value, `extra` are lines of the server's that go after the user's own. The list's part
 * is cached until a header changes.
 */
export function responseBlock(
  response: Response,
  form: number = TypeLine.Lower,
  extra: string = '',
): string {
  const list = access.list(response);
  if (list === null) return extra + typeLine(response, null, form);
  const type = extra + typeLine(response, list, form);
  // Static routes write their type among the known names, handlers after everything (behaviours 7.2).
  return form === TypeLine.Canonical ? type + headerListBlock(list) : headerListBlock(list) + type;
}

/** Header lines of any Headers: ours (cached) or native (rendered each time). */
export function headerBlock(headers: Headers): string {
  return headerListBlock(headerListOf(headers));
}

/** The value of one header of a response, by lower-case name. */
export function responseHeader(response: Response, lowerName: string): string | null {
  const list = access.list(response);
  return list === null ? null : list.get(lowerName);
}

/** Whether the user asked for the connection to be closed (RFC 9112 9.6). */
export function wantsClose(response: Response): boolean {
  const list = access.list(response);
  if (list === null || (list.flags & HeaderFlag.Connection) === 0) return false;
  return /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i.test(list.get('connection') as string);
}
