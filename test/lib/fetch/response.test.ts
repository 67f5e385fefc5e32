// SPDX-License-Identifier: MIT
// Response: shape of the interface, Bun's liberties, subclasses, and the rules that the comparison
// with native Responses (response-properties.test.ts) leaves out.

import { inspect } from 'node:util';
import { Headers } from '#lib/fetch/headers.js';
import { Response } from '#lib/fetch/response.js';

const Native = globalThis.Response;

describe('Response as an interface', () => {
  it('has the members of the native class, with the same attributes', () => {
    for (const [ours, native] of [
      [Response, Native],
      [Response.prototype, Native.prototype],
    ] as const) {
      for (const key of Object.getOwnPropertyNames(native)) {
        if (key === 'prototype') continue;
        const mine = Object.getOwnPropertyDescriptor(ours, key);
        const theirs = Object.getOwnPropertyDescriptor(native, key) as PropertyDescriptor;
        expect([
          key,
          mine?.enumerable,
          mine?.configurable,
          mine?.writable,
          typeof mine?.get,
        ]).toEqual([
          key,
          theirs.enumerable,
          theirs.configurable,
          theirs.writable,
          typeof theirs.get,
        ]);
        if (typeof theirs.value === 'function' && key !== 'constructor') {
          expect([key, (mine?.value as () => void).length]).toEqual([
            key,
            (theirs.value as () => void).length,
          ]);
        }
      }
    }
    expect(Response.length).toBe(0);
    expect(Object.prototype.toString.call(new Response())).toBe('[object Response]');
    expect(Reflect.ownKeys(new Response('x', { headers: { a: '1' } }))).toEqual([]);
  });

  it('streams its text, once', async () => {
    const parts = [Uint8Array.of(0xef, 0xbb, 0xbf, 0xc3), Uint8Array.of(0xa9, 0xff)];
    const body = new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(part);
        controller.close();
      },
    });
    const read = async (response: Response): Promise<string> => {
      let text = '';
      for await (const chunk of response.textStream() as unknown as AsyncIterable<string>) {
        text += chunk;
      }
      return text;
    };
    expect(await read(new Response(body))).toBe('\u00e9\ufffd');
    expect(await read(new Response('text'))).toBe('text');
    expect(await read(new Response())).toBe('');
    const used = new Response('x');
    used.textStream();
    expect([used.bodyUsed, used.body?.locked]).toEqual([true, true]);
    expect(() => used.textStream()).toThrow(TypeError);
    expect(() => Response.prototype.textStream.call({} as Response)).toThrow(TypeError);
  });

  it('refuses to work on anything else: getters throw, reads reject', async () => {
    for (const key of Object.getOwnPropertyNames(Response.prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(Response.prototype, key);
      if (descriptor?.get !== undefined) {
        expect(() => descriptor.get?.call({})).toThrow(TypeError);
      }
    }
    expect(() => Response.prototype.clone.call({} as Response)).toThrow(TypeError);
    for (const key of ['text', 'json', 'blob', 'bytes', 'arrayBuffer', 'formData'] as const) {
      await expect(Response.prototype[key].call({} as Response)).rejects.toThrow(TypeError);
    }
    expect(() => (Response as unknown as () => void)()).toThrow(TypeError);
  });

  it('is an instance of both classes, and so are native Responses', () => {
    expect(new Response() instanceof Native).toBe(true);
    expect(new Native() instanceof Response).toBe(true);
    expect({} instanceof Response).toBe(false);
    expect((null as unknown) instanceof Response).toBe(false);
  });

  it('can be extended', async () => {
    class Page extends Response {
      constructor(readonly title: string) {
        super(`<h1>${title}</h1>`, { headers: { 'content-type': 'text/html' } });
      }
    }
    const page = new Page('x');
    expect([page instanceof Page, page instanceof Response, page instanceof Native]).toEqual([
      true,
      true,
      true,
    ]);
    expect(new Response() instanceof Page).toBe(false);
    expect(page.headers.get('content-type')).toBe('text/html');
    expect(await page.text()).toBe('<h1>x</h1>');
    expect(Page.json({}) instanceof Page).toBe(false);
  });

  it('prints its parts', () => {
    expect(inspect(new Response('x', { status: 201 }))).toMatch(/^Response \{\s+status: 201,/);
  });
});

