// SPDX-License-Identifier: MIT
// Headers: what the comparison with native Headers (headers-properties.test.ts) does not reach:
// shape of the interface, sources, Bun's extras, live iteration.

import { Headers, headersFromList, headersFromSource, isFastHeaders } from '#lib/fetch/headers.js';
import { HeaderList } from '#lib/fetch/header-list.js';
import { headerName } from '#lib/fetch/header-names.js';

describe('Headers as an interface', () => {
  const Native = globalThis.Headers;

  it('has the members of the native class, with the same attributes', () => {
    for (const key of Object.getOwnPropertyNames(Native.prototype)) {
      const ours = Object.getOwnPropertyDescriptor(Headers.prototype, key);
      const native = Object.getOwnPropertyDescriptor(Native.prototype, key) as PropertyDescriptor;
      expect([key, ours?.enumerable, ours?.configurable, ours?.writable]).toEqual([
        key,
        native.enumerable,
        native.configurable,
        native.writable,
      ]);
      if (typeof native.value === 'function' && key !== 'constructor') {
        const { length, name } = native.value as { length: number; name: string };
        expect([key, (ours?.value as () => void).length, (ours?.value as () => void).name]).toEqual(
          [key, length, name],
        );
      }
    }
    expect(Headers.length).toBe(Native.length);
    expect(Headers.name).toBe('Headers');
  });

  it('keeps the members beyond the standard out of enumeration', () => {
    const standard = Object.keys(Native.prototype).sort();
    expect(Object.keys(Headers.prototype).sort()).toEqual(standard);
    expect(Object.keys(new Headers({ a: '1' }))).toEqual([]);
    expect(Reflect.ownKeys(new Headers({ a: '1' }))).toEqual([]);
  });

  it('is tagged, iterates with entries() and cannot be called', () => {
    expect(Object.prototype.toString.call(new Headers())).toBe('[object Headers]');
    expect(Headers.prototype[Symbol.iterator]).toBe(Headers.prototype.entries);
    expect(() => (Headers as unknown as () => void)()).toThrow(TypeError);
  });

  it('refuses to work on anything else', () => {
    for (const key of [
      'append',
      'delete',
      'get',
      'has',
      'set',
      'forEach',
      'keys',
      'getSetCookie',
    ]) {
      const method = (Headers.prototype as unknown as Record<string, () => unknown>)[key];
      expect(() => method?.call({})).toThrow(TypeError);
      expect(() => method?.call(Headers.prototype)).toThrow(TypeError);
    }
  });

  it('gives iterators of the right kind', () => {
    const iterator = new Headers().keys();
    const prototype = Object.getPrototypeOf(iterator) as object;
    const arrays = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;
    expect(Object.getPrototypeOf(prototype)).toBe(arrays);
    expect(Object.prototype.toString.call(iterator)).toBe('[object Headers Iterator]');
    const next = Object.getOwnPropertyDescriptor(prototype, 'next');
    expect([next?.enumerable, next?.writable, next?.configurable]).toEqual([true, true, true]);
    expect(() => (next?.value as () => void).call({})).toThrow(TypeError);
  });
});

describe('Headers iteration', () => {
  it('sees removals and additions made meanwhile', () => {
    const seen: string[] = [];
    const headers = new Headers({ foo: '2', baz: '1', BAR: '0', quux: '3' });
    for (const [name] of headers) {
      seen.push(name);
      if (name === 'baz') headers.append('X-yZ', '4');
      if (name === 'foo') headers.delete('quux');
    }
    expect(seen).toEqual(['bar', 'baz', 'foo', 'x-yz']);
  });

  it('shows an element twice when one is put before it', () => {
    const headers = new Headers({ b: '1', c: '2' });
    const iterator = headers.entries();
    expect(iterator.next().value).toEqual(['b', '1']);
    headers.append('a', '0');
    expect(iterator.next().value).toEqual(['b', '1']);
    expect(iterator.next().value).toEqual(['c', '2']);
    expect(iterator.next()).toEqual({ value: undefined, done: true });
  });

  it('keeps cookies apart and in order, everything else joined and sorted', () => {
    const headers = new Headers([
      ['x', '1'],
      ['Set-Cookie', 'z=1'],
      ['a', '2'],
      ['set-cookie', 'a=1'],
      ['X', '3'],
    ]);
    expect([...headers]).toEqual([
      ['a', '2'],
      ['set-cookie', 'z=1'],
      ['set-cookie', 'a=1'],
      ['x', '1, 3'],
    ]);
    expect(headers.getSetCookie()).toEqual(['z=1', 'a=1']);
    headers.set('set-cookie', 'only=1');
    expect(headers.getSetCookie()).toEqual(['only=1']);
  });

  it('calls back with this and checks the callback first', () => {
    const headers = new Headers({ a: '1' });
    const self = {};
    headers.forEach(function (this: unknown, value, key, parent) {
      expect([this, value, key, parent]).toEqual([self, '1', 'a', headers]);
    }, self);
    expect(() => headers.forEach(null as never)).toThrow(TypeError);
  });
});

