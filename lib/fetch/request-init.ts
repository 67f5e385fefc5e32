// SPDX-License-Identifier: MIT
// RequestInit: WebIDL conversion in its order, enumerations, methods and the attributes that a
// server never looks at but the standard asks for. Bodies, headers and signals are request.ts.

import { type BodyInit, type BodyValue, extractBody } from './body.js';
import { badEnumValue } from './fetch-errors.js';
import { isToken } from './header-names.js';
import type { HeaderList } from './header-list.js';
import { convertHeaders } from './headers.js';
import type { HeadersInit } from './headers-init.js';

type Cache = 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';
type Credentials = 'omit' | 'same-origin' | 'include';
type Mode = 'same-origin' | 'no-cors' | 'cors' | 'navigate';
type Redirect = 'follow' | 'error' | 'manual';
type ReferrerPolicy =
  | ''
  | 'no-referrer'
  | 'no-referrer-when-downgrade'
  | 'same-origin'
  | 'origin'
  | 'strict-origin'
  | 'origin-when-cross-origin'
  | 'strict-origin-when-cross-origin'
  | 'unsafe-url';

export interface RequestInit {
  body?: BodyInit | null | undefined;
  cache?: Cache | undefined;
  credentials?: Credentials | undefined;
  duplex?: 'half' | undefined;
  headers?: HeadersInit | undefined;
  integrity?: string | undefined;
  keepalive?: boolean | undefined;
  method?: string | undefined;
  mode?: Mode | undefined;
  priority?: 'high' | 'low' | 'auto' | undefined;
  redirect?: Redirect | undefined;
  referrer?: string | undefined;
  referrerPolicy?: ReferrerPolicy | undefined;
  signal?: AbortSignal | null | undefined;
  window?: null | undefined;
}

/** The attributes of a Request that are plain values. Shared between requests: never mutated. */
export interface RequestDetails {
  readonly cache: Cache;
  readonly credentials: Credentials;
  readonly destination: '';
  readonly integrity: string;
  readonly keepalive: boolean;
  readonly mode: Mode;
  readonly redirect: Redirect;
  readonly referrer: string;
  readonly referrerPolicy: ReferrerPolicy;
}

export const defaultDetails: RequestDetails = Object.freeze({
  cache: 'default',
  credentials: 'same-origin',
  destination: '',
  integrity: '',
  keepalive: false,
  mode: 'cors',
  redirect: 'follow',
  referrer: 'about:client',
  referrerPolicy: '',
});

/** Bun asks nobody for `duplex`; the standard, and we where Bun's globals are not installed, do. */
export const requestRules = { isDuplexOptional: false };

const allowed = {
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  credentials: ['omit', 'same-origin', 'include'],
  duplex: ['half'],
  mode: ['same-origin', 'no-cors', 'cors', 'navigate'],
  priority: ['high', 'low', 'auto'],
  redirect: ['follow', 'error', 'manual'],
  referrerPolicy: [
    '',
    'no-referrer',
    'no-referrer-when-downgrade',
    'same-origin',
    'origin',
    'strict-origin',
    'origin-when-cross-origin',
    'strict-origin-when-cross-origin',
    'unsafe-url',
  ],
} as const;

const kWhere = 'Request constructor';

type Allowed = typeof allowed;

function enumMember<Name extends keyof Allowed>(
  name: Name,
  value: unknown,
): Allowed[Name][number] | undefined {
  if (value === undefined) return undefined;
  const text = `${value as string}`;
  if (!(allowed[name] as readonly string[]).includes(text)) {
    throw badEnumValue(kWhere, text, allowed[name]);
  }
  return text as Allowed[Name][number];
}

function stringMember(value: unknown): string | undefined {
  return value === undefined ? undefined : `${value as string}`;
}

function signalMember(value: unknown): AbortSignal | null | undefined {
  if (value === undefined || value === null || value instanceof AbortSignal) return value;
  throw new TypeError("Failed to construct 'Request': member signal is not of type AbortSignal.");
}

