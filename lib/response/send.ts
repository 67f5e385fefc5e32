// SPDX-License-Identifier: MIT
//
// A handler's Response onto the wire: one native call with status, field block and body. Framing is
// the native side's: a user's Content-Length or Transfer-Encoding never gets there (behaviours
// 1.10-1.12).

import { notSupported, responseAlreadyUsed } from '../errors.js';
import {
  BodyBox,
  BodyKind,
  HeaderFlag,
  isFastResponse,
  peekBody,
  responseBlock,
  responseFlags,
  responseHeader,
  responseHeaders,
  responseStatus,
  responseUnusable,
  takeBody,
  TypeLine,
  wantsClose,
} from '../fetch/internal.js';
import { Response } from '../fetch/response.js';
import { native } from '../native/binding.js';
import { cells, ExchangeCell } from '../native/cells.js';
import { Delivery, METHODS, RequestFlag, ResponseFlag } from '../native/contract.js';
import type { ResponseTarget } from './target.js';

const HEAD = METHODS.indexOf('HEAD');

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

function withoutBody(status: number): boolean {
  return status === 204 || status === 304;
}

/** The length a HEAD response announces for a body it does not have, -1 for the real one. */
function declaredLength(response: Response, hasBody: boolean): number {
  if (hasBody) return -1;
  const given = responseHeader(response, 'content-length');
  const length = given !== null && /^[0-9]+$/.test(given) ? Number(given) : -1;
  return Number.isSafeInteger(length) ? length : -1;
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
  const isHead = (core.flags & RequestFlag.MethodMask) === HEAD;
  if (status === 0 || isHead || withoutBody(status)) return undefined;
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
  const isHead = (core.flags & RequestFlag.MethodMask) === HEAD;
  const form = isHead || withoutBody(status) ? TypeLine.Omit : TypeLine.Lower;
  const cookies = core.cookies === undefined ? '' : core.cookieLines;
  const block = responseBlock(response, form, cookies);
  core.ended = true;
  if (automatic && cookies === '' && responseHeaders(response) === null) {
    const delivery = native.respond(core.handle, status, internedBlock(block), body ?? undefined);
    if (delivery !== Delivery.Sent) core.notSent(delivery);
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
  const userFlags = responseFlags(response);
  let flags = 0;
  let declared = -1;
  let fields = block;
  if ((userFlags & HeaderFlag.Date) !== 0) flags |= ResponseFlag.HasDate;
  if (wantsClose(response)) flags |= ResponseFlag.CloseAfter;
  if ((userFlags & HeaderFlag.ContentLength) !== 0) {
    if (status === 304) {
      fields += `content-length: ${responseHeader(response, 'content-length')}\r\n`;
    } else if (isHead) {
      declared = declaredLength(response, body !== null);
    }
  }
  const { handle } = core;
  const delivery = native.respond(handle, status, fields, body ?? undefined, flags, declared);
  if (delivery !== Delivery.Sent) core.notSent(delivery);
}

/** The bytes of a body that must be waited for. */
async function bufferedBody(box: BodyBox): Promise<string | Uint8Array> {
  if (box.stream === null) {
    switch (box.kind) {
      case BodyKind.Text:
        return box.value as string;
      case BodyKind.Bytes:
        return box.value as Uint8Array;
      case BodyKind.Blob:
      case BodyKind.File:
        return new Uint8Array(await (box.value as Blob).arrayBuffer());
      case BodyKind.Source:
        return (box.value as { bytes(): Promise<Uint8Array> }).bytes();
    }
  }
  throw notSupported('A streaming response body', 'Send a string, bytes or a Blob.');
}

function errorResponse(): Error {
  return new Error(
    'Cannot send a Response with status 0. HTTP status codes must be between 100 and 999 ' +
      '(Response.error() returns status 0).',
  );
}

/**
 * Sends a Response. Returns a promise only when the body has to be waited for; throws or rejects
 * when the response cannot be sent, and nothing was written then.
 */
export function send(core: ResponseTarget, response: Response): void | Promise<void> {
  if (responseStatus(response) === 0) {
    throw errorResponse();
  }
  if (responseUnusable(response)) throw responseAlreadyUsed();
  const body = takeBody(response);
  if (!(body instanceof BodyBox)) {
    deliver(core, response, body, true);
    return;
  }
  if (body.kind === BodyKind.Text && body.stream === null) {
    deliver(core, response, body.value as string, false);
    return;
  }
  return bufferedBody(body).then((bytes) => deliver(core, response, bytes, false));
}

/** Sends a Response of Node's own class: its parts are read through the public interface. */
export async function sendNative(
  core: ResponseTarget,
  response: globalThis.Response,
): Promise<void> {
  const { status } = response;
  if (status === 0) throw errorResponse();
  if (response.bodyUsed) throw responseAlreadyUsed();
  const bytes = response.body === null ? null : new Uint8Array(await response.arrayBuffer());
  const init = { status, headers: response.headers as never };
  const ours = new Response(null, init);
  // What fetch() hands out is decoded already.
  if (response.url !== '') ours.headers.delete('content-encoding');
  const isHead = (core.flags & RequestFlag.MethodMask) === HEAD;
  core.ended = true;
  const block = responseBlock(ours, TypeLine.Omit, core.cookieLines);
  deliverWithFields(core, ours, status, block, bytes, isHead);
}

/** Sends an answer of the server's own. */
export function sendPlain(core: ResponseTarget, answer: PlainAnswer): void {
  core.ended = true;
  const { handle } = core;
  const delivery = native.respond(handle, answer.status, answer.fields, answer.body, 0, -1);
  if (delivery !== Delivery.Sent) core.notSent(delivery);
}

/** Field lines and body as they go out. */
export interface PlainAnswer {
  status: number;
  fields: string;
  body: string;
}

export { isFastResponse };
