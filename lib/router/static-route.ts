// SPDX-License-Identifier: MIT
//
// A Response given as a route's value, into the bytes the native side renders once (behaviours 7).
// The object itself stays usable: only its body is marked as used when it can be read once.

import { invalidArgument } from '../errors.js';
import {
  BodyBox,
  BodyKind,
  HeaderFlag,
  isFastResponse,
  peekBody,
  responseFlags,
  responseHeader,
  responseStatus,
  responseUnusable,
  wantsClose,
} from '../fetch/internal.js';
import { Response } from '../fetch/response.js';
import { nativeSource } from '../fetch/native-source.js';
import type { NativeRoute } from '../native/contract.js';
import { isForeignResponse } from '../response/foreign.js';
import { forward } from '../response/send-native.js';
import { routeFields } from './route-fields.js';

export type StaticPart = Pick<
  NativeRoute,
  'status' | 'fields' | 'etag' | 'hasDate' | 'closeAfter' | 'body'
>;

const encoder = new TextEncoder();

const NOT_BUFFERED =
  'Body must be fully buffered before it can be used in a static route. ' +
  'Consider calling new Response(await response.blob()) to buffer the body.';

const STATUS_0 =
  'Cannot use a Response with status 0 as a static route. HTTP status codes must be between ' +
  '100 and 999 (Response.error() returns status 0).';

export function isResponse(value: unknown): value is Response {
  return isFastResponse(value) || value instanceof Response || isForeignResponse(value);
}

function bodyBytes(response: Response): Uint8Array | Promise<Uint8Array> {
  const body = peekBody(response);
  if (body === null) return new Uint8Array(0);
  if (typeof body === 'string') return encoder.encode(body);
  if (!(body instanceof BodyBox)) return body;
  if (body.stream === null && body.kind === BodyKind.Text) {
    return encoder.encode(body.value as string);
  }
  if (body.stream === null && body.kind === BodyKind.Blob) {
    return (body.value as Blob).arrayBuffer().then((buffer) => new Uint8Array(buffer));
  }
  throw invalidArgument(NOT_BUFFERED);
}

/** A Response of Node's own class or of another copy of it, as one of ours. */
function adoptNative(response: globalThis.Response): Response | Promise<Response> {
  if (response.status === 0) throw invalidArgument(STATUS_0);
  if (response.bodyUsed || response.body?.locked === true) {
    throw invalidArgument('Response body has already been used');
  }
  const { status } = response;
  const isFetched = response.url !== '';
  const adopt = (body: unknown): Response => {
    const ours = new Response(body as never, { status, headers: response.headers as never });
    // fetch() has undone the coding that its fields speak of.
    if (isFetched) forward(ours);
    return ours;
  };
  if (response.body === null) return adopt(null);
  const source = nativeSource(response);
  if (source === null && !isFetched) throw invalidArgument(NOT_BUFFERED);
  if (source !== undefined && source !== null) return adopt(source);
  // What fetch() is receiving ends; and where it cannot be seen, since Node 24 and in other copies, a
  // string looks like a stream. It is read to its end.
  return response
    .clone()
    .arrayBuffer()
    .then((buffer) => adopt(new Uint8Array(buffer)));
}

/**
 * The bytes of a Blob, of what fetch() receives, and since Node 24 those of Node's own Response, can
 * only be had asynchronously: a promise then, and the route is answered like a handler's until it
 * settles.
 *
 * @throws TypeError for streams and for bodies that were read already.
 */
export function staticRoute(response: Response): StaticPart | Promise<StaticPart> {
  if (!isFastResponse(response)) {
    const adopted = adoptNative(response as unknown as globalThis.Response);
    return adopted instanceof Promise ? adopted.then(staticRoute) : staticRoute(adopted);
  }
  if (responseStatus(response) === 0) throw invalidArgument(STATUS_0);
  if (responseUnusable(response)) throw invalidArgument('Response body has already been used');
  const body = bodyBytes(response);
  const part = {
    status: responseStatus(response),
    fields: routeFields(response),
    etag: responseHeader(response, 'etag') ?? '',
    closeAfter: wantsClose(response),
    hasDate: (responseFlags(response) & HeaderFlag.Date) !== 0,
  };
  return body instanceof Promise
    ? body.then((bytes) => ({ ...part, body: bytes }))
    : { ...part, body };
}
