// SPDX-License-Identifier: MIT
//
// The text of a Set-Cookie field: writing one, and reading one as Bun's Cookie.parse does. Values
// are percent-encoded when written and left as they are when read (behaviours 18.3, 18.4).

import { parseCookieDate } from './cookie-date.js';
import { type CookieAttributes, defaultAttributes } from './cookie-init.js';
import { trimmed } from './white-space.js';

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

// RFC 9110 5.5, as Fetch has it: no NUL, CR or LF, no white space at the ends, one byte a character.
const HEADER_VALUE = /^(?![\t ])[\x01-\x09\x0b\x0c\x0e-\xff]*(?<![\t ])$/;
const WHOLE_NUMBER = /^[\s]*([+-]?\d+)/;
/** Beyond this no integer type of a browser goes either. */
const MAX_AGE_LIMIT = 2 ** 63;

export function formatSetCookie(name: string, value: string, cookie: CookieAttributes): string {
  let text = `${name}=${encodeURIComponent(value)}`;
  if (cookie.domain !== null && cookie.domain !== '') text += `; Domain=${cookie.domain}`;
  if (cookie.path !== '') text += `; Path=${cookie.path}`;
  if (cookie.expires !== undefined) text += `; Expires=${new Date(cookie.expires).toUTCString()}`;
  if (cookie.maxAge !== undefined) text += `; Max-Age=${cookie.maxAge}`;
  if (cookie.secure) text += '; Secure';
  if (cookie.httpOnly) text += '; HttpOnly';
  if (cookie.partitioned) text += '; Partitioned';
  return `${text}; SameSite=${SAME_SITE[cookie.sameSite]}`;
}

function readAttribute(into: CookieAttributes, name: string, value: string): void {
  switch (name.toLowerCase()) {
    case 'domain':
      if (value !== '') into.domain = value.toLowerCase();
      return;
    case 'path':
      if (value.startsWith('/')) into.path = value;
      return;
    case 'expires': {
      const time = parseCookieDate(value);
      if (!Number.isNaN(time)) into.expires = time;
      return;
    }
    case 'max-age': {
      const seconds = Number(WHOLE_NUMBER.exec(value)?.[1] ?? NaN);
      if (Math.abs(seconds) <= MAX_AGE_LIMIT) into.maxAge = seconds;
      return;
    }
    case 'secure':
      into.secure = true;
      return;
    case 'httponly':
      into.httpOnly = true;
      return;
    case 'partitioned':
      into.partitioned = true;
      return;
    case 'samesite': {
      const site = value.toLowerCase();
      if (site === 'strict' || site === 'lax' || site === 'none') into.sameSite = site;
      return;
    }
  }
}

/** Name, value and attributes; names and attributes are still to be checked. */
export function parseSetCookie(text: string): [string, string, CookieAttributes] {
  if (!HEADER_VALUE.test(text)) {
    throw new TypeError('cookie string is not a valid HTTP header value');
  }
  if (text.length < 2) throw new TypeError('Invalid cookie string: empty');
  const [pair, ...rest] = text.split(';') as [string, ...string[]];
  const equals = pair.indexOf('=');
  if (equals < 0) throw new TypeError("Invalid cookie string: no '=' found");
  const name = trimmed(pair.slice(0, equals));
  if (name === '') throw new TypeError('Invalid cookie string: name cannot be empty');
  const attributes = defaultAttributes();
  for (const part of rest) {
    const at = part.indexOf('=');
    if (at < 0) readAttribute(attributes, trimmed(part), '');
    else readAttribute(attributes, trimmed(part.slice(0, at)), trimmed(part.slice(at + 1)));
  }
  return [name, trimmed(pair.slice(equals + 1)), attributes];
}
