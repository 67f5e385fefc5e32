// SPDX-License-Identifier: MIT
// Body bytes to FormData: application/x-www-form-urlencoded and multipart/form-data (RFC 7578).
// A preamble before the first boundary is skipped (RFC 2046 5.1.1); whatever else is out of place,
// a missing final boundary included, is an error, so that a truncated upload never passes as whole.

import { formDataParseError } from './fetch-errors.js';
import { extractMimeType, parseMimeType } from './mime-type.js';

// "UTF-8 decode without BOM": without looking for one, so that it stays.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
// The values of multipart bodies lose theirs, in Bun and in Node.
const valueDecoder = new TextDecoder();
const kCrLf = '\r\n';

// As much as a whole request head may take; parts have three short lines at most.
const kMaxPartHead = 16 * 1024;

interface PartHead {
  readonly name: string;
  readonly fileName: string | null;
  readonly type: string;
}

function wrongType(): TypeError {
  return formDataParseError(
    "Can't decode form data from body because of incorrect MIME type/boundary",
  );
}

function malformed(what: string): TypeError {
  return formDataParseError(`FormData parse error ${what}`);
}

// The encoder's escapes for the characters that would break out of the quoted string.
function unescapeName(name: string): string {
  return name.replace(/%0A/gi, '\n').replace(/%0D/gi, '\r').replace(/%22/g, '"');
}

// One parameter of Content-Disposition: `; name=token`, `; name="quoted"`, or nothing. Old clients
// escape with a backslash, browsers never do: `"a\"` is a name that ends in one unless what follows
// makes no sense then. No two parts of the pattern can take the same text, so it is linear.
const parameterPattern =
  /;[\t ]*(?:([^=;"\s]+)[\t ]*=(?:[\t ]*"((?:[^"\\]|\\.)*)"[\t ]*|[\t ]*"([^"]*)"[\t ]*|([^;"]*)))?(?=;|$)/y;

function dispositionParameters(disposition: string): Map<string, string> {
  const parameters = new Map<string, string>();
  const semicolon = disposition.indexOf(';');
  let at = semicolon < 0 ? disposition.length : semicolon;
  while (at < disposition.length) {
    parameterPattern.lastIndex = at;
    const match = parameterPattern.exec(disposition);
    // Half of a disposition would lose the name of a field, or make text of a file.
    if (match === null) throw malformed('invalid Content-Disposition');
    at += match[0].length;
    const [, name, escaped, quoted, token] = match;
    if (name === undefined) continue;
    const value = escaped?.replace(/\\(["\\])/g, '$1') ?? quoted ?? (token as string).trim();
    parameters.set(name.toLowerCase(), unescapeName(value));
  }
  return parameters;
}

function parsePartHead(text: string): PartHead {
  let disposition: string | null = null;
  let type = '';
  for (const line of text.split(kCrLf)) {
    const colon = line.indexOf(':');
    if (colon <= 0) throw malformed('invalid header');
    const field = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (field === 'content-disposition') disposition = value;
    else if (field === 'content-type') type = value;
  }
  if (disposition === null || !/^form-data[\t ]*(;|$)/i.test(disposition)) {
    throw malformed('missing Content-Disposition');
  }
  const parameters = dispositionParameters(disposition);
  const name = parameters.get('name');
  if (name === undefined) throw malformed('missing name');
  return { name, fileName: parameters.get('filename') ?? null, type };
}

function appendPart(form: FormData, head: PartHead, content: Buffer): void {
  if (head.fileName === null) {
    form.append(head.name, valueDecoder.decode(content));
    return;
  }
  const type = head.type === '' ? 'text/plain' : head.type;
  const isType = parseMimeType(type) !== null;
  form.append(head.name, new File([content], head.fileName, { type: isType ? type : '' }));
}

function parseMultipart(bytes: Buffer, boundary: string): FormData {
  const form = new FormData();
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  const first = delimiter.subarray(2);
  let at = bytes.subarray(0, first.length).equals(first) ? first.length : -1;
  if (at < 0) {
    const found = bytes.indexOf(delimiter);
    if (found < 0) throw malformed('missing first boundary');
    at = found + delimiter.length;
  }
  for (;;) {
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return form;
    // RFC 2046: transport padding may follow a boundary.
    while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
    if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a) throw malformed('invalid boundary');
    const headEnd = bytes.indexOf('\r\n\r\n', at + 2, 'latin1');
    if (headEnd < 0) throw malformed('missing header end');
    if (headEnd - at > kMaxPartHead) throw malformed('header too large');
    const end = bytes.indexOf(delimiter, headEnd + 2);
    if (end < 0) throw malformed('missing final boundary');
    const head = parsePartHead(decoder.decode(bytes.subarray(at + 2, headEnd)));
    appendPart(form, head, bytes.subarray(Math.min(headEnd + 4, end), end));
    at = end + delimiter.length;
  }
}

function parseUrlEncoded(bytes: Uint8Array): FormData {
  const form = new FormData();
  const text = decoder.decode(bytes);
  // The constructor drops one "?" in front, which belongs to URLs, not to bodies.
  for (const [name, value] of new URLSearchParams(text.startsWith('?') ? `&${text}` : text)) {
    form.append(name, value);
  }
  return form;
}

/**
 * How a body of that Content-Type is parsed. It and what it returns throw TypeError
 * ERR_FORMDATA_PARSE_ERROR.
 */
export function formDataParser(
  contentType: string | null,
): (bytes: Uint8Array<ArrayBuffer>) => FormData {
  const mime = extractMimeType(contentType);
  if (mime?.essence === 'multipart/form-data') {
    const boundary = mime.parameters.get('boundary');
    if (boundary === undefined || boundary === '') throw wrongType();
    return (bytes) =>
      parseMultipart(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), boundary);
  }
  if (mime?.essence === 'application/x-www-form-urlencoded') return parseUrlEncoded;
  throw wrongType();
}
