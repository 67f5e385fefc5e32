// SPDX-License-Identifier: MIT
// Cookies against two oracles: the npm package `cookie` (RFC 6265 as browsers have it) for what it
// understands, and real Bun for any text at all.
import { execFileSync } from 'node:child_process';
import { parseCookie, parseSetCookie } from 'cookie';
import fc from 'fast-check';
import type * as bunserve from 'bunserve';
import { Cookie, CookieMap, type CookieInit } from 'bunserve';
import { bunFile } from '../../helpers/bun-file.js';

const anyText = fc.string({ unit: 'binary', maxLength: 12 });
const trouble = fc
  .array(
    fc.constantFrom('\r\n', '\n', '\0', ';', '=', ',', ' ', '"', '%', 'é', '\ud800', '/', '.', 'a'),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(anyText, trouble);
const name = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_.!'), minLength: 1, maxLength: 6 });
const domain = fc.constantFrom('x.example', '.x.example', 'a.b.c.example', '127.0.0.1');
const path = fc
  .string({ unit: fc.constantFrom(...'/ab-%=?#& '), maxLength: 6 })
  .map((p) => `/${p}a`);

const sameSite = fc.constantFrom('lax' as const, 'strict' as const, 'none' as const);
const plainInit = fc.record(
  {
    domain,
    path,
    expires: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
    maxAge: fc.integer({ min: -10, max: 1e9 }),
    secure: fc.boolean(),
    httpOnly: fc.boolean(),
    partitioned: fc.boolean(),
    sameSite,
  },
  { requiredKeys: [] },
);
const wildInit = fc.record(
  {
    domain: text,
    path: text,
    expires: fc.oneof(fc.double(), fc.date(), text),
    maxAge: fc.double(),
    secure: fc.boolean(),
    sameSite: fc.oneof(sameSite, text),
  },
  { requiredKeys: [] },
);

test('whatever a cookie is made of, its text is one line with one cookie in it', () => {
  fc.assert(
    fc.property(fc.oneof(name, text), text, wildInit, (theName, value, init) => {
      let line: string;
      try {
        line = new Cookie(theName, value, init as CookieInit).toString();
      } catch (error) {
        expect(error instanceof TypeError || error instanceof RangeError).toBe(true);
        return;
      }
      expect(line).toMatch(/^[\x20-\x7e]+$/);
      const attribute = /^(?:Domain=|Path=|Expires=|Max-Age=|SameSite=|Secure$)/;
      const [pair, ...attributes] = line.split('; ');
      expect(pair).toBe(`${theName}=${encodeURIComponent(wellFormed(value))}`);
      for (const part of attributes) expect(part).toMatch(attribute);
    }),
    { numRuns: 2000 },
  );
});

test('setters keep the same promise', () => {
  fc.assert(
    fc.property(fc.constantFrom('value', 'domain', 'path', 'sameSite'), text, (key, value) => {
      const cookie = new Cookie('n', 'v');
      const before = cookie.toString();
      try {
        (cookie as unknown as Record<string, string>)[key] = value;
      } catch {
        expect(cookie.toString()).toBe(before);
      }
      expect(cookie.toString()).toMatch(/^n=[^;\s]*(?:; [\x20-\x3a\x3c-\x7e]+)*$/);
    }),
    { numRuns: 1000 },
  );
});

test('the package `cookie` reads in a cookie what was put in', () => {
  fc.assert(
    fc.property(name, text, plainInit, (theName, value, init) => {
      const { secure, httpOnly, partitioned, expires, ...rest } = init;
      const read = parseSetCookie(new Cookie(theName, value, init).toString());
      const flags = Object.entries({ secure, httpOnly, partitioned }).filter(
        ([, on]) => on === true,
      );
      const whole = expires === undefined ? undefined : Math.floor(expires.getTime() / 1000) * 1000;
      expect(read).toEqual({
        path: '/',
        sameSite: 'lax',
        ...rest,
        ...Object.fromEntries(flags),
        ...(whole === undefined ? {} : { expires: new Date(whole) }),
        name: theName,
        value: wellFormed(value),
      });
    }),
    { numRuns: 1000 },
  );
});

test('Cookie.parse reads a cookie as it was written', () => {
  fc.assert(
    fc.property(name, text, plainInit, (theName, value, init) => {
      const cookie = new Cookie(theName, value, { ...init, path: init.path?.trim() });
      const again = Cookie.parse(cookie.toString());
      again.value = decodeURIComponent(again.value);
      expect(again.toString()).toBe(cookie.toString());
    }),
  );
});

test('the package `cookie` reads the same pairs in a field', () => {
  const value = fc.string({ unit: fc.constantFrom(...'ab=+, "é%'), maxLength: 6 });
  const field = fc
    .array(fc.tuple(name, value), { maxLength: 8 })
    .map((pairs) => pairs.map(([key, each]) => `${key}=${each.replaceAll('%', '%41')}`).join('; '));
  fc.assert(
    fc.property(field, (header) => {
      expect(new CookieMap(header).toJSON()).toEqual({ ...parseCookie(header) });
    }),
    { numRuns: 1000 },
  );
});

test('a map of changes: get, has, size, iteration and toJSON agree', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const change = fc.tuple(key, fc.oneof(fc.constant(undefined), fc.constantFrom('1', '2')));
  fc.assert(
    fc.property(fc.array(fc.tuple(key, key)), fc.array(change), (given, changes) => {
      const map = new CookieMap(given.map(([k, v]) => [k, v]));
      const model = new Map<string, string>();
      for (const [k, v] of given) if (!model.has(k)) model.set(k, v);
      const touched = new Set<string>();
      for (const [k, v] of changes) {
        touched.add(k);
        if (v === undefined) map.delete(k);
        else map.set(k, v);
        if (v === undefined) model.delete(k);
        else model.set(k, v);
      }
      expect(new Map(Object.entries(map.toJSON()))).toEqual(model);
      for (const k of 'abcd') {
        expect([map.get(k), map.has(k)]).toEqual([model.get(k) ?? null, model.has(k)]);
      }
      expect([...map]).toHaveLength(map.size);
      const sent = map.toSetCookieHeaders().map((line) => line.split('=')[0]);
      expect(new Set(sent)).toEqual(touched);
      expect(sent).toHaveLength(touched.size);
    }),
  );
});

