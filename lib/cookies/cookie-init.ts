// SPDX-License-Identifier: MIT
//
// Cookies' attributes as programs give them: types, conversions and the checks that keep a value
// from ending its attribute or its header line. Texts are Bun 1.4.5's (behaviours 18.5).

import { invalidArgumentValue } from '../errors.js';
import { parseCookieDate } from './cookie-date.js';

export type CookieSameSite = 'strict' | 'lax' | 'none';

export interface CookieInit {
  name?: string | undefined;
  value?: string | undefined;
  domain?: string | null | undefined;
  /** Default "/". */
  path?: string | null | undefined;
  /** A date, seconds since the epoch, or the text of a date. */
  expires?: Date | number | string | null | undefined;
  /** Seconds. */
  maxAge?: number | null | undefined;
  secure?: boolean | undefined;
  httpOnly?: boolean | undefined;
  partitioned?: boolean | undefined;
  /** Default "lax". */
  sameSite?: CookieSameSite | null | undefined;
}

export interface CookieStoreDeleteOptions {
  name: string;
  domain?: string | null | undefined;
  path?: string | null | undefined;
}

/** The attributes of a cookie in the form they are kept in. */
export interface CookieAttributes {
  domain: string | null;
  path: string;
  /** Milliseconds since the epoch. */
  expires: number | undefined;
  maxAge: number | undefined;
  secure: boolean;
  httpOnly: boolean;
  partitioned: boolean;
  sameSite: CookieSameSite;
}

/** The furthest a Date can be from the epoch. */
const MAX_TIME = 8.64e15;

// Visible ASCII, nothing that ends a name or a pair.
const NAME = /^[!-:<>-~]+$/;
const PATH = /^[ -:=-~]*$/;
const DOMAIN = /^[a-z0-9.-]*$/;

export function defaultAttributes(): CookieAttributes {
  return {
    domain: null,
    path: '/',
    expires: undefined,
    maxAge: undefined,
    secure: false,
    httpOnly: false,
    partitioned: false,
    sameSite: 'lax',
  };
}

/** As WebIDL makes a USVString: symbols throw, lone surrogates become U+FFFD. */
export function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : `${value as string}`;
  // Node has it since 20; the library type does not know yet.
  return (text as unknown as { toWellFormed(): string }).toWellFormed();
}

export function checkedName(name: string): string {
  if (!NAME.test(name)) throw new TypeError('Invalid cookie name: contains invalid characters');
  return name;
}

export function checkedPath(path: string): string {
  if (!PATH.test(path)) throw new TypeError('Invalid cookie path: contains invalid characters');
  return path;
}

export function checkedDomain(domain: string): string {
  if (!DOMAIN.test(domain)) {
    throw new TypeError('Invalid cookie domain: contains invalid characters');
  }
  return domain;
}

export function toSameSite(value: unknown): CookieSameSite {
  const text = toText(value);
  if (text === 'lax' || text === 'strict' || text === 'none') return text;
  throw new TypeError("Invalid sameSite value. Must be 'strict', 'lax', or 'none'");
}

/** Milliseconds of an expiry; undefined for none. */
export function toExpires(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') {
    const time = Math.trunc(value * 1000);
    if (!(Math.abs(time) <= MAX_TIME)) {
      throw new RangeError('expires must be a valid Number (or Date)');
    }
    return time;
  }
  if (typeof value === 'string') {
    const time = parseCookieDate(value);
    if (Number.isNaN(time)) throw new TypeError('Invalid cookie expiration date');
    return time;
  }
  const util = process.getBuiltinModule('node:util');
  if (util.types.isDate(value)) {
    const time = value.getTime();
    if (Number.isNaN(time)) throw new RangeError('expires must be a valid Date (or Number)');
    return time;
  }
  throw invalidArgumentValue(
    "The argument 'expires' Invalid expires value. Must be a Date or a number. " +
      `Received ${util.inspect(value)}`,
  );
}

/** Attributes out of the options argument of a constructor; nothing given, nothing changed. */
export function readAttributes(init: CookieInit): CookieAttributes {
  const read = defaultAttributes();
  const { domain, path, expires, maxAge, secure, httpOnly, partitioned, sameSite } = init;
  if (domain !== undefined && domain !== null) read.domain = toText(domain);
  if (path !== undefined && path !== null) read.path = toText(path);
  read.expires = toExpires(expires);
  if (typeof maxAge === 'number' && !Number.isNaN(maxAge)) read.maxAge = maxAge;
  read.secure = Boolean(secure);
  read.httpOnly = Boolean(httpOnly);
  read.partitioned = Boolean(partitioned);
  if (sameSite !== undefined && sameSite !== null) read.sameSite = toSameSite(sameSite);
  return read;
}
