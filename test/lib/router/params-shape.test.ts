// SPDX-License-Identifier: MIT
// Params objects: one hidden class per ordered list of names, no inherited properties, and the same
// objects where code generation from strings is forbidden.
import { execFileSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { noParams, paramsFactory } from '#lib/router/params-shape.js';

// Stays on: V8 compiles the functions below at their first call. The process is this file's own.
setFlagsFromString('--allow-natives-syntax');
const haveSameMap = runInThisContext('(a, b) => %HaveSameMap(a, b)') as (
  a: object,
  b: object,
) => boolean;
const hasFastProperties = runInThisContext('(o) => %HasFastProperties(o)') as (
  o: object,
) => boolean;

test('values are own, enumerable properties in the order of the names', () => {
  const params = paramsFactory(['id', 'post'])('1', '2');
  expect(Object.entries(params)).toEqual([
    ['id', '1'],
    ['post', '2'],
  ]);
  expect({ ...params }).toEqual({ id: '1', post: '2' });
  expect(JSON.stringify(params)).toBe('{"id":"1","post":"2"}');
});

test('nothing is inherited but the tag', () => {
  for (const params of [noParams, paramsFactory(['id'])('1')]) {
    expect('toString' in params).toBe(false);
    expect('constructor' in params).toBe(false);
    expect('__proto__' in params).toBe(false);
    expect(Object.prototype.toString.call(params)).toBe('[object RequestParams]');
  }
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a-b', 'x y', '"', "'", '\\'])(
  'the name %j is plain data',
  (name) => {
    const params = paramsFactory([name])('v');
    expect(Object.keys(params)).toEqual([name]);
    expect((params as Record<string, string>)[name]).toBe('v');
    expect(Object.prototype).not.toHaveProperty('v');
  },
);

test('the value of an unnamed parameter is dropped', () => {
  expect({ ...paramsFactory(['', 'x'])('1', '2') }).toEqual({ x: '2' });
  expect(Object.keys(paramsFactory([''])('1'))).toEqual([]);
});

test('a name list has one factory, another order has its own', () => {
  expect(paramsFactory(['a', 'b'])).toBe(paramsFactory(['a', 'b']));
  expect(paramsFactory(['a', 'b'])).not.toBe(paramsFactory(['b', 'a']));
  expect(paramsFactory(['a', 'b'])).not.toBe(paramsFactory(['ab']));
});

test('all objects of a shape share one hidden class', () => {
  const names = Array.from({ length: 40 }, (_, i) => `p${i}`);
  for (const list of [['id'], ['a', 'b', 'c'], names, ['__proto__']]) {
    const make = paramsFactory(list);
    const one = make(...list.map(() => 'x'));
    const two = make(...list.map((_, i) => `${i}`));
    expect(haveSameMap(one, two)).toBe(true);
    expect(hasFastProperties(one)).toBe(true);
  }
});

test('without code generation the objects are the same', () => {
  const script = `
    const { paramsFactory } = await import(process.argv[1]);
    let generated = true;
    try { new Function('return 1'); } catch { generated = false; }
    const params = paramsFactory(['id', '', '__proto__'])('1', '2', '3');
    const again = paramsFactory(['id', '', '__proto__'])('4', '5', '6');
    console.log(JSON.stringify({
      generated,
      entries: Object.entries(params),
      tag: String(Object.prototype.toString.call(params)),
      inherits: 'toString' in params,
      sameMap: %HaveSameMap(params, again),
      fast: %HasFastProperties(params),
    }));`;
  const flags = ['--disallow-code-generation-from-strings', '--allow-natives-syntax'];
  const module = import.meta.resolve('#lib/router/params-shape.js');
  const output = execFileSync(
    process.execPath,
    [...flags, '--input-type=module', '--eval', script, module],
    { encoding: 'utf8' },
  );
  expect(JSON.parse(output)).toEqual({
    generated: false,
    entries: [
      ['id', '1'],
      ['__proto__', '3'],
    ],
    tag: '[object RequestParams]',
    inherits: false,
    sameMap: true,
    fast: true,
  });
});
