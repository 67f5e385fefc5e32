// SPDX-License-Identifier: MIT
//
// A handler's Response onto the wire: one native call with status, field block and body. Framing is
// the native side's: a user's Content-Length or Transfer-Encoding never gets there (behaviours
// 1.10-1.12).

import { responseAlreadyUsed, responseError, streamAlreadyUsed } from '../errors.js';
import {
  BodyBox,
  BodyKind,
  type FileSource,
  fileSource,
  isFastResponse,
  peekBody,
  responseBlock,
  responseHeader,
  responseHeaders,
  responseStatus,
  takeBody,
  TypeLine,
} from '../fetch/internal.js';
import type { Response } from '../fetch/response.js';
import { filesPart } from '../late.js';
import { native } from '../native/binding.js';
import { cells, ExchangeCell } from '../native/cells.js';
import { ResponseFlag } from '../native/contract.js';
import { headFlags, isChunked, isHeadRequest, lengthLine, lengthOf, withoutBody } from './head.js';
import { respond } from './respond.js';
import { BY_DESCRIPTOR, SENT, sendFile } from './send-file.js';
import { discardBody, isStreamed, knownLength, sendBody } from './stream-body.js';
import type { ResponseTarget } from './target.js';

// The blocks of responses without headers of their own go over as numbers; there are a handful.
const internedBlocks = new Map<string, number>();

function internedBlock(block: string): number {
  let id = internedBlocks.get(block);
  if (id === undefined) {
    id = native.internFields(block);
    internedBlocks.set(block, id);
  }
  return id;
}

/** Longer bodies may take their time to leave, which only respond() tells. */
const MAX_REPLY = 16 * 1024;

/**
 * The common small response, for the native call that waits for onRequest() to return: the body,
 * with status and field block in the cells. Undefined when the response is of another kind; nothing
 * was done to it then.
 */
export function replyOf(core: ResponseTarget, response: Response): string | undefined {
  const body = peekBody(response);
  if (typeof body !== 'string' || responseHeaders(response) !== null) return undefined;
  if (body.length > MAX_REPLY) return undefined;
  if (core.cookies !== undefined) return undefined;
  const status = responseStatus(response);
  if (status === 0 || isHeadRequest(core) || withoutBody(status)) return undefined;
  takeBody(response);
  core.ended = true;
  cells[ExchangeCell.ReplyStatus] = status;
  cells[ExchangeCell.ReplyBlock] = internedBlock(responseBlock(response));
  return body;
}

// `automatic`: the content type is one of the handful that bodies bring along; a Blob's is the
// application's text and not for the table of blocks.
function deliver(
  core: ResponseTarget,
  response: Response,
  body: string | Uint8Array | null,
  automatic: boolean,
): void {
  const status = responseStatus(response);
  const isHead = isHeadRequest(core);
  const form = isHead || withoutBody(status) ? TypeLine.Omit : TypeLine.Lower;
  const cookies = core.cookies === undefined ? '' : core.cookieLines;
  const block = responseBlock(response, form, cookies);
  if (automatic && cookies === '' && responseHeaders(response) === null) {
    respond(core, status, internedBlock(block), body ?? undefined);
  } else {
    deliverWithFields(core, response, status, block, body, isHead);
  }
}

function deliverWithFields(
  core: ResponseTarget,
  response: Response,
  status: number,
  block: string,
  body: string | Uint8Array | null,
  isHead: boolean,
): void {
  let flags = headFlags(response);
  let declared = -1;
  if (isHead && (body === null || body.length === 0)) {
    // What a GET would have is the handler's to say.
    if (isChunked(response)) flags |= ResponseFlag.Chunked;
    else declared = lengthOf(responseHeader(response, 'content-length'));
  }
  const fields = block + lengthLine(response, status);
  respond(core, status, fields, body ?? undefined, flags, declared);
}

/** A response whose body is sent as it comes. */
function stream(core: ResponseTarget, response: Response, box: BodyBox): void | Promise<void> {
  const status = responseStatus(response);
  const isHead = isHeadRequest(core);
  const hasNoBody = withoutBody(status);
  const form = isHead || hasNoBody ? TypeLine.Omit : TypeLine.Lower;
  const fields = responseBlock(response, form, core.cookieLines);
  const flags = headFlags(response);
  const length = knownLength(box);
  if (!isHead && !hasNoBody) {
    return sendBody(core, { status, fields, flags, length }, box);
  }
  const framing = isHead && length < 0 ? ResponseFlag.Chunked : 0;
  const lines = fields + lengthLine(response, status);
  respond(core, status, lines, undefined, flags | framing, isHead ? length : -1);
  discardBody(box);
  return undefined;
}

/** A file goes out by the native side, a pipe or a device as a stream. */
function file(core: ResponseTarget, response: Response, box: BodyBox): void | Promise<void> {
  const status = responseStatus(response);
  if (withoutBody(status)) {
    deliver(core, response, null, false);
    return undefined;
  }
  const source = fileSource(box.value) as FileSource;
  const fd = sendFile(core, response, source);
  if (fd === SENT) return undefined;
  box.stream = filesPart().streamFile(source, undefined, fd === BY_DESCRIPTOR ? undefined : fd);
  return stream(core, response, box);
}

/** A body goes out once. One whose stream was read in part still has the rest, as in Bun. */
function refuseTaken(box: BodyBox): void {
  const isStream = box.stream !== null || box.kind === BodyKind.Iterable;
  if (isStream && !box.isSent && (box.taken || box.stream?.locked === true)) {
    throw streamAlreadyUsed();
  }
  if (box.taken) throw responseAlreadyUsed();
}

/** The bytes of a body that must be waited for. */
async function bufferedBody(box: BodyBox): Promise<Uint8Array> {
  return box.kind === BodyKind.Source
    ? (box.value as { bytes(): Promise<Uint8Array> }).bytes()
    : new Uint8Array(await (box.value as Blob).arrayBuffer());
}

/**
 * Sends a Response. Returns a promise when that takes its time; throws or rejects when the response
 * cannot be sent, and nothing was written then.
 */
export function send(core: ResponseTarget, response: Response): void | Promise<void> {
  if (responseStatus(response) === 0) throw responseError();
  const held = peekBody(response);
  if (held instanceof BodyBox) {
    refuseTaken(held);
    held.isSent = true;
  }
  const body = takeBody(response);
  if (!(body instanceof BodyBox)) {
    deliver(core, response, body, true);
    return;
  }
  if (isStreamed(body)) return stream(core, response, body);
  if (body.kind === BodyKind.File) return file(core, response, body);
  if (body.kind === BodyKind.Text || body.kind === BodyKind.Bytes) {
    deliver(core, response, body.value as string | Uint8Array, false);
    return;
  }
  return bufferedBody(body).then((bytes) => deliver(core, response, bytes, false));
}

/** Sends an answer of the server's own. */
export function sendPlain(core: ResponseTarget, answer: PlainAnswer): void {
  respond(core, answer.status, answer.fields, answer.body);
}

/** Field lines and body as they go out. */
export interface PlainAnswer {
  status: number;
  fields: string;
  body: string;
}

export { isFastResponse };
