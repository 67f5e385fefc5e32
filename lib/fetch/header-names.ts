// SPDX-License-Identifier: MIT
// Header names: which are valid, their lower-case form, and the spelling that goes on the wire.
// Bun writes the names WebKit knows in canonical case and every other name as the user spelled it,
// known names first; the table below was read off Bun 1.4.5's own responses.
// Knows nothing of values or lists.

const canonicalNames = [
  'Accept',
  'Accept-Charset',
  'Accept-Encoding',
  'Accept-Language',
  'Accept-Ranges',
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Headers',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
  'Access-Control-Max-Age',
  'Access-Control-Request-Headers',
  'Access-Control-Request-Method',
  'Age',
  'Authorization',
  'Cache-Control',
  'Connection',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Location',
  'Content-Range',
  'Content-Security-Policy',
  'Content-Security-Policy-Report-Only',
  'Content-Type',
  'Cookie',
  'Cookie2',
  'Cross-Origin-Embedder-Policy',
  'Cross-Origin-Embedder-Policy-Report-Only',
  'Cross-Origin-Opener-Policy',
  'Cross-Origin-Opener-Policy-Report-Only',
  'Cross-Origin-Resource-Policy',
  'DNT',
  'Date',
  'Default-Style',
  'ETag',
  'Expect',
  'Expires',
  'Host',
  'Icy-MetaInt',
  'Icy-Metadata',
  'If-Match',
  'If-Modified-Since',
  'If-None-Match',
  'If-Range',
  'If-Unmodified-Since',
  'Keep-Alive',
  'Last-Event-ID',
  'Last-Modified',
  'Link',
  'Location',
  'Origin',
  'Ping-From',
  'Ping-To',
  'Pragma',
  'Proxy-Authorization',
  'Proxy-Connection',
  'Purpose',
  'Range',
  'Referer',
  'Referrer-Policy',
  'Refresh',
  'Report-To',
  'Sec-Fetch-Dest',
  'Sec-Fetch-Mode',
  'Sec-WebSocket-Accept',
  'Sec-WebSocket-Extensions',
  'Sec-WebSocket-Key',
  'Sec-WebSocket-Protocol',
  'Sec-WebSocket-Version',
  'Server-Timing',
  'Service-Worker',
  'Service-Worker-Allowed',
  'Service-Worker-Navigation-Preload',
  'Set-Cookie2',
  'SourceMap',
  'Strict-Transport-Security',
  'TE',
  'Timing-Allow-Origin',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
  'Upgrade-Insecure-Requests',
  'User-Agent',
  'Vary',
  'Via',
  'X-Content-Type-Options',
  'X-DNS-Prefetch-Control',
  'X-Frame-Options',
  'X-SourceMap',
  'X-Temp-Tablet',
  'X-XSS-Protection',
];

/** Headers the server must know of before it frames a response: one bit each. */
export const HeaderFlag = {
  ContentType: 1,
  ContentLength: 2,
  TransferEncoding: 4,
  Connection: 8,
  Date: 16,
  ETag: 32,
  LastModified: 64,
  ContentRange: 128,
  SetCookie: 256,
  ContentEncoding: 512,
  Location: 1024,
} as const;

const flagByLower: Readonly<Record<string, number>> = {
  'content-type': HeaderFlag.ContentType,
  'content-length': HeaderFlag.ContentLength,
  'transfer-encoding': HeaderFlag.TransferEncoding,
  connection: HeaderFlag.Connection,
  date: HeaderFlag.Date,
  etag: HeaderFlag.ETag,
  'last-modified': HeaderFlag.LastModified,
  'content-range': HeaderFlag.ContentRange,
  'set-cookie': HeaderFlag.SetCookie,
  'content-encoding': HeaderFlag.ContentEncoding,
  location: HeaderFlag.Location,
};

/** Where a header stands in the wire block. */
export const HeaderRank = { Cookie: 0, Known: 1, Custom: 2, Framing: 3 } as const;

/** What is known about one spelling of a name. Shared, never mutated. */
export class HeaderName {
  /** `HeaderFlag` bit, 0 for most names. */
  readonly flag: number;

  constructor(
    /** Lower-case form, the key of every comparison. */
    readonly lower: string,
    /** Wire spelling with its colon and space, ready to be followed by a value. */
    readonly prefix: string,
    /** `HeaderRank` value. */
    readonly rank: number,
  ) {
    this.flag = Object.hasOwn(flagByLower, lower) ? (flagByLower[lower] as number) : 0;
  }
}

const knownByLower = new Map<string, HeaderName>();
const bySpelling = new Map<string, HeaderName>();

function rankOf(lower: string): number {
  // The server alone writes these two: a user's copy could disagree with the bytes that follow.
  if (lower === 'content-length' || lower === 'transfer-encoding') return HeaderRank.Framing;
  return HeaderRank.Known;
}

for (const wire of canonicalNames) {
  const lower = wire.toLowerCase();
  const name = new HeaderName(lower, `${wire}: `, rankOf(lower));
  knownByLower.set(lower, name);
  bySpelling.set(lower, name);
  bySpelling.set(wire, name);
}
const setCookie = new HeaderName('set-cookie', 'set-cookie: ', HeaderRank.Cookie);
knownByLower.set('set-cookie', setCookie);
bySpelling.set('set-cookie', setCookie);
bySpelling.set('Set-Cookie', setCookie);

// A proxy copies names chosen by its peers: past this size new spellings are looked at each time.
const kMaxCachedSpellings = 1024;

// RFC 9110 5.6.2 token, which is also the Fetch standard's "header name".
const tokenPattern = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;

export function isToken(text: string): boolean {
  return tokenPattern.test(text);
}

function resolve(spelling: string): HeaderName | null {
  if (!tokenPattern.test(spelling)) return null;
  const lower = spelling.toLowerCase();
  const name = knownByLower.get(lower) ?? new HeaderName(lower, `${spelling}: `, HeaderRank.Custom);
  if (bySpelling.size < kMaxCachedSpellings) bySpelling.set(spelling, name);
  return name;
}

/** The name behind a spelling, or null when it is not a valid header name. */
export function headerName(spelling: string): HeaderName | null {
  return bySpelling.get(spelling) ?? resolve(spelling);
}

/** A name of the table above, by its lower-case form. */
export function knownHeader(lower: string): HeaderName {
  return knownByLower.get(lower) as HeaderName;
}
