// SPDX-License-Identifier: MIT
//
// The request that handlers get: a Request with the params of its route and its cookies.

import type { CookieMap } from '../cookies/cookie-map.js';
import { illegalInvocation } from '../fetch/fetch-errors.js';
import { coreOf, kCore, type RequestCore } from '../fetch/internal.js';
import { Request } from '../fetch/request.js';
import { cookiesPart } from '../late.js';
import { native } from '../native/binding.js';
import type { RouteParams } from '../types.js';
import { ConnectionCore } from './connection-core.js';

/** A request that matched a route: `params` holds the decoded values of its pattern. */
export class BunRequest<Path extends string = string> extends Request {
  declare readonly params: RouteParams<Path>;

  /** @internal */
  constructor(core: ConnectionCore, params: object) {
    super(kCore as never, core as never);
    (this as { params: object }).params = params;
  }

  /** Read when first asked for; what is changed about them goes out with the response. */
  get cookies(): CookieMap {
    const core = requestCore(this);
    return (core.cookies ??= new (cookiesPart().CookieMap)(core.cookieField)) as CookieMap;
  }

  /** With the same params, and cookies of its own: only the original's changes are sent. */
  override clone(): BunRequest<Path> {
    const copy = super.clone() as BunRequest<Path>;
    Object.setPrototypeOf(copy, BunRequest.prototype);
    (copy as { params: RouteParams<Path> }).params = this.params;
    const { cookies } = requestCore(this);
    if (cookies !== undefined)
      requestCore(copy).cookies = cookiesPart().copyCookieMap(cookies as CookieMap);
    return copy;
  }
}

function requestCore(request: BunRequest): RequestCore {
  const core = coreOf(request);
  if (core === null) throw illegalInvocation();
  return core;
}

// Bun: `req.constructor` is Request, the tag is BunRequest (behaviours 5.10).
Object.defineProperty(BunRequest.prototype, 'constructor', {
  value: Request,
  writable: true,
  configurable: true,
});
Object.defineProperty(BunRequest.prototype, 'cookies', { enumerable: true });
Object.defineProperty(BunRequest.prototype, Symbol.toStringTag, {
  value: 'BunRequest',
  configurable: true,
});

/** A request no route matched, for `fetch`. */
export function plainRequest(core: ConnectionCore): Request {
  return new Request(kCore as never, core as never);
}

/** Of a request that came from a connection; the native side knows whether its exchange is over. */
export function liveCore(request: globalThis.Request | Request): ConnectionCore | null {
  const core = coreOf(request);
  return core instanceof ConnectionCore ? core : null;
}

/** Peer address of a request under way, else null. */
export function addressOf(
  request: globalThis.Request | Request,
): { address: string; family: 'IPv4' | 'IPv6'; port: number } | null {
  const core = liveCore(request);
  const found = core === null ? null : native.requestAddress(core.handle);
  if (found === null) return null;
  const [address, port, ipv6] = found;
  return { address, family: ipv6 ? 'IPv6' : 'IPv4', port };
}

/** Idle timeout of a request under way, in seconds; does nothing for any other. */
export function setRequestTimeout(request: globalThis.Request | Request, seconds: number): void {
  const core = liveCore(request);
  if (core !== null) native.requestTimeout(core.handle, seconds);
}
