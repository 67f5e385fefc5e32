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
import { headerListFrom } from '../fetch/headers.js';
import { headerListBlock } from '../fetch/header-block.js';
import type { Response } from '../fetch/response.js';
import { native } from '../native/binding.js';
import { METHODS, RequestFlag, ResponseFlag } from '../native/contract.js';
import type { ConnectionCore } from '../request/connection-core.js';

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
  return given !== null && /^[0-9]+$/.test(given) ? Number(given) : -1;
}

// `automatic`: the content type is one of the handful that bodies bring along; a Blob's is the
// application's text and not for the table of blocks.
function deliver(
  core: ConnectionCore,
  response: Response,
  body: string | Uint8Array | null,
  automatic: boolean,
): void {
  const status = responseStatus(response);
  const isHead = (core.flags & RequestFlag.MethodMask) === HEAD;
  const form = isHead || withoutBody(status) ? TypeLine.Omit : TypeLine.Lower;
  const block = responseBlock(response, form);
  core.ended = true;
  if (automatic && responseHeaders(response) === null) {
    native.respond(core.handle, status, internedBlock(block), body ?? undefined);
  } else {
    deliverWithFields(core, response, status, block, body, isHead);
  }
}

function deliverWithFields(
  core: ConnectionCore,
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
  native.respond(core.handle, status, fields, body ?? undefined, flags, declared);
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

/**
 * Sends a Response. Returns a promise only when the body has to be waited for; throws or rejects
 * when the response cannot be sent, and nothing was written then.
 */
export function send(core: ConnectionCore, response: Response): void | Promise<void> {
  if (responseStatus(response) === 0) {
    throw new TypeError('Response.error() cannot be sent to a client');
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
  core: ConnectionCore,
  response: globalThis.Response,
): Promise<void> {
  if (response.bodyUsed) throw responseAlreadyUsed();
  const status = response.status;
  const bytes = response.body === null ? undefined : new Uint8Array(await response.arrayBuffer());
  const list = headerListFrom(response.headers);
  core.ended = true;
  native.respond(core.handle, status, headerListBlock(list), bytes, 0, -1);
}

/** Sends an answer of the server's own. */
export function sendPlain(core: ConnectionCore, answer: PlainAnswer): void {
  core.ended = true;
  native.respond(core.handle, answer.status, answer.fields, answer.body, 0, -1);
}

/** Field lines and body as they go out. */
export interface PlainAnswer {
  status: number;
  fields: string;
  body: string;
}

export { isFastResponse };
