// SPDX-License-Identifier: MIT
// Bun.Cookie and Bun.CookieMap by themselves (behaviours 18.3-18.6): each case evaluates a few
// expressions and compares what they gave or threw.
import type { DifferentialCase, Snippet } from '../case.js';
import { get } from '../case.js';

/** An app that answers with the results of expressions over Cookie, CookieMap and `map`. */
function evaluating(expressions: readonly string[]): Snippet {
  const calls = expressions.map((text) => `(map) => (${text})`).join(',\n');
  const source = `({ json, Bun }) => {
    const { Cookie, CookieMap } = Bun;
    const outcome = (call) => {
      try {
        const value = call(new CookieMap('a=1; b=2; a=3; c=4'));
        return value instanceof CookieMap ? [[...value], value.toSetCookieHeaders()] : value;
      } catch (error) {
        return [error.name, error.code, error.message];
      }
    };
    return { fetch: () => json([${calls}].map(outcome)) };
  }`;
  return Object.assign(() => ({}), { toString: () => source });
}

function api(name: string, ...expressions: string[]): DifferentialCase {
  return { name, app: evaluating(expressions), send: get('/'), gives: '200 open' };
}

/** The expression for each of some JSON-able or source-text values. */
function each(values: readonly string[], expression: (value: string) => string): string[] {
  return values.map(expression);
}

const texts = (...values: string[]): string[] => values.map((value) => JSON.stringify(value));
const withOption = (option: string) => (value: string) =>
  `new Cookie('n', 'v', { ${option}: ${value} }).toString()`;
const parsed = (text: string): string => `Cookie.parse(${text})`;
const made = (init: string): string => `new CookieMap(${init})`;
const after = (change: string): string => `(${change}, map)`;
const returned = (change: string): string => `${change} === undefined`;