interface Reading {
  readonly fields: string[];
  readonly setCookies: string[];
}

/** Runs in both: what is read of Cookie fields and Set-Cookie texts, or what is thrown. */
function readAll({ fields, setCookies }: Reading, { Cookie, CookieMap }: BunClasses): unknown {
  const outcome = (call: () => unknown): unknown => {
    try {
      return call();
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  return [
    fields.map((field) => outcome(() => [...new CookieMap(field)])),
    setCookies.map((each) => outcome(() => Cookie.parse(each))),
    setCookies.map((each) => outcome(() => Cookie.parse(each).toString())),
  ];
}

type BunClasses = Pick<typeof bunserve, 'Cookie' | 'CookieMap'>;

test('Bun reads the same in any field and any Set-Cookie text', () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      'b',
      '=',
      '=',
      '; ',
      ';',
      ' ',
      '\t',
      '%',
      '%41',
      '%c3',
      '%a9',
      '%e2%82',
      '%f0%9f',
      '%zz',
    ],
    ...[
      '"',
      ',',
      'é',
      '\u2713',
      '%\u2713',
      '%é',
      'a=b',
      'a=1; Path=/x',
      '__proto__',
      '%ed%a0%80',
      '%80',
      '%fe',
    ],
  );
  const attribute = fc.constantFrom(
    ...['; Path=/', '; path=x', '; Domain=X.example', '; domain=', '; Secure', '; HTTPONLY=1'],
    ...['; Max-Age=5', '; max-age=-1x', '; SameSite=None', '; samesite=bad', '; Partitioned', ';'],
    ...['; Expires=Wed, 21 Oct 2015 07:28:00 GMT', '; expires=x', '; Path=/é', '; Domain=a b', ' '],
  );
  const many = (unit: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
    fc.array(unit, { maxLength }).map((parts) => parts.join(''));
  const input: Reading = {
    fields: fc.sample(many(piece, 14), 3000),
    setCookies: fc.sample(
      fc.oneof(
        many(piece, 8),
        fc.tuple(many(piece, 3), many(attribute, 5)).map(([pair, rest]) => `a=${pair}${rest}`),
      ),
      3000,
    ),
  };
  const script = `${readAll.toString()}
    const input = JSON.parse(await Bun.stdin.text());
    process.stdout.write(JSON.stringify(readAll(input, Bun)));`;
  const told = execFileSync(bunFile(), ['-e', script], {
    input: JSON.stringify(input),
    maxBuffer: 1 << 27,
  });
  const theirs = JSON.parse(told.toString()) as unknown[][];
  const ours = JSON.parse(JSON.stringify(readAll(input, { Cookie, CookieMap }))) as unknown[][];
  const inputs = [input.fields, input.setCookies, input.setCookies];
  for (const [part, texts] of inputs.entries()) {
    for (const [i, each] of texts.entries()) {
      expect([each, ours[part]?.[i]]).toEqual([each, theirs[part]?.[i]]);
    }
  }
});

function wellFormed(value: string): string {
  return value.replace(/\p{Surrogate}/gu, '\ufffd');
}
