// SPDX-License-Identifier: MIT
// Request against Node's own class: any input and init must be accepted or refused alike and show the
// same attributes, also when the input is a request itself. Left out on purpose: what Node leaves out
// of the standard (`priority`; the method rule of "no-cors" when the mode comes from the input).

import fc from 'fast-check';
import { Request as FastRequest } from '#lib/fetch/request.js';
import { outcome } from './support.js';

type RequestClass = typeof globalThis.Request;
const Fast = FastRequest as unknown as RequestClass;
const Native = globalThis.Request;

const url = fc.constantFrom<unknown>(
  'http://a/',
  'HTTPS://Example.COM:443/a/../b?q=é#frag',
  new URL('http://b/c'),
  'about:blank',
  'data:,x',
  '/relative',
  '',
  'http://',
  'http://user:pass@a/',
  'http://user@a/',
  'http://[::1]:8/',
  null,
  undefined,
  5,
  {},
  { toString: () => 'http://c/' },
  Symbol('s'),
);

const members = {
  method: fc.constantFrom<unknown>(
    'GET',
    'get',
    'Post',
    'PUT',
    'PATCH',
    'delete',
    'OPTIONS',
    'HEAD',
    'chicken',
    'TRACE',
    'connect',
    'a b',
    '',
    'é',
    null,
    5,
  ),
  body: fc.constantFrom<unknown>(undefined, null, 'text', '', new URLSearchParams('a=1'), 5),
  headers: fc.constantFrom<unknown>(
    undefined,
    {},
    { a: '1' },
    [['Content-Type', 'x/y']],
    null,
    5,
    { 'a b': '1' },
    [['a']],
  ),
  mode: fc.constantFrom<unknown>(
    'cors',
    'no-cors',
    'same-origin',
    'navigate',
    'bad',
    null,
    undefined,
  ),
  credentials: fc.constantFrom<unknown>('omit', 'include', 'same-origin', 'bad', undefined),
  cache: fc.constantFrom<unknown>('default', 'no-store', 'only-if-cached', 'bad', undefined),
  redirect: fc.constantFrom<unknown>('follow', 'error', 'manual', 'bad', undefined),
  referrer: fc.constantFrom<unknown>(
    '',
    'about:client',
    'http://r/x',
    'http://:bad',
    '/rel',
    undefined,
  ),
  referrerPolicy: fc.constantFrom<unknown>('', 'origin', 'unsafe-url', 'bad', undefined),
  integrity: fc.constantFrom<unknown>('', 'sha256-x', null, 5, undefined),
  keepalive: fc.constantFrom<unknown>(true, false, 0, 'x', null, undefined),
  signal: fc.constantFrom<unknown>(
    undefined,
    null,
    {},
    'x',
    AbortSignal.abort(),
    new AbortController().signal,
  ),
  duplex: fc.constantFrom<unknown>('half', 'full', undefined),
  window: fc.constantFrom<unknown>(null, undefined, 'x', 1),
};
const init = fc.oneof(
  { weight: 20, arbitrary: fc.record(members, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, null, 5, 'text', () => 1) },
);
/** At most three members: errors of one do not hide the others. */
const smallInit = fc
  .tuple(init, fc.subarray(Object.keys(members), { maxLength: 3 }))
  .map(([full, keys]) =>
    typeof full !== 'object' || full === null
      ? full
      : Object.fromEntries(Object.entries(full).filter(([key]) => keys.includes(key))),
  );

function look(request: globalThis.Request): unknown {
  const {
    method,
    url: href,
    mode,
    credentials,
    cache,
    redirect,
    referrer,
    referrerPolicy,
  } = request;
  const { integrity, keepalive, destination, duplex, bodyUsed } = request as unknown as Record<
    string,
    unknown
  >;
  return {
    method,
    href,
    mode,
    credentials,
    cache,
    redirect,
    referrer,
    referrerPolicy,
    integrity,
    keepalive,
    destination,
    duplex,
    bodyUsed,
    headers: [...request.headers],
    aborted: request.signal.aborted,
    reason: String(request.signal.reason),
    isNull: request.body === null,
  };
}

function inheritsNoCors(first: unknown, second: unknown): boolean {
  const modeOf = (value: unknown): unknown =>
    (value as { mode?: unknown } | null | undefined)?.mode;
  return modeOf(first) === 'no-cors' && modeOf(second) === undefined;
}

describe('Request', () => {
  it('is constructed, or refuses, as native Requests do', () => {
    fc.assert(
      fc.property(url, smallInit, (input, options) => {
        const build = (Class: RequestClass): unknown =>
          outcome(() => look(new Class(input as never, options as never)));
        expect(build(Fast)).toEqual(build(Native));
      }),
      { numRuns: 3000 },
    );
  });

  it('is made from another request as native Requests are', async () => {
    await fc.assert(
      fc.asyncProperty(smallInit, smallInit, async (first, second) => {
        fc.pre(!inheritsNoCors(first, second));
        const build = async (Class: RequestClass): Promise<unknown> => {
          let input: globalThis.Request | undefined;
          let made: globalThis.Request | undefined;
          const seen = outcome(() => {
            input = new Class('http://a/', first as never);
            made = new Class(input, second as never);
            return look(made);
          });
          return [seen, input?.bodyUsed, input?.body === null, await made?.text()];
        };
        expect(await build(Fast)).toEqual(await build(Native));
      }),
      { numRuns: 1500 },
    );
  });

  it('is cloned as native Requests are', async () => {
    await fc.assert(
      fc.asyncProperty(smallInit, async (options) => {
        const build = async (Class: RequestClass): Promise<unknown> => {
          let request: globalThis.Request | undefined;
          let copy: globalThis.Request | undefined;
          const seen = outcome(() => {
            request = new Class('http://a/', options as never);
            copy = request.clone();
            return [look(request), look(copy), copy.signal === request.signal];
          });
          return [seen, await request?.text(), await copy?.text()];
        };
        expect(await build(Fast)).toEqual(await build(Native));
      }),
      { numRuns: 500 },
    );
  });

  it('is made from a native request as from one of its own', async () => {
    await fc.assert(
      fc.asyncProperty(smallInit, smallInit, async (first, second) => {
        fc.pre(!inheritsNoCors(first, second));
        fc.pre(!('thrown' in (outcome(() => new Native('http://a/', first as never)) as object)));
        const build = async (Class: RequestClass): Promise<unknown> => {
          const input = new Native('http://a/', first as never);
          let made: globalThis.Request | undefined;
          const seen = outcome(() => look((made = new Class(input, second as never))));
          return [seen, input.bodyUsed, await made?.text()];
        };
        expect(await build(Fast)).toEqual(await build(Native));
      }),
      { numRuns: 500 },
    );
  });
});