describe('Headers of Bun', () => {
  it('count lines, list cookies and turn into JSON', () => {
    const headers = new Headers([
      ['B', '1'],
      ['a', '2'],
      ['set-cookie', 'x'],
      ['Set-Cookie', 'y'],
      ['b', '3'],
    ]);
    expect(headers.count).toBe(4);
    expect(headers.getAll('Set-Cookie')).toEqual(['x', 'y']);
    expect(() => headers.getAll('b')).toThrow('Only "set-cookie" is supported.');
    expect(JSON.parse(JSON.stringify(headers))).toEqual({
      'set-cookie': ['x', 'y'],
      a: '2',
      b: '1, 3',
    });
  });
});

describe('symbols among the names of a record', () => {
  it('are ignored, and a TypeError where a Proxy may watch', () => {
    const record = { a: '1', [Symbol('b')]: '2' };
    expect([...new Headers(record)]).toEqual([['a', '1']]);
    expect(() => new Headers(new Proxy(record, {}))).toThrow(TypeError);
    const hidden = Object.defineProperty({ a: '1' }, Symbol('b'), { value: '2' });
    expect([...new Headers(new Proxy(hidden, {}))]).toEqual([['a', '1']]);
  });
});

describe('Headers over a list', () => {
  it('refuses changes when immutable, after checking the arguments', () => {
    const list = new HeaderList();
    const headers = headersFromList(list, 1);
    expect(() => headers.append('a', '1')).toThrow(new TypeError('immutable'));
    expect(() => headers.set('a', '1')).toThrow(TypeError);
    expect(() => headers.delete('a')).toThrow(TypeError);
    expect(() => headers.append('a b', '1')).toThrow('invalid header name');
    expect([...headers]).toEqual([]);
  });

  it('takes a thousand names of one request without keeping them for ever', () => {
    const headers = new Headers();
    for (let i = 0; i < 3000; i++) headers.set(`x-${i}`, String(i));
    expect(headers.get('X-2999')).toBe('2999');
    expect(headerName('x-2999')).not.toBe(headerName('x-2999'));
    expect(headerName('content-type')).toBe(headerName('Content-Type'));
  });
});

class Source {
  reads: string[] = [];
  whole = 0;
  #flat: string[];

  constructor(...flat: string[]) {
    this.#flat = flat;
  }

  get(name: string): string | null {
    this.reads.push(name);
    const at = this.#flat.indexOf(name);
    return at < 0 ? null : (this.#flat[at + 1] as string);
  }

  entries(): string[] {
    this.whole++;
    return this.#flat;
  }
}

describe('Headers over a source', () => {
  it('looks names up there, lower-cased, and reads nothing else', () => {
    const source = new Source('host', 'h', 'x-a', '1');
    const headers = headersFromSource(source);
    expect([headers.get('HOST'), headers.get('X-A'), headers.get('none')]).toEqual([
      'h',
      '1',
      null,
    ]);
    expect([headers.has('Host'), headers.has('other')]).toEqual([true, false]);
    expect(source.reads).toEqual(['host', 'x-a', 'none', 'host', 'other']);
    expect(source.whole).toBe(0);
    expect(() => headers.get('a b')).toThrow(TypeError);
    expect(isFastHeaders(headers)).toBe(true);
  });

  it('is read whole once, by iteration or by the first change', () => {
    const source = new Source('host', 'h', 'cookie', 'a=1');
    const headers = headersFromSource(source);
    expect([...headers]).toEqual([
      ['cookie', 'a=1'],
      ['host', 'h'],
    ]);
    headers.set('Host', 'other');
    headers.append('x', '1');
    expect([headers.get('host'), headers.get('x')]).toEqual(['other', '1']);
    expect([...new Headers(headers)].length).toBe(3);
    expect([source.whole, source.reads]).toEqual([1, []]);
  });
});