/** RequestInit after conversion: enumerations checked, each member read once. */
export interface ConvertedInit {
  /** Null when there is none. */
  readonly body: BodyValue;
  readonly cache: Cache | undefined;
  readonly credentials: Credentials | undefined;
  readonly duplex: 'half' | undefined;
  /** A TypeError for what no header may have: thrown when the headers are filled. */
  readonly headers: HeaderList | TypeError | undefined;
  readonly integrity: string | undefined;
  readonly keepalive: boolean | undefined;
  readonly method: string | undefined;
  readonly mode: Mode | undefined;
  readonly redirect: Redirect | undefined;
  readonly referrer: string | undefined;
  readonly referrerPolicy: ReferrerPolicy | undefined;
  readonly signal: AbortSignal | null | undefined;
  /** No member was present. */
  readonly isEmpty: boolean;
}

export function convertRequestInit(init: RequestInit | null | undefined): ConvertedInit | null {
  if (init === null || init === undefined) return null;
  if (typeof init !== 'object' && typeof init !== 'function') {
    throw new TypeError(`${kWhere}: Argument 2 could not be converted to: dictionary.`);
  }
  // The order of the reads is WebIDL's: alphabetical, each member converted before the next.
  const givenBody = init.body;
  const body = extractBody(givenBody);
  const cache = enumMember('cache', init.cache);
  const credentials = enumMember('credentials', init.credentials);
  const duplex = enumMember('duplex', init.duplex);
  const givenHeaders = init.headers as unknown;
  const headers = givenHeaders === undefined ? undefined : convertHeaders(givenHeaders);
  const integrity = stringMember(init.integrity);
  const givenKeepalive = init.keepalive as unknown;
  const keepalive = givenKeepalive === undefined ? undefined : Boolean(givenKeepalive);
  const method = stringMember(init.method);
  const mode = enumMember('mode', init.mode);
  const priority = enumMember('priority', init.priority);
  const redirect = enumMember('redirect', init.redirect);
  const referrer = stringMember(init.referrer);
  const referrerPolicy = enumMember('referrerPolicy', init.referrerPolicy);
  const signal = signalMember(init.signal);
  const window = init.window as unknown;
  if (window !== undefined && window !== null) {
    throw new TypeError(`${kWhere}: member window must be null`);
  }
  const isEmpty = [
    givenBody,
    cache,
    credentials,
    duplex,
    headers,
    integrity,
    keepalive,
    method,
    mode,
    priority,
    redirect,
    referrer,
    referrerPolicy,
    signal,
    window,
  ].every((member) => member === undefined);
  return {
    body,
    cache,
    credentials,
    duplex,
    headers,
    integrity,
    keepalive,
    method,
    mode,
    redirect,
    referrer,
    referrerPolicy,
    signal,
    isEmpty,
  };
}

const normalized = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];
const forbidden = ['CONNECT', 'TRACE', 'TRACK'];

export function checkedMethod(method: string): string {
  if (!isToken(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  const upper = method.toUpperCase();
  if (forbidden.includes(upper)) {
    throw new TypeError(`'${method}' HTTP method is unsupported.`);
  }
  return normalized.includes(upper) ? upper : method;
}

function checkedReferrer(referrer: string): string {
  if (referrer === '') return '';
  let url: URL;
  try {
    url = new URL(referrer);
  } catch (cause) {
    throw new TypeError(`Referrer "${referrer}" is not a valid URL.`, { cause });
  }
  return url.protocol === 'about:' && url.pathname === 'client' ? 'about:client' : url.href;
}

/** Details of a new request: those of its input changed by its init. */
export function mergeDetails(base: RequestDetails, init: ConvertedInit): RequestDetails {
  if (init.mode === 'navigate') {
    throw new TypeError(`${kWhere}: invalid request mode navigate.`);
  }
  const mode = init.mode ?? (base.mode === 'navigate' ? 'same-origin' : base.mode);
  const cache = init.cache ?? base.cache;
  if (cache === 'only-if-cached' && mode !== 'same-origin') {
    throw new TypeError("'only-if-cached' can be set only with 'same-origin' mode");
  }
  return {
    cache,
    credentials: init.credentials ?? base.credentials,
    destination: '',
    integrity: init.integrity ?? base.integrity,
    keepalive: init.keepalive ?? base.keepalive,
    mode,
    redirect: init.redirect ?? base.redirect,
    referrer: init.referrer === undefined ? 'about:client' : checkedReferrer(init.referrer),
    referrerPolicy: init.referrerPolicy ?? '',
  };
}
