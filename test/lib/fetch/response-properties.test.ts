// SPDX-License-Identifier: MIT
// Response against Node's own class: any body and init must be accepted or refused alike, and show
// the same attributes. Left out on purpose (DIVERGENCES.md): bodies with 204, 205 and 304, BigInt
// statuses, relative redirects, `application/json;charset=utf-8` on the wire.

import fc from 'fast-check';
import { Response as FastResponse } from '#lib/fetch/response.js';
import { bodyFactory, outcome } from './support.js';

const NativeResponse = globalThis.Response;
type ResponseClass = typeof globalThis.Response;
const Fast = FastResponse as unknown as ResponseClass;

const status = fc.constantFrom<unknown>(
  undefined,
  200,
  201,
  204,
  299,
  300,
  304,
  404,
  500,
  599,
  0,
  -1,
  100,
  101,
  199,
  600,
  1000,
  65736,
  65935,
  201.7,
  '201',
  'x',
  null,
  Number.NaN,
  Infinity,
  true,
  { valueOf: () => 202 },
  Symbol('s'),
);
const statusText = fc.constantFrom<unknown>(
  undefined,
  '',
  'OK',
  'a\tb',
  'caf\xe9',
  '\n',
  'a\rb',
  '\x7f',
  '\x01',
  '\u0100',
  5,
  null,
  Symbol('s'),
);
const headers = fc.constantFrom<unknown>(
  undefined,
  {},
  [],
  { a: '1' },
  [
    ['a', '1'],
    ['A', '2'],
  ],
  { 'Content-Type': 'x/y' },
  { 'content-type': '' },
  new Headers({ b: '2' }),
  new Map([['c', '3']]),
  null,
  5,
  'text',
  [['a']],
  { 'a b': '1' },
  { a: 'x\ny' },
  { a: '\u0100' },
  { a: Symbol('s') },
  { 'set-cookie': 'a=1' },
);
const init = fc.oneof(
  { weight: 12, arbitrary: fc.record({ status, statusText, headers }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, null, 5, 'text', true, () => 1, []) },
);

function hasNullBodyStatus(value: unknown): boolean {
  const code = (value as { status?: unknown } | null | undefined)?.status;
  return code === 204 || code === 304;
}

function withoutBoundary(list: readonly (readonly [string, string])[]): unknown[] {
  return list.map(([name, value]) => [name, value.replace(/boundary=.*/, 'boundary=')]);
}

function look(response: globalThis.Response): unknown {
  const { status: code, statusText: text, ok, type, url, redirected, bodyUsed } = response;
  const list = withoutBoundary([...response.headers]);
  return { code, text, ok, type, url, redirected, bodyUsed, list, isNull: response.body === null };
}

describe('Response', () => {
  it('is constructed, or refuses, as native Responses do', () => {
    fc.assert(
      fc.property(bodyFactory, init, (makeBody, options) => {
        const build = (Class: ResponseClass): unknown =>
          outcome(() => look(new Class(makeBody() as never, options as never)));
        fc.pre(!(hasNullBodyStatus(options) && makeBody() !== null && makeBody() !== undefined));
        expect(build(Fast)).toEqual(build(NativeResponse));
      }),
      { numRuns: 3000 },
    );
  });

  it('makes the same Response.json()', async () => {
    const data = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>(undefined, 1n, Symbol('s'), () => 1),
    );
    await fc.assert(
      fc.asyncProperty(data, init, async (value, options) => {
        // Node refuses null, which WebIDL takes as an empty dictionary; Bun takes a number.
        fc.pre(!hasNullBodyStatus(options) && options !== null && typeof options !== 'number');
        const build = async (Class: ResponseClass): Promise<unknown> => {
          let made: globalThis.Response | undefined;
          const seen = outcome(() => {
            made = Class.json(value, options as never);
            return look(made);
          });
          return [seen, await made?.text()];
        };
        expect(await build(Fast)).toEqual(await build(NativeResponse));
      }),
      { numRuns: 1000 },
    );
  });

  it('makes the same Response.redirect() for absolute URLs', () => {
    const url = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.constantFrom('http://:This is not an url', 'http://a b', 'HTTP://EXAMPLE.com', 'data:,x'),
    );
    const code = fc.constantFrom<unknown>(
      undefined,
      301,
      302,
      303,
      307,
      308,
      200,
      304,
      309,
      0,
      '301',
    );
    fc.assert(
      fc.property(url, code, (target, value) => {
        const build = (Class: ResponseClass): unknown =>
          outcome(() => look(Class.redirect(target, value as never)));
        expect(build(Fast)).toEqual(build(NativeResponse));
      }),
    );
  });
});
