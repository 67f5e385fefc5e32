// SPDX-License-Identifier: MIT
//
// `req.url`: absolute, and in the form `new URL(target, base).href` gives (behaviours 4.11). Most
// targets are in that form already; the native parser flags the others.

import { joinedField, rawFields, rawTarget } from './raw-head.js';

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)(.*)$/i;

function decodeBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** The path and query of a URL that starts with `http://` and an authority. */
function withoutOrigin(url: string): string {
  return url.slice(url.indexOf('/', url.indexOf('://') + 3));
}

/** The URL of a text; null when the URL standard knows no such host. */
function parsedUrl(text: string): string | null {
  try {
    return new URL(text).href;
  } catch {
    return null;
  }
}

/**
 * The URL standard's form of a URL the parser let through; never throws. Some hosts of RFC 3986 are
 * none to that standard (`256.1.1.1`, `xn--`, `a%2Fb`): they are replaced by `origin`, so that a
 * client cannot make `new URL(req.url)` throw in a handler.
 */
export function normalisedUrl(url: string, origin: string): string {
  const text = decodeBytes(url);
  const href = parsedUrl(text) ?? parsedUrl(origin + withoutOrigin(text)) ?? url;
  if (!href.includes('^')) return href;
  // In the standard's path percent-encode set, but only newer Node versions know.
  const query = href.indexOf('?');
  const end = query < 0 ? href.length : query;
  return href.slice(0, end).replaceAll('^', '%5E') + href.slice(end);
}

/** `http://host/target` from a raw head; `authority` stands in for a missing Host. */
export function urlOfHead(head: string, scheme: string, authority: string): string {
  const target = rawTarget(head);
  const absolute = ABSOLUTE_FORM.exec(target);
  if (absolute !== null) {
    const path = absolute[2] as string;
    return `${scheme}${absolute[1]}${path.startsWith('/') ? path : `/${path}`}`;
  }
  const host = joinedField(rawFields(head), 'host');
  const path = target === '*' ? '/' : target;
  return `${scheme}${host === null || host === '' ? authority : host}${path}`;
}
