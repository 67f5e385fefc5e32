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
import { routeFields } from './route-fields.js';

export type StaticPart = Pick<
  NativeRoute,
  'status' | 'fields' | 'etag' | 'hasDate' | 'closeAfter' | 'body'
>;

const encoder = new TextEncoder();

const NOT_BUFFERED =
  'Body must be fully buffered before it can be used in a static route. ' +
  'Consider calling new Response(await response.blob()) to buffer the body.';

export function isResponse(value: unknown): value is Response {
  return isFastResponse(value) || value instanceof Response;
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

/** A Response of Node's own class, as one of ours. */
function adoptNative(response: globalThis.Response): Response | Promise<Response> {
  if (response.bodyUsed) throw invalidArgument('Response body has already been used');
  const { status } = response;
  const headers = response.headers as never;
  if (response.body === null) return new Response(null, { status, headers });
  const source = nativeSource(response);
  if (source === null) throw invalidArgument(NOT_BUFFERED);
  if (source !== undefined) return new Response(source as string, { status, headers });
  // Since Node 24 a string looks like a stream: whatever it is, it is read to its end.
  const bytes = response.clone().arrayBuffer();
  return bytes.then((buffer) => new Response(new Uint8Array(buffer), { status, headers }));
}

/**
 * The bytes of a Blob, and since Node 24 those of Node's own Response, can only be had asynchronously:
 * a promise then, and the route is answered like a handler's until it settles.
 *
 * @throws TypeError for streams and for bodies that were read already.
 */
export function staticRoute(response: Response): StaticPart | Promise<StaticPart> {
  if (!isFastResponse(response)) {
    const adopted = adoptNative(response as unknown as globalThis.Response);
    return adopted instanceof Promise ? adopted.then(staticRoute) : staticRoute(adopted);
  }
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
