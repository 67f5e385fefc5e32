// SPDX-License-Identifier: MIT
// The order in which constructors look at their arguments, as WebIDL has it: all arguments first,
// left to right; the members of a dictionary by their names; a record pair by pair. Then the steps
// of the Fetch standard, whose errors therefore come after all of that.

import { Headers as FastHeaders } from '#lib/fetch/headers.js';
import { Request as FastRequest } from '#lib/fetch/request.js';
import { Response as FastResponse } from '#lib/fetch/response.js';
import { outcome } from './support.js';

let log: string[] = [];
beforeEach(() => (log = []));

/** Says when it becomes a string or a number. */
function witness(name: string, value: string | number): object {
  return {
    toString: () => (log.push(`${name}.toString`), String(value)),
    valueOf: () => (log.push(`${name}.valueOf`), value),
  };
}

/** Says when a member is read. */
function dictionary(members: Record<string, unknown>, name = 'init'): object {
  const made = {};
  for (const [key, value] of Object.entries(members)) {
    const get = (): unknown => (log.push(`${name}.${key}`), value);
    Object.defineProperty(made, key, { get, enumerable: true });
  }
  return made;
}

class Stop extends Error {
  override name = 'Stop';
}

const stop = {
  toString: () => {
    throw new Stop();
  },
  valueOf: () => {
    throw new Stop();
  },
};

function lockedStream(): ReadableStream {
  const stream = new ReadableStream();
  stream.getReader();
  return stream;
}

describe('new Response()', () => {
  const make = (...args: unknown[]): FastResponse => new FastResponse(...(args as []));

  it('converts the body, then the members by their names', () => {
    make(
      witness('body', 'x'),
      dictionary({
        statusText: witness('statusText', 'a'),
        status: witness('status', 201),
        headers: dictionary({ b: witness('b', '1'), a: '2' }, 'headers'),
        other: 1,
      }),
    );
    expect(log).toEqual([
      'body.toString',
      'init.headers',
      'headers.b',
      'b.toString',
      'headers.a',
      'init.status',
      'status.valueOf',
      'init.statusText',
      'statusText.toString',
    ]);
  });

  it.each([
    ['a status out of range', { status: 600, statusText: stop }],
    ['a header that is none', { headers: { 'a b': '1' }, status: stop }],
    ['a value that is none', { headers: [['a', '\n']], statusText: stop }],
    ['a pair of three', { headers: [['a', 'b', 'c']], status: stop }],
  ])('converts everything before it refuses %s', (_, init) => {
    expect(outcome(() => make('', init))).toEqual({ thrown: 'Stop' });
  });

  it.each([
    ['conversions of the init', lockedStream(), { status: stop }, 'Stop'],
    ['a locked stream', lockedStream(), { status: 600 }, 'TypeError'],
    ['the range of the status', '', { status: 600, statusText: '\n' }, 'RangeError'],
    ['the reason phrase', '', { statusText: '\n', headers: { 'a b': '1' } }, 'TypeError'],
  ])('then refuses %s first', (_, body, init, thrown) => {
    expect(outcome(() => make(body, init))).toEqual({ thrown });
  });

  it('refuses a text that is not one byte a character while it converts', () => {
    const init = { headers: { a: '\u0100' }, status: stop };
    expect(outcome(() => make('', init))).toEqual({ thrown: 'TypeError' });
  });
});

describe('Response.json()', () => {
  it('converts the init before it serialises the data', () => {
    const data = { toJSON: () => (log.push('toJSON'), 1) };
    FastResponse.json(data, dictionary({ status: witness('status', 201), headers: {} }));
    expect(log).toEqual(['init.headers', 'init.status', 'status.valueOf', 'toJSON']);
  });

  it('serialises the data before it looks at the status', () => {
    expect(outcome(() => FastResponse.json(stop, { status: 600 }))).toEqual({
      thrown: 'RangeError',
    });
    expect(outcome(() => FastResponse.json(1n, { status: 600 }))).toEqual({ thrown: 'TypeError' });
  });
});

describe('Response.redirect()', () => {
  it('converts both arguments before it parses the URL', () => {
    const url = witness('url', 'http://a/');
    FastResponse.redirect(url as URL, witness('status', 303) as never);
    expect(log).toEqual(['url.toString']);
    expect(outcome(() => FastResponse.redirect('http://:', 303n as never))).toEqual({
      thrown: 'TypeError',
    });
  });
});

describe('new Request()', () => {
  const make = (...args: unknown[]): FastRequest =>
    new FastRequest(...(args as [string, undefined]));
  const members = {
    window: null,
    signal: null,
    referrerPolicy: witness('referrerPolicy', 'origin'),
    referrer: witness('referrer', 'about:client'),
    redirect: witness('redirect', 'manual'),
    priority: witness('priority', 'high'),
    mode: witness('mode', 'cors'),
    method: witness('method', 'POST'),
    keepalive: true,
    integrity: witness('integrity', ''),
    headers: dictionary({ a: witness('a', '1') }, 'headers'),
    duplex: witness('duplex', 'half'),
    credentials: witness('credentials', 'omit'),
    cache: witness('cache', 'default'),
    body: witness('body', 'x'),
  };

  it('converts the input, then the members by their names, each once', () => {
    make(witness('input', 'http://a/'), dictionary(members));
    const names = Object.keys(members).sort();
    expect(log).toEqual([
      'input.toString',
      ...names.flatMap((name) => {
        if (name === 'headers') return ['init.headers', 'headers.a', 'a.toString'];
        const isWitness = !['keepalive', 'signal', 'window'].includes(name);
        return isWitness ? [`init.${name}`, `${name}.toString`] : [`init.${name}`];
      }),
    ]);
  });

  it.each([
    ['a URL that is none', 'http://', { method: stop }],
    ['a URL with credentials', 'http://a:b@c/', { body: stop }],
    ['a method that is none', 'http://a/', { method: 'a b', redirect: stop }],
    ['a header that is none', 'http://a/', { headers: { 'a b': '1' }, integrity: stop }],
    ['a body with GET', 'http://a/', { body: 'x', integrity: stop }],
    ['a locked stream', 'http://a/', { body: lockedStream(), method: stop }],
  ])('converts everything before it refuses %s', (_, input, init) => {
    expect(outcome(() => make(input, init))).toEqual({ thrown: 'Stop' });
  });
});

describe('new Headers()', () => {
  const make = (init: unknown): unknown => outcome(() => new FastHeaders(init as never));

  it.each([
    ['a record', { 'a b': '1', c: stop }],
    [
      'a list',
      [
        ['a b', '1'],
        ['c', stop],
      ],
    ],
    [
      'a list with a pair of three',
      [
        ['a', 'b', 'c'],
        ['d', stop],
      ],
    ],
    [
      'a map',
      new Map<string, unknown>([
        ['a', '\n'],
        ['c', stop],
      ]),
    ],
    ['a proxy', new Proxy({ a: '\0', c: stop }, {})],
  ])('converts all of %s before it refuses a name or value', (_, init) => {
    expect(make(init)).toEqual({ thrown: 'Stop' });
  });

  it('converts a name before it reads its value', () => {
    expect(make(dictionary({ '\u0100': '1' }))).toEqual({ thrown: 'TypeError' });
    expect(log).toEqual([]);
  });

  it('converts both arguments of append() and set() before it refuses one', () => {
    const headers = new FastHeaders();
    expect(outcome(() => headers.append('a b', stop as never))).toEqual({ thrown: 'Stop' });
    expect(outcome(() => headers.set('', stop as never))).toEqual({ thrown: 'Stop' });
    expect([...headers]).toEqual([]);
  });
});
