// SPDX-License-Identifier: MIT
// Request: shape of the interface, what the standard asks beyond Node, streams and signals, and the
// cores that the server brings along.

import { coreOf, isFastRequest, kCore, RequestCore } from '#lib/fetch/internal.js';
import type { BodyValue } from '#lib/fetch/body.js';
import type { Headers } from '#lib/fetch/headers.js';
import { headersFromSource } from '#lib/fetch/headers.js';
import { Request } from '#lib/fetch/request.js';

const Native = globalThis.Request;

describe('Request as an interface', () => {
  it('has the members of the native class, with the same attributes', () => {
    for (const key of Object.getOwnPropertyNames(Native.prototype)) {
      // A leftover of Node's own.
      if (key === 'attribute') continue;
      const mine = Object.getOwnPropertyDescriptor(Request.prototype, key);
      const theirs = Object.getOwnPropertyDescriptor(Native.prototype, key) as PropertyDescriptor;
      expect([key, mine?.enumerable, mine?.configurable, mine?.writable, typeof mine?.get]).toEqual(
        [key, theirs.enumerable, theirs.configurable, theirs.writable, typeof theirs.get],
      );
    }
    expect([Request.length, Request.name]).toEqual([1, 'Request']);
    expect(Object.prototype.toString.call(new Request('http://a/'))).toBe('[object Request]');
    expect(Reflect.ownKeys(new Request('http://a/'))).toEqual([]);
  });

  it('refuses to work on anything else: getters throw, reads reject', async () => {
    for (const key of Object.getOwnPropertyNames(Request.prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(Request.prototype, key);
      if (descriptor?.get !== undefined) {
        expect(() => descriptor.get?.call({})).toThrow(TypeError);
      }
    }
    expect(() => Request.prototype.clone.call({} as Request)).toThrow(TypeError);
    for (const key of ['text', 'json', 'blob', 'bytes', 'arrayBuffer', 'formData'] as const) {
      await expect(Request.prototype[key].call({} as Request)).rejects.toThrow(TypeError);
    }
    expect(() => new (Request as unknown as new () => void)()).toThrow(TypeError);
  });

  it('is an instance of both classes, and so are native Requests', () => {
    expect(new Request('http://a/') instanceof Native).toBe(true);
    expect(new Native('http://a/') instanceof Request).toBe(true);
    expect({} instanceof Request).toBe(false);
  });
});

describe('new Request()', () => {
  it('checks the priority, which it does not show', () => {
    expect(() => new Request('http://a/', { priority: 'urgent' as never })).toThrow(TypeError);
    expect('priority' in new Request('http://a/', { priority: 'high' })).toBe(false);
  });

  it('applies the method rule of "no-cors" to a mode taken from the input', () => {
    const input = new Request('http://a/', { mode: 'no-cors' });
    expect(() => new Request(input, { method: 'PUT' })).toThrow(TypeError);
  });

  it('reads the members of its init in alphabetical order', () => {
    const log: string[] = [];
    const init = new Proxy({}, { get: (_target, key) => void log.push(String(key)) });
    expect(new Request('http://a/', init).method).toBe('GET');
    expect(log).toEqual([...log].sort());
    expect(log).toHaveLength(15);
  });

  it('asks for duplex with a stream only, and keeps the stream', () => {
    const stream = new ReadableStream();
    const init = { method: 'POST', body: stream };
    expect(() => new Request('http://a/', init)).toThrow('duplex');
    expect(new Request('http://a/', { ...init, duplex: 'half' }).body).toBe(stream);
    expect(() => new Request('http://a/', { ...init, duplex: 'half', keepalive: true })).toThrow(
      TypeError,
    );
    expect(() => new Request('http://a/', { ...init, duplex: 'half', mode: 'no-cors' })).toThrow(
      TypeError,
    );
    const iterable = (async function* () {})();
    expect(new Request('http://a/', { method: 'POST', body: iterable }).bodyUsed).toBe(false);
  });

  it('moves the body of its input, whatever its kind', async () => {
    const bodies = ['text', Buffer.from('text'), new Blob(['text']), new Response('text').body];
    for (const body of bodies) {
      for (const touch of [false, true]) {
        if (body instanceof ReadableStream && touch) continue;
        const input = new Request('http://a/', { method: 'POST', body, duplex: 'half' });
        const before = touch ? input.body : null;
        const moved = new Request(input);
        expect([input.bodyUsed, moved.bodyUsed]).toEqual([true, false]);
        if (touch) expect(input.body).toBe(before);
        expect(await moved.text()).toBe('text');
        await expect(input.text()).rejects.toThrow(TypeError);
        expect(() => new Request(input)).toThrow(TypeError);
        expect(await new Request(input, { body: 'other' }).text()).toBe('other');
      }
    }
  });

  it('leaves its input alone when it fails', () => {
    const input = new Request('http://a/', { method: 'POST', body: 'text' });
    expect(() => new Request(input, { method: 'GET' })).toThrow(TypeError);
    expect(() => new Request(input, { headers: { 'a b': '1' } })).toThrow(TypeError);
    expect(input.bodyUsed).toBe(false);
  });

  it('takes the content type from the body unless the headers have one', () => {
    const type = (headers?: Record<string, string>): string | null =>
      new Request('http://a/', { method: 'POST', body: 'x', headers }).headers.get('content-type');
    expect([type(), type({ a: '1' }), type({ 'Content-Type': 'x/y' })]).toEqual([
      'text/plain;charset=UTF-8',
      'text/plain;charset=UTF-8',
      'x/y',
    ]);
  });
});

describe('the signal of a request', () => {
  it('is one object, made when first read', () => {
    const request = new Request('http://a/');
    expect(request.signal).toBe(request.signal);
    expect(request.signal.aborted).toBe(false);
  });

  it('follows its source before and after the first look', () => {
    const reason = new RangeError('stop');
    for (const look of [true, false]) {
      const controller = new AbortController();
      const request = new Request('http://a/', { signal: controller.signal });
      const clone = new Request(request.clone());
      if (look) expect([request.signal.aborted, clone.signal.aborted]).toEqual([false, false]);
      controller.abort(reason);
      expect([request.signal.reason, clone.signal.reason]).toEqual([reason, reason]);
      expect(request.signal).not.toBe(controller.signal);
    }
  });

  it('can be cut off from that of the input', () => {
    const controller = new AbortController();
    const input = new Request('http://a/', { signal: controller.signal });
    const free = new Request(input, { signal: null });
    controller.abort();
    expect([input.signal.aborted, free.signal.aborted]).toEqual([true, false]);
  });
});

/** A core that notes which of its parts were asked for. */
class NotingCore extends RequestCore {
  asked: string[] = [];
  body: BodyValue = 'text';

  get method(): string {
    this.asked.push('method');
    return 'POST';
  }

  get url(): string {
    this.asked.push('url');
    return 'http://core/';
  }

  readonly headers: Headers = headersFromSource({
    get: () => 'a/b',
    entries: () => ['content-type', 'a/b'],
  });

  get signal(): AbortSignal {
    this.asked.push('signal');
    return AbortSignal.abort();
  }

  clone(body: BodyValue): RequestCore {
    const copy = new NotingCore();
    copy.body = body;
    return copy;
  }
}

class ServerRequest extends Request {
  constructor(core: RequestCore) {
    super(kCore as never, core as never);
  }
}

describe('a request over a core', () => {
  it('asks the core only for what is looked at', () => {
    const core = new NotingCore();
    const request = new ServerRequest(core);
    expect(core.asked).toEqual([]);
    expect([request.method, request.url, request.mode]).toEqual(['POST', 'http://core/', 'cors']);
    expect(core.asked).toEqual(['method', 'url']);
    expect(request.signal.aborted).toBe(true);
    expect([coreOf(request) === core, isFastRequest(request), isFastRequest({})]).toEqual([
      true,
      true,
      false,
    ]);
    expect(request instanceof ServerRequest && request instanceof Request).toBe(true);
  });

  it('reads, clones and hands on its body', async () => {
    const request = new ServerRequest(new NotingCore());
    const copy = request.clone();
    expect((await request.blob()).type).toBe('a/b');
    expect([request.bodyUsed, copy.bodyUsed, await copy.text()]).toEqual([true, false, 'text']);
    const core = new NotingCore();
    const made = new Request(new ServerRequest(core), { headers: { a: '1' } });
    expect([made.url, made.method, [...made.headers]]).toEqual([
      'http://core/',
      'POST',
      [['a', '1']],
    ]);
    expect(await made.text()).toBe('text');
    expect(core.asked).toEqual(['method', 'url']);
    expect(made.signal.aborted).toBe(true);
  });
});