export const cases: readonly DifferentialCase[] = [
  api(
    'constructor: forms',
    "new Cookie('a', 'b')",
    "new Cookie('a=b')",
    "new Cookie('a=b; Path=/x; Secure')",
    "new Cookie({ name: 'a', value: 'b', path: '/p', maxAge: 5 })",
    "new Cookie({ name: 'a' })",
    "new Cookie(new Cookie('a', 'b', { domain: 'x.example', secure: true }))",
    "Cookie.from('a', 'b')",
    "Cookie.from('a', 'b', { httpOnly: true })",
    "Cookie.from('a', 'b', 5)",
  ),
  api(
    'constructor: what is missing or wrong',
    'new Cookie()',
    'new Cookie(undefined)',
    'new Cookie(null)',
    'new Cookie(5)',
    'new Cookie(true)',
    'new Cookie({})',
    'new Cookie([])',
    "new Cookie({ name: '' })",
    "new Cookie('', 'v')",
    "new Cookie('a=b', undefined)",
    "new Cookie('a', 'b', 5)",
    "new Cookie('a', 'b', 'text')",
    "new Cookie('a', 'b', null).toString()",
    "Cookie.from('a')",
    'Cookie.from()',
    'Cookie.parse()',
  ),
  api(
    'constructor: conversions',
    "new Cookie('a', undefined).value",
    "new Cookie('a', null).value",
    'new Cookie(5, 6).toString()',
    'new Cookie({ name: 5, value: null }).toString()',
    "new Cookie('n', 'v', { domain: 5, path: 6 }).toString()",
    "new Cookie('n', 'v', { secure: 1, httpOnly: 'false', partitioned: 0 }).toString()",
    "new Cookie('n', 'v', { domain: null, path: null, expires: null, maxAge: null }).toString()",
    "new Cookie('n', '\\ud800').value.codePointAt(0)",
  ),
  api(
    'shape',
    "Object.keys(new Cookie('a', 'b'))",
    "Object.prototype.toString.call(new Cookie('a', 'b'))",
    'Object.prototype.toString.call(map)',
    'Object.keys(Cookie.prototype).sort()',
    'Object.keys(CookieMap.prototype).sort()',
    '[Cookie.length, CookieMap.length, Cookie.parse.length, Cookie.from.length]',
    '[map.get.length, map.set.length, map.delete.length, map.forEach.length, map.has.length]',
    'map[Symbol.iterator] === map.entries',
    "Object.getPrototypeOf(new Cookie('a', 'b').toJSON())",
    "new (class extends Cookie {})('a', 'b') instanceof Cookie",
    "JSON.stringify({ cookie: new Cookie('a', 'b'), map })",
  ),
  api(
    'all attributes, in their order',
    "new Cookie('n', 'v', { sameSite: 'strict', partitioned: true, httpOnly: true, secure: true, " +
      "maxAge: 5, expires: new Date(0), path: '/p', domain: 'x.example' }).toString()",
    "new Cookie('n', 'v', { sameSite: 'strict', partitioned: true, httpOnly: true, secure: true, " +
      "maxAge: 5, expires: new Date(0), path: '/p', domain: 'x.example' })",
    "new Cookie('n', 'v', { secure: true }).serialize()",
  ),
  api(
    'name: which characters',
    ...each(
      texts(
        'a b',
        'a;b',
        'a=b',
        'a,b',
        'a"b',
        'a\tb',
        'a\x7fb',
        'é',
        'a(b',
        'a[b]',
        'a\nb',
        'a\0b',
      ),
      (name) => `new Cookie(${name}, 'v').toString()`,
    ),
    ...each(texts('__Host-a', '__Secure-a', '__proto__'), (n) => `new Cookie(${n}, 'v').name`),
  ),
  api(
    'value: how it is encoded',
    ...each(
      texts(
        'a b',
        'a;b',
        'a=b',
        '"q"',
        'a\tb',
        'é',
        '日本',
        '😀',
        'a\r\nb',
        'a\0b',
        '%41',
        '',
        "~!*()_-.'",
      ),
      (value) => `new Cookie('n', ${value}).toString()`,
    ),
  ),
  api(
    'path: which characters',
    ...each(
      texts(
        '',
        '/',
        'a',
        '/a b',
        '/a;b',
        '/é',
        '/a\nb',
        '/\0',
        '/a,b',
        '/\x7f',
        '/"',
        '/<',
        '/a=b?c#d',
      ),
      withOption('path'),
    ),
  ),
  api(
    'domain: which characters',
    ...each(
      texts(
        '',
        'x.example',
        '.x.example',
        'a b',
        'a;b',
        'é.x',
        'a\nb',
        'X.example',
        '[::1]',
        '127.0.0.1',
        'a_b',
      ),
      withOption('domain'),
    ),
  ),
  api(
    'sameSite',
    ...each(
      [
        'undefined',
        'null',
        "''",
        "'lax'",
        "'strict'",
        "'none'",
        "'Lax'",
        "'STRICT'",
        '5',
        'true',
        '{}',
      ],
      withOption('sameSite'),
    ),
  ),
  api(
    'expires',
    ...each(
      [
        '0',
        '1',
        '-1',
        '1.5',
        '1e9',
        '8.64e12',
        'NaN',
        'Infinity',
        '-Infinity',
        "''",
        "'x'",
        "'0'",
        "'2024-01-01'",
        'new Date(0)',
        'new Date(NaN)',
        'new Date(15e11)',
        'true',
        'false',
        "'Wed, 21 Oct 2015 07:28:00 GMT'",
        "'Thu, 01 Jan 1970 00:00:01 GMT'",
      ],
      withOption('expires'),
    ),
    "new Cookie('n', 'v', { expires: 5 }).expires.toISOString()",
    '((c) => c.expires === c.expires)(new Cookie("n", "v", { expires: 5 }))',
  ),
  {
    ...api(
      'expires: the epoch as text, and times beyond dates',
      withOption('expires')("'Thu, 01 Jan 1970 00:00:00 GMT'"),
      withOption('expires')('8.64e15'),
    ),
    divergence: 'cookie-dates',
    body: JSON.stringify([
      ['TypeError', undefined, 'Invalid cookie expiration date'],
      'n=v; Path=/; Expires=Sun, 00 Jan 0000 00:00:00 GMT; SameSite=Lax',
    ]),
    ours: {
      gives: '200 open',
      body: JSON.stringify([
        'n=v; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax',
        ['RangeError', undefined, 'expires must be a valid Number (or Date)'],
      ]),
    },
  },
  api(
    'maxAge',
    ...each(
      ['0', '1', '-1', '1.5', '1e21', 'NaN', "''", "'5'", 'true', '{}', '2 ** 31', '-0'],
      withOption('maxAge'),
    ),
  ),
  api(
    'isExpired',
    "new Cookie('a', 'b').isExpired()",
    "new Cookie('a', 'b', { expires: 1 }).isExpired()",
    "new Cookie('a', 'b', { expires: 1e11 }).isExpired()",
    "new Cookie('a', 'b', { maxAge: 0 }).isExpired()",
    "new Cookie('a', 'b', { maxAge: 5 }).isExpired()",
    "new Cookie('a', 'b', { maxAge: 5, expires: 1 }).isExpired()",
    "new Cookie('a', 'b', { maxAge: 0, expires: 1e11 }).isExpired()",
  ),
  ...Object.entries({
    value: ["'q'", '5', 'null', 'undefined', "'a;b'"],
    domain: ["'y.example'", "''", 'null', '5', "'A.example'"],
    path: ["'/y'", "''", 'null', "'/;'"],
    expires: ['5', 'new Date(9000)', 'null', 'undefined', "''", 'NaN', 'Infinity', "'x'"],
    maxAge: ['5', 'null', 'undefined', "''", "'x'", "'7'", 'NaN', 'Infinity', 'true'],
    secure: ['1', '0', "''", "'false'"],
    sameSite: ["'none'", "'Lax'", "''", 'null', '5'],
  }).map(([key, values]) =>
    api(
      `setter: ${key}`,
      ...each(
        values,
        (value) =>
          `((c) => ((c.${key} = ${value}), [c.${key}, c.toString()]))(new Cookie('n', 'v'))`,
      ),
    ),
  ),
  api(
    'parse: pairs',
    ...each(
      texts(
        '',
        'a',
        '=',
        '=b',
        'a=',
        ' a=b',
        'a=b ',
        'a=b;',
        '; a=b',
        'a;=',
        'a=b=c',
        'a="b c"',
        'a=%20',
        'é=1',
        'a=é',
      ),
      parsed,
    ),
    ...each(
      texts('a=b\n', 'a=b\r\nx: y', 'a=b\0c', 'a b=c', 'a=😀', 'a =b', 'a= b ;x', '__proto__=x'),
      parsed,
    ),
    'Cookie.parse(5)',
    'Cookie.parse(null)',
  ),
  api(
    'parse: attributes',
    ...each(
      texts(
        'a=b; Path=/x; Domain=X.Example; Secure; HttpOnly; Partitioned; SameSite=Strict; Max-Age=5',
        'a=b;path=/x;domain=.x.example;secure;httponly;partitioned;samesite=none;max-age=-5',
        'a=b; Path=x',
        'a=b; Path=',
        'a=b; Path=/1; Path=/2',
        'a=b; Path=/1; Path=x',
        'a=b; Path = /q',
        'a=b; Domain=',
        'a=b; Domain=x y',
        'a=b; Domain="x.example"',
        'a=b; Secure=false',
        'a=b; Foo=bar; =x',
        'a=b; Path=/\u00e9',
        'a=b; SameSite=foo',
        'a=b; SameSite=Strict; SameSite=foo',
      ),
      parsed,
    ),
  ),
  api(
    'parse: Max-Age',
    ...each(
      [
        '',
        '=',
        '=5',
        '=5.5',
        '=-5',
        '=x',
        '=5x',
        '=+5',
        '=1e3',
        '=0x10',
        '="5"',
        '=- 5',
        '=05',
        '=99999999999999999999',
      ],
      (text) => `Cookie.parse('a=b; Max-Age${text}').maxAge`,
    ),
    "Cookie.parse('a=b; Max-Age=3; Max-Age=bad').maxAge",
  ),
  api(
    'parse: Expires',
    ...each(
      texts(
        'Wed, 21 Oct 2015 07:28:00 GMT',
        'Wed, 21-Oct-2015 07:28:00 GMT',
        'Wednesday, 21-Oct-15 07:28:00 GMT',
        'Thu, 01 Jan 1970 00:00:00 GMT',
        '21 Oct 2015 07:28:00 +0200',
        '21 Oct 2015 07:28:00 EST',
        '21 Oct 2015 07:28:00 -05:30',
        '21 oct 2015 7:2:3 gmt',
        '21 October 2015 00:00:00 GMT',
        '21 Oct 70 00:00:00 GMT',
        '21 Oct 49 00:00:00 GMT',
        '21 Oct 50 00:00:00 GMT',
        '30 Feb 2015 00:00:00 GMT',
        '0',
        '100',
        'x',
        '',
        '2015-10-21',
        '2015-10-21T07:28:00Z',
        '32 Oct 2015 00:00:00 GMT',
        '0 Oct 2015 00:00:00 GMT',
        '21 Foo 2015 00:00:00 GMT',
        '21 Oct 2015 24:00:00 GMT',
        '21 Oct 2015 00:60:00 GMT',
        '21 Oct 2015 07:28:00 XYZ',
        'Wed, 21 Oct 2015 07:28:00 GMT trailing',
        'Wed Oct 21 2015 07:28:00 GMT+0000 (Coordinated Universal Time)',
      ),
      (text) => `String(Cookie.parse('a=b; Expires=' + ${text}).expires?.toISOString())`,
    ),
  ),
  api(
    'CookieMap: what it is made of',
    ...each(
      [
        '',
        'undefined',
        'null',
        "''",
        "'a=b; c=%20'",
        '{}',
        "{ a: 'b', c: '%20' }",
        '{ a: 5, b: null, c: undefined }',
        '[]',
        "[['a', 'b'], ['a', 'c']]",
        '[[1, 2]]',
        "{ '': 'x', 'a b': 'c' }",
        "{ 2: 'b', 1: 'a' }",
        "Object.create({ inherited: '1' })",
        "{ [Symbol('q')]: 'z', b: 'c' }",
        "new Map([['a', 'b']])",
      ],
      made,
    ),
  ),
  api(
    'CookieMap: what it refuses',
    ...each(
      [
        '5',
        'true',
        '5n',
        "Symbol('x')",
        "[['a']]",
        "[['a', 'b', 'c']]",
        "['ab']",
        '[1]',
        '[null]',
        '[[]]',
        "['a=b']",
      ],
      made,
    ),
  ),
  api(
    'get and has',
    ...each(
      ["'a'", "'A'", "'zz'", '', 'undefined', 'null', "{ name: 'a' }"],
      (name) => `map.get(${name})`,
    ),
    ...each(["'a'", "'zz'", '', "'a', '9'"], (name) => `map.has(${name})`),
    "new CookieMap('5=x').get(5)",
    "new CookieMap('a=; b=1').get('a')",
  ),
  api(
    'set: forms',
    ...each(
      [
        "map.set('a', 'x')",
        "map.set('z', 'x')",
        "map.set('z', 'x', { secure: true, maxAge: 3 })",
        "map.set({ name: 'z', value: 'v', httpOnly: true })",
        "map.set(new Cookie('z', 'v', { path: '/q' }))",
        'map.set()',
        "map.set('a', undefined)",
        "map.set('a', null)",
        'map.set(5, 6)',
        "map.set('z', '')",
        "map.set('a', 'x', { maxAge: 0 })",
        "map.set(new Cookie('q', 'r'), 'x')",
      ],
      after,
    ),
    returned("map.set('a', 'b')"),
  ),
  api(
    'set: what it refuses',
    ...each(
      [
        "map.set('a')",
        "map.set('a=b')",
        'map.set(null)',
        'map.set({})',
        "map.set('', 'x')",
        "map.set('a b', 'c')",
        "map.set('a\\r\\n', 'c')",
        "map.set('a', 'b', 5)",
        "map.set('a', 'b', { path: '/;' })",
      ],
      after,
    ),
  ),
  api(
    'delete: forms',
    ...each(
      [
        "map.delete('a')",
        "map.delete('zz')",
        "(map.delete('a'), map.delete('a'))",
        'map.delete()',
        "map.delete({ name: 'a', path: '/q', domain: 'x.example' })",
        "map.delete('a', { path: '/q', domain: 'x.example' })",
        "map.delete('a', { name: 'b', path: '/q' })",
        "map.delete('a', { path: '' })",
        "map.delete('a', { path: null, domain: null })",
        "map.delete(new Cookie('a', 'x', { path: '/z', domain: 'q.example', secure: true }))",
        "(map.set('z', '1'), map.delete('z'))",
        "(map.delete('a'), map.set('a', '9'))",
        "(map.set('z', '1'), map.set('y', '1'), map.delete('z'), map.set('z', '2'))",
      ],
      after,
    ),
    returned("map.delete('a')"),
  ),
  api(
    'delete: what it refuses',
    ...each(
      [
        'map.delete({})',
        'map.delete(null)',
        'map.delete(5)',
        'map.delete(undefined)',
        "map.delete('a', 5)",
        "map.delete('a b')",
        "map.delete('')",
        'map.delete({ name: 5 })',
        "map.delete('a', { path: '/;' })",
        "map.delete({ name: 'a', domain: 'a b' })",
      ],
      after,
    ),
  ),
  api(
    'iteration',
    '[...map.keys()]',
    '[...map.values()]',
    '[...map.entries()]',
    '((all) => (map.forEach((...args) => all.push(args.slice(0, 2), args[2] === map)), all))([])',
    'map.forEach(function () { if (this.x !== 5) throw new Error("this"); }, { x: 5 }) === undefined',
    'map.forEach()',
    'map.size',
    "(map.set('z', '1'), [...map.keys(), map.size])",
    "(map.delete('b'), [...map.keys(), map.size])",
    "(map.set('b', ''), [...map.keys(), map.size, map.get('b')])",
    'map.toSetCookieHeaders() !== map.toSetCookieHeaders()',
  ),
  {
    ...api(
      'iteration while the map changes',
      "((seen) => { for (const [name] of map) { seen.push(name); if (seen.length === 1) map.set('new', '1'); if (seen.length > 20) break; } return seen; })([])",
    ),
    divergence: 'cookie-map-iteration',
    body: '[["a","a","b","a","c"]]',
    ours: { gives: '200 open', body: '[["a","b","a","c"]]' },
  },
  api(
    'toJSON',
    'map.toJSON()',
    "Object.entries(new CookieMap('__proto__=x; a=b; toString=y').toJSON())",
    'Object.getPrototypeOf(map.toJSON()) === Object.prototype',
    "(map.set('e', 'a b'), map.delete('b'), map.toJSON())",
    'String(map)',
  ),
];
