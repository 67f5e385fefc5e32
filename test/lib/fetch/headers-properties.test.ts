// SPDX-License-Identifier: MIT
// Headers against Node's own class: the same random constructor input and the same random sequence
// of calls must give the same results, or errors of the same class. Texts of errors are not compared.

import fc from 'fast-check';
import { Headers as FastHeaders } from '#lib/fetch/headers.js';
import { outcome } from './support.js';

const NativeHeaders = globalThis.Headers;
type AnyHeaders = globalThis.Headers;
type HeadersClass = new (init?: never) => AnyHeaders;

const token = fc.constantFrom(
  'a',
  'A',
  'x-b',
  'X-B',
  'X-b',
  'set-cookie',
  'Set-Cookie',
  'SET-COOKIE',
  'set-cookie2',
  'content-type',
  'Content-Type',
  'accept',
  "!#$%&'*+-.^_`|~09azAZ",
  'constructor',
);
const badName = fc.constantFrom(
  '',
  ' ',
  'a b',
  'a:',
  'é',
  'a\n',
  '\0',
  '(',
  'a\u0100',
  'x\u{1f600}',
);
const name = fc.oneof({ weight: 8, arbitrary: token }, { weight: 1, arbitrary: badName });

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 6,
});
const value = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 6 }) },
  { weight: 2, arbitrary: latin1 },
  { weight: 1, arbitrary: fc.constantFrom(' a ', '\ta\t', 'a\r\n', '\r\n\t ', 'a\nb', 'a\0b', '') },
  { weight: 1, arbitrary: fc.constantFrom('\u0100', 'a\ud800') },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(1, null, undefined, true, 1.5, 7n) },
);

// Copying normalises again: a joined pair of empty values would lose its last space.
const visible = fc.string({ minLength: 1, maxLength: 5 }).filter((text) => text.trim() !== '');

const pairs = fc.array(fc.tuple(name, value), { maxLength: 6 });
const init = fc.oneof(
  pairs.map((list) => (): unknown => list.map((pair) => [...pair])),
  pairs.map((list) => (): unknown => new Map(list as [string, unknown][])),
  pairs.map((list) => (): unknown => Object.fromEntries(list) as unknown),
  pairs.map((list) => (): unknown => new Proxy(Object.fromEntries(list), {})),
  pairs.map(
    (list) => (): unknown =>
      Object.assign(Object.create({ inherited: 'x' }), Object.fromEntries(list)),
  ),
  fc.constantFrom<() => unknown>(
    () => undefined,
    () => null,
    () => 1,
    () => 'text',
    () => true,
    () => Symbol('s'),
    () => [],
    () => {},
    () => [['a']],
    () => [['a', 'b', 'c']],
    () => ['ab'],
    () => [1],
    () => [[]],
    () => [new Set(['a', 'b'])],
    () => ({ [Symbol.iterator]: 1 }),
    () => ({ [Symbol.iterator]: null, a: '1' }),
    () => ({ a: Symbol('s') }),
    () => ({ a: { toString: () => 'text' } }),
    () => ({ a: ['1', '2'] }),
    () => new URLSearchParams('a=1&b=2'),
  ),
);

const call = fc.oneof(
  fc.tuple(fc.constantFrom('append', 'set'), name, value),
  fc.tuple(fc.constantFrom('get', 'has', 'delete'), name),
  fc.tuple(fc.constantFrom('getSetCookie', 'list', 'keys', 'values', 'forEach', 'next', 'append1')),
);

function inspectors(headers: AnyHeaders): Record<string, () => unknown> {
  const iterator = headers.entries();
  return {
    list: () => [...headers],
    keys: () => [...headers.keys()],
    values: () => [...headers.values()],
    forEach: () => {
      const seen: unknown[] = [];
      headers.forEach((text, key, parent) => seen.push([key, text, parent === headers]));
      return seen;
    },
    next: () => iterator.next(),
    append1: () => (headers.append as (only: string) => void)('a'),
  };
}

function run(Class: HeadersClass, make: () => unknown, calls: readonly unknown[][]): unknown[] {
  let headers: AnyHeaders | undefined;
  const results = [
    outcome(() => {
      headers = new Class(make() as never);
      return null;
    }),
  ];
  if (headers === undefined) return results;
  const target = headers as unknown as Record<string, (...args: unknown[]) => unknown>;
  const special = inspectors(headers);
  for (const [method, ...args] of calls as [string, ...unknown[]][]) {
    results.push(outcome(special[method] ?? (() => target[method]?.(...args))));
  }
  results.push([...headers]);
  return results;
}

describe('Headers', () => {
  it('does what native Headers do, for any init and any sequence of calls', () => {
    fc.assert(
      fc.property(init, fc.array(call, { maxLength: 12 }), (make, calls) => {
        const ours = run(FastHeaders as unknown as HeadersClass, make, calls);
        expect(ours).toEqual(run(NativeHeaders as unknown as HeadersClass, make, calls));
      }),
      { numRuns: 3000 },
    );
  });

  it('copies from native Headers and into them without loss', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(token, visible)), (list) => {
        const make = (Class: HeadersClass, from: unknown): AnyHeaders => new Class(from as never);
        const Fast = FastHeaders as unknown as HeadersClass;
        const Native = NativeHeaders as unknown as HeadersClass;
        const entries = [...make(Native, list)];
        expect([...make(Fast, make(Native, list))]).toEqual(entries);
        expect([...make(Native, make(Fast, list))]).toEqual(entries);
        expect([...make(Fast, make(Fast, list))]).toEqual(entries);
      }),
    );
  });

  it('reads a record in the order WebIDL says', () => {
    const trace = (Class: HeadersClass): unknown[] => {
      const log: unknown[] = [];
      const record = {
        a: '1',
        [Symbol.for('s')]: 'x',
        b: { toString: () => (log.push('str'), '2') },
      };
      Object.defineProperty(record, 'hidden', { value: '3', enumerable: false });
      const handler: ProxyHandler<object> = Object.fromEntries(
        Object.getOwnPropertyNames(Reflect).map((trap) => [
          trap,
          (...args: unknown[]) => {
            log.push([trap, args[1]]);
            return (Reflect as unknown as Record<string, (...all: unknown[]) => unknown>)[trap]?.(
              ...args,
            );
          },
        ]),
      );
      log.push(outcome(() => [...new Class(new Proxy(record, handler) as never)]));
      return log;
    };
    expect(trace(FastHeaders as unknown as HeadersClass)).toEqual(
      trace(NativeHeaders as unknown as HeadersClass),
    );
  });
});