describe('new Response()', () => {
  it('keeps the same Headers object and copies what it was given', () => {
    const init = { a: '1' };
    const headers = new Headers({ b: '2' });
    const first = new Response('', { headers: init });
    const second = new Response('', { headers });
    init.a = 'changed';
    headers.set('b', 'changed');
    expect([first.headers.get('a'), second.headers.get('b')]).toEqual(['1', '2']);
    expect(first.headers).toBe(first.headers);
    expect(first.headers instanceof Headers).toBe(true);
  });

  it('takes another Response as init', () => {
    const from = new Response('x', { status: 201, statusText: 'Made', headers: { a: '1' } });
    for (const init of [
      from,
      new Native('x', { status: 201, statusText: 'Made', headers: { a: '1' } }),
    ]) {
      const made = new Response('y', init);
      expect([made.status, made.statusText, made.headers.get('a')]).toEqual([201, 'Made', '1']);
    }
  });

  it('reports a bad status before bad headers, as the standard orders them', () => {
    expect(() => new Response('', { status: 600, headers: { 'a b': '1' } })).toThrow(RangeError);
    expect(() => new Response('', { status: 600, headers: 5 as never })).toThrow(TypeError);
  });

  it('reads the members of its init in alphabetical order', () => {
    const log: string[] = [];
    const init = new Proxy({}, { get: (_target, key) => void log.push(String(key)) });
    expect(new Response('', init).status).toBe(200);
    expect(log).toEqual(['headers', 'status', 'statusText']);
  });

  it('takes, like Bun, BigInt statuses and bodies that will not be sent', async () => {
    expect(new Response('', { status: 201n }).status).toBe(201);
    for (const status of [204, 205, 304]) {
      expect(await new Response('body', { status }).text()).toBe('body');
      expect(Response.json({}, { status }).status).toBe(status);
    }
  });

  it('leaves a text without content type only on the wire', () => {
    expect(new Response('').headers.get('content-type')).toBe('text/plain;charset=UTF-8');
    expect(new Response(null).headers.get('content-type')).toBe(null);
    expect(new Response(new Uint8Array(1)).headers.get('content-type')).toBe(null);
  });
});

describe('Response.json()', () => {
  it('takes a status number, as in Bun', async () => {
    const response = Response.json({ id: 1 }, 201);
    expect([response.status, await response.json()]).toEqual([201, { id: 1 }]);
    expect(() => Response.json({}, 600)).toThrow(RangeError);
  });

  it.each([[undefined], [() => 1], [Symbol('s')]])('refuses %p', (value) => {
    expect(() => Response.json(value)).toThrow(new TypeError('Value is not JSON serializable'));
  });

  it('lets errors of the serialiser through', () => {
    const error = new RangeError('no');
    const data = {
      get a(): never {
        throw error;
      },
    };
    expect(() => Response.json(data)).toThrow(error);
    expect(() => Response.json(1n)).toThrow(TypeError);
  });
});

describe('Response.redirect()', () => {
  it.each([
    ['/login', '/login'],
    ['next?a=b#c', 'next?a=b#c'],
    ['//host/path', '//host/path'],
    ['', ''],
    ['/a b/\xe9', '/a b/\xe9'],
    ['/\u0101', '/%C4%81'],
    ['/\ud800', '/%EF%BF%BD'],
    ['HTTP://A.b', 'http://a.b/'],
    ['mailto:a@b', 'mailto:a@b'],
  ])('sends %p to %p', (target, location) => {
    const response = Response.redirect(target);
    expect([response.status, response.headers.get('location'), response.body]).toEqual([
      302,
      location,
      null,
    ]);
  });

  it('takes a URL and, as in Bun, an init', () => {
    const response = Response.redirect(new URL('http://a/'), { status: 307, headers: { b: '1' } });
    expect([response.status, [...response.headers]]).toEqual([
      307,
      [
        ['b', '1'],
        ['location', 'http://a/'],
      ],
    ]);
    response.headers.append('set-cookie', 'a=1');
    expect(response.headers.getSetCookie()).toEqual(['a=1']);
  });

  it('refuses other statuses, broken URLs and no argument', () => {
    expect(() => Response.redirect('/', 200)).toThrow(RangeError);
    expect(() => Response.redirect('http://:bad')).toThrow(TypeError);
    expect(() => (Response.redirect as unknown as () => void)()).toThrow(TypeError);
  });
});

describe('Response.error()', () => {
  it('is a network error with immutable headers', () => {
    const response = Response.error();
    expect([response.type, response.status, response.ok, response.body]).toEqual([
      'error',
      0,
      false,
      null,
    ]);
    expect(() => response.headers.append('a', '1')).toThrow(TypeError);
  });
});
