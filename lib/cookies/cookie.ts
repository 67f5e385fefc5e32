// SPDX-License-Identifier: MIT
//
// Cookie: one cookie with its attributes, as `Bun.Cookie` (behaviours 18.4, 18.5). Whatever is set
// on it, its text is one well-formed Set-Cookie value.

import { missingArguments } from '../errors.js';
import { defineInspect, shapeInterface } from '../fetch/interface-shape.js';
import {
  checkedDomain,
  checkedName,
  checkedPath,
  type CookieAttributes,
  type CookieInit,
  type CookieSameSite,
  readAttributes,
  toExpires,
  toSameSite,
  toText,
} from './cookie-init.js';
import { formatSetCookie, parseSetCookie } from './set-cookie.js';

/** What `toJSON` gives: absent attributes are left out. */
export interface CookieJson {
  name: string;
  value: string;
  domain?: string;
  path: string;
  expires?: Date;
  maxAge?: number;
  secure: boolean;
  sameSite: CookieSameSite;
  httpOnly: boolean;
  partitioned: boolean;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function optionsOf(options: unknown): CookieInit {
  if (options === undefined || options === null) return {};
  if (!isObject(options)) throw new TypeError('Options must be an object');
  return options;
}

type Parts = [name: string, value: string, attributes: CookieAttributes];

function fromText(text: string): Parts {
  return text === '' ? ['', '', readAttributes({})] : parseSetCookie(text);
}

function fromInit(init: CookieInit): Parts {
  // A name that is there counts, whatever it is: Bun says "undefined" for undefined.
  const name = 'name' in init ? toText(init.name) : '';
  if (name === '') throw new TypeError('name is required');
  const value = 'value' in init ? toText(init.value) : '';
  return [name, value, readAttributes(init)];
}

function fromPair(name: unknown, value: unknown, options: unknown): Parts {
  const text = toText(name);
  const parts: Parts = [text, toText(value), readAttributes(optionsOf(options))];
  if (text === '') throw new TypeError('name is required');
  return parts;
}

// Ways past the private fields, for CookieMap: what a subclass overrides must not reach a header.
let access: CookieAccess;

interface CookieAccess {
  is(value: unknown): value is Cookie;
  name(cookie: Cookie): string;
  value(cookie: Cookie): string;
  text(cookie: Cookie): string;
}

export class Cookie {
  readonly #name: string;
  #value: string;
  readonly #attributes: CookieAttributes;
  #expiresDate: Date | undefined;

  constructor(name: string, value: string, options?: CookieInit | null);
  /** The text of a Set-Cookie field. */
  constructor(setCookie: string);
  constructor(init: CookieInit);
  constructor(first: unknown, value?: unknown, options: unknown = undefined) {
    let parts: Parts;
    if (arguments.length > 1) parts = fromPair(first, value, options);
    else if (typeof first === 'string') parts = fromText(first);
    else if (isObject(first)) parts = fromInit(first);
    else throw missingArguments('Not enough arguments');
    const [name, text, attributes] = parts;
    this.#name = checkedName(name);
    this.#value = text;
    checkedPath(attributes.path);
    checkedDomain(attributes.domain ?? '');
    this.#attributes = attributes;
  }

  static {
    access = {
      is: (value): value is Cookie => typeof value === 'object' && value !== null && #name in value,
      name: (cookie) => cookie.#name,
      value: (cookie) => cookie.#value,
      text: (cookie) => formatSetCookie(cookie.#name, cookie.#value, cookie.#attributes),
    };
  }

  /** Reads the text of a Set-Cookie field. */
  static parse(setCookie: string): Cookie {
    if (arguments.length === 0) throw missingArguments('Not enough arguments');
    return new Cookie(toText(setCookie));
  }

  static from(name: string, value: string, options?: CookieInit | null): Cookie {
    if (arguments.length < 2) throw missingArguments('Not enough arguments');
    return new Cookie(name, value, isObject(options) ? options : undefined);
  }

  get name(): string {
    return this.#name;
  }

  get value(): string {
    return this.#value;
  }

  set value(value: string) {
    this.#value = toText(value);
  }

  get domain(): string | null {
    return this.#attributes.domain;
  }

  set domain(domain: string) {
    this.#attributes.domain = checkedDomain(toText(domain));
  }

  get path(): string {
    return this.#attributes.path;
  }

  set path(path: string) {
    this.#attributes.path = checkedPath(toText(path));
  }

  get expires(): Date | undefined {
    const { expires } = this.#attributes;
    if (expires === undefined) return undefined;
    return (this.#expiresDate ??= new Date(expires));
  }

  /** A date, seconds since the epoch, or the text of a date. */
  set expires(expires: Date | number | string | null | undefined) {
    this.#attributes.expires = toExpires(expires);
    this.#expiresDate = undefined;
  }

  /** Seconds. */
  get maxAge(): number | undefined {
    return this.#attributes.maxAge;
  }

  set maxAge(maxAge: number | null | undefined) {
    if (maxAge === undefined || maxAge === null) {
      this.#attributes.maxAge = undefined;
      return;
    }
    const seconds = +maxAge;
    if (!Number.isFinite(seconds)) throw new TypeError('The provided value is non-finite');
    this.#attributes.maxAge = seconds;
  }

  get secure(): boolean {
    return this.#attributes.secure;
  }

  set secure(secure: boolean) {
    this.#attributes.secure = Boolean(secure);
  }

  get httpOnly(): boolean {
    return this.#attributes.httpOnly;
  }

  set httpOnly(httpOnly: boolean) {
    this.#attributes.httpOnly = Boolean(httpOnly);
  }

  get sameSite(): CookieSameSite {
    return this.#attributes.sameSite;
  }

  set sameSite(sameSite: CookieSameSite) {
    // Unlike the constructor, the setter takes any case.
    this.#attributes.sameSite = toSameSite(toText(sameSite).toLowerCase());
  }

  get partitioned(): boolean {
    return this.#attributes.partitioned;
  }

  set partitioned(partitioned: boolean) {
    this.#attributes.partitioned = Boolean(partitioned);
  }

  /** Max-Age wins over Expires (RFC 6265 5.3). */
  isExpired(): boolean {
    const { expires, maxAge } = this.#attributes;
    if (maxAge !== undefined) return maxAge <= 0;
    return expires !== undefined && expires < Date.now();
  }

  /** The value of a Set-Cookie field. */
  serialize(): string {
    return access.text(this);
  }

  toString(): string {
    return access.text(this);
  }

  toJSON(): CookieJson {
    const { domain, path, maxAge, secure, sameSite, httpOnly, partitioned } = this.#attributes;
    const json = Object.create(null) as CookieJson;
    json.name = this.#name;
    json.value = this.#value;
    if (domain !== null && domain !== '') json.domain = domain;
    json.path = path;
    if (this.expires !== undefined) json.expires = this.expires;
    if (maxAge !== undefined) json.maxAge = maxAge;
    return Object.assign(json, { secure, sameSite, httpOnly, partitioned });
  }

  declare readonly [Symbol.toStringTag]: string;
}

/** Set by the class's static block. */
export const cookieAccess: CookieAccess = access;

shapeInterface(Cookie);
Object.defineProperty(Cookie.prototype, 'name', { enumerable: true });
defineInspect(Cookie.prototype, (cookie) => ({ ...cookie.toJSON() }));
