// SPDX-License-Identifier: MIT
// Our objects as Node's own: for code that insists on the native classes, and for native fetch().
// The body moves: afterwards ours is used, as the standard says of a request handed to fetch().

import { BodyBox, BodyKind, type BodyValue, isUnusable, reclaimed, spend } from './body.js';
import { streamOf } from './body-stream.js';
import { bodyUnusableError } from './fetch-errors.js';
import { nativeClass, onNativeLinked } from './native.js';
import { coreOf, type Request } from './request.js';
import { type Response, responseAccess } from './response.js';

type NativeRequest = globalThis.Request;
type NativeResponse = globalThis.Response;
type NativeInit = Record<string, unknown>;

/** A body in a form that native constructors take; raw where possible, so that lengths are known. */
function nativeBody(body: BodyValue): unknown {
  if (isUnusable(body)) throw bodyUnusableError();
  const value = body instanceof BodyBox ? reclaimed(body) : body;
  if (!(value instanceof BodyBox)) return value;
  const isBlob = value.kind === BodyKind.Blob || value.kind === BodyKind.File;
  return isBlob && value.stream === null ? value.value : streamOf(value);
}

/** Arguments for native fetch() or `new Request()` that say what our request says. */
export function nativeRequestArguments(request: Request): [string, NativeInit] {
  const core = coreOf(request);
  if (core === null) throw new TypeError('Not a Request of this package');
  const { cache, credentials, integrity, keepalive, mode, redirect, referrer } = core.details;
  const init: NativeInit = {
    cache,
    credentials,
    integrity,
    keepalive,
    redirect,
    referrerPolicy: core.details.referrerPolicy,
    method: core.method,
    headers: [...core.headers],
    signal: core.signal,
  };
  if (mode !== 'navigate') init['mode'] = mode;
  if (referrer !== 'about:client') init['referrer'] = referrer;
  const body = core.body;
  if (body !== null) {
    init['body'] = nativeBody(body);
    init['duplex'] = 'half';
    // A stream marks itself as native code reads it.
    if (!(init['body'] instanceof ReadableStream)) core.body = spend(body);
  }
  return [core.url, init];
}

function required<T>(name: 'Request' | 'Response'): T {
  const found = nativeClass(name);
  if (found === null) throw new TypeError(`Node's own ${name} cannot be reached any more`);
  return found as unknown as T;
}

/** A native Request with the same content. Takes the body. */
export function nativeRequest(request: Request): NativeRequest {
  const Native = required<new (url: string, init: NativeInit) => NativeRequest>('Request');
  return new Native(...nativeRequestArguments(request));
}

/** A native Response with the same content. Takes the body. */
export function nativeResponse(response: Response): NativeResponse {
  const access = responseAccess();
  interface Native {
    new (body: unknown, init: NativeInit): NativeResponse;
    error(): NativeResponse;
  }
  const Native = required<Native>('Response');
  const status = access.status(response);
  if (status === 0) return Native.error();
  // Native classes refuse any body with these, which ours allow as Bun does.
  const isNullBody = status === 204 || status === 205 || status === 304;
  const headers = [...response.headers];
  const body = nativeBody(access.body(response));
  if (!(body instanceof ReadableStream)) access.take(response);
  return new Native(isNullBody ? null : body, {
    status,
    statusText: response.statusText,
    headers,
  });
}

// Up to Node 22 native Requests keep their state under symbols, and `new NativeRequest(ours)` looks
// there once `instanceof` has let it pass. These accessors answer with a native twin's state. Later
// versions use private fields, which nothing can answer for.
onNativeLinked((name, ours, native) => {
  if (name !== 'Request') return;
  const twins = new WeakMap<object, object>();
  const sample = Reflect.construct(native, ['http://localhost/']) as object;
  for (const key of Reflect.ownKeys(sample)) {
    if (typeof key !== 'symbol') continue;
    Object.defineProperty(ours.prototype as object, key, {
      configurable: true,
      get(this: Request): unknown {
        let twin = twins.get(this);
        if (twin === undefined) twins.set(this, (twin = nativeRequest(this)));
        return (twin as Record<symbol, unknown>)[key];
      },
    });
  }
});
