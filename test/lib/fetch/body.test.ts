// SPDX-License-Identifier: MIT
// Bodies where the comparison with native ones cannot reach: Bun's kinds and error texts, when bytes
// are copied, byte streams, clones of each kind, laziness of sources.

import { Readable } from 'node:stream';
import { BodyBox, BodyKind, kFile, peekBody, takeBody } from '#lib/fetch/internal.js';
import { type BodyInit, kBorrowBytes } from '#lib/fetch/body.js';
import { Request } from '#lib/fetch/request.js';
import { Response } from '#lib/fetch/response.js';

const used = { name: 'TypeError', code: 'ERR_BODY_ALREADY_USED', message: 'Body already used' };

async function failure(promise: Promise<unknown>): Promise<object> {
  const error = (await promise.then(
    () => new Error('fulfilled'),
    (reason: unknown) => reason,
  )) as NodeJS.ErrnoException;
  return { name: error.name, code: error.code, message: error.message };
}

describe('a body that was read', () => {
  it('is refused with Bun’s text and code', async () => {
    for (const body of [
      'x',
      new Uint8Array(1),
      new Blob(['x']),
      new ReadableStream({ pull: (c) => c.close() }),
    ]) {
      const response = new Response(body);
      await response.arrayBuffer();
      expect(response.bodyUsed).toBe(true);
      expect(await failure(response.text())).toEqual(used);
      expect(() => response.clone()).toThrow(
        expect.objectContaining({ code: 'ERR_BODY_ALREADY_USED' }) as Error,
      );
    }
    const request = new Request('http://a/', { method: 'POST', body: 'x' });
    await request.text();
    expect(await failure(request.json())).toEqual(used);
  });

  it('stays used when the read itself fails', async () => {
    const response = new Response('{bad');
    await expect(response.json()).rejects.toThrow(SyntaxError);
    expect(await failure(response.text())).toEqual(used);
  });

  it('does not exist without a body', async () => {
    const response = new Response(null);
    expect([await response.text(), await response.text(), response.bodyUsed]).toEqual([
      '',
      '',
      false,
    ]);
  });

  it('shows one locked, disturbed stream each', async () => {
    const first = new Response('a');
    const second = new Response('b');
    await Promise.all([first.text(), second.text()]);
    expect(first.body).toBe(first.body);
    expect(first.body).not.toBe(second.body);
    expect([first.body?.locked, first.bodyUsed]).toEqual([true, true]);
  });
});

describe('bytes', () => {
  it('are copied when small, also out of shared memory', async () => {
    const bytes = Uint8Array.of(1, 2);
    const shared = new Uint8Array(new SharedArrayBuffer(kBorrowBytes));
    const responses = [new Response(bytes), new Response(bytes.buffer), new Response(shared)];
    bytes.fill(9);
    shared.fill(9);
    const read = await Promise.all(responses.map((response) => response.bytes()));
    expect(read.map((chunk) => chunk[0])).toEqual([1, 1, 0]);
  });

  it('are borrowed from 64 KiB on, so that big answers are not copied', () => {
    const bytes = new Uint8Array(kBorrowBytes);
    expect((peekBody(new Response(bytes)) as Uint8Array).buffer).toBe(bytes.buffer);
    const smaller = new Uint8Array(kBorrowBytes - 1);
    expect((peekBody(new Response(smaller)) as Uint8Array).buffer).not.toBe(smaller.buffer);
  });

  it('are read into buffers of exactly their size', async () => {
    for (const body of ['abc', Uint8Array.of(1, 2, 3), new Blob(['abc']), Readable.from(['abc'])]) {
      const bytes = await new Response(body).bytes();
      expect([bytes.length, bytes.buffer.byteLength, bytes.constructor]).toEqual([
        3,
        3,
        Uint8Array,
      ]);
      expect((await new Response('abc').arrayBuffer()).byteLength).toBe(3);
    }
  });

  it('read from one response do not leak into a clone', async () => {
    const response = new Response(Uint8Array.of(1, 2, 3));
    const copy = response.clone();
    (await response.bytes()).fill(9);
    expect(await copy.bytes()).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe('Bun’s kinds of bodies', () => {
  it('calls async generator functions and reads Node streams', async () => {
    async function* pages(): AsyncGenerator<string | ArrayBufferView> {
      yield 'a';
      yield await Promise.resolve(Uint8Array.of(0x62));
      yield new DataView(Uint8Array.of(0x63).buffer);
    }
    expect(await new Response(pages).text()).toBe('abc');
    expect(await new Response(pages()).text()).toBe('abc');
    expect(await new Response(Readable.from(['x', Buffer.from('y')])).text()).toBe('xy');
    expect(await new Response({ [Symbol.asyncIterator]: pages }).text()).toBe('abc');
  });

  it('writes sync generators and other objects as text', async () => {
    function* sync(): Generator<string> {
      yield 'a';
    }
    expect(await new Response(sync() as never).text()).toBe('[object Generator]');
    expect(await new Response({} as never).text()).toBe('[object Object]');
    expect(await new Response(5 as never).text()).toBe('5');
  });

  it('refuses chunks of an iterable that are neither text nor bytes', async () => {
    const numbers = async function* (): AsyncGenerator<number> {
      yield 1;
    };
    await expect(new Response(numbers as never).text()).rejects.toThrow(TypeError);
  });

  it('ends an iterable whose stream is cancelled', async () => {
    let ended = false;
    const endless = async function* (): AsyncGenerator<string> {
      try {
        for (;;) yield 'x';
      } finally {
        ended = true;
      }
    };
    const { body } = new Response(endless);
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value).toEqual(Uint8Array.of(0x78));
    await reader.cancel();
    expect(ended).toBe(true);
  });

  it('knows files by their mark', () => {
    const file = Object.assign(new Blob(['x'], { type: 'a/b' }), { [kFile]: true });
    const box = peekBody(new Response(file)) as BodyBox;
    expect([box.kind, box.value === file, box.type]).toEqual([BodyKind.File, true, 'a/b']);
  });
});

describe('the stream of a body', () => {
  it('is a byte stream for all but the user’s own', async () => {
    for (const body of ['abc', Buffer.from('abc'), new URLSearchParams('abc'), new Blob(['abc'])]) {
      const stream = new Response(body).body as ReadableStream<Uint8Array>;
      const reader = stream.getReader({ mode: 'byob' });
      const { value } = await reader.read(new Uint8Array(2));
      expect(Buffer.from(value as Uint8Array).toString()).toBe('ab');
      reader.releaseLock();
      expect(await new Response(stream.pipeThrough(new TransformStream())).text()).toMatch(/^c=?$/);
    }
  });

  it('ends a BYOB read of an empty body', async () => {
    const stream = new Response('').body as ReadableStream<Uint8Array>;
    expect(await stream.getReader({ mode: 'byob' }).read(new Uint8Array(4))).toMatchObject({
      done: true,
    });
  });

  it('is the user’s own object, and reads after a look at it', async () => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Uint8Array.of(0x61));
        controller.close();
      },
    });
    const response = new Response(stream);
    expect(response.body).toBe(stream);
    expect(await response.text()).toBe('a');
    expect(() => new Response(stream)).toThrow('disturbed or locked');
  });

  it('refuses chunks that are not bytes, as the standard says', async () => {
    for (const chunk of ['text', 1, null, undefined, {}, new ArrayBuffer(1)]) {
      const stream = new ReadableStream({ start: (controller) => controller.enqueue(chunk) });
      await expect(new Response(stream).text()).rejects.toThrow(TypeError);
    }
  });

  it('gives structured clones to the clone', async () => {
    const chunk = new Int16Array([1, 2]);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
    const response = new Response(stream);
    const copy = response.clone();
    const [mine, other] = await Promise.all(
      [response, copy].map(async ({ body }) => (await body?.getReader().read())?.value as unknown),
    );
    expect(mine).toBe(chunk);
    expect(other).toEqual(chunk);
    expect(other).not.toBe(chunk);
  });
});

describe('a stream that was only looked at', () => {
  const blob = new Blob(['text']);
  const kinds: [string, BodyInit, unknown][] = [
    ['text', 'text', 'text'],
    ['bytes', Buffer.from('text'), Buffer.from('text')],
    ['a Blob', blob, blob],
  ];

  const sent = (response: Response): unknown => {
    const body = takeBody(response);
    return body instanceof BodyBox ? [body.stream, body.value][1] : body;
  };

  it.each(kinds)('leaves %s to be sent as it is', (_what, body, expected) => {
    const response = new Response(body);
    const stream = response.body;
    expect(sent(response)).toEqual(expected);
    expect([response.bodyUsed, stream?.locked, response.body === stream]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it.each(kinds)('gives %s to the response it is put into', async (_what, body, expected) => {
    const first = new Response(body, { headers: { 'content-type': 'a/b' } });
    const second = new Response(first.body, { headers: { 'x-a': '1' } });
    expect(second.body).toBe(first.body);
    expect(second.headers.get('content-type')).toBe(null);
    expect(first.bodyUsed).toBe(false);
    expect(sent(second)).toEqual(expected);
    expect([first.bodyUsed, second.bodyUsed]).toEqual([true, true]);
    await expect(first.text()).rejects.toThrow(TypeError);
  });

  it.each(kinds)('counts once %s was read from', async (_what, body) => {
    const response = new Response(body);
    const copy = new Response(body);
    for (const each of [response, copy]) {
      const reader = each.body?.getReader();
      await reader?.read();
      reader?.releaseLock();
    }
    expect((takeBody(response) as BodyBox).stream).toBe(response.body);
    await expect(copy.text()).rejects.toThrow(TypeError);
  });

  it.each(kinds)('does not hinder reading %s', async (_what, body) => {
    for (const read of ['text', 'bytes', 'blob'] as const) {
      const response = new Response(body);
      const { body: stream } = response;
      const result = await response[read]();
      expect(await new Response(result).text()).toBe('text');
      expect([stream?.locked, response.bodyUsed]).toEqual([true, true]);
    }
    const request = new Request('http://a/', { method: 'POST', body });
    expect(request.body).not.toBe(null);
    const moved = new Request(request);
    expect([request.bodyUsed, await moved.text()]).toEqual([true, 'text']);
  });

  it('is teed by clone() like any other', async () => {
    const response = new Response('text');
    const stream = response.body;
    const copy = response.clone();
    expect(stream?.locked).toBe(true);
    expect(await Promise.all([response.text(), copy.text()])).toEqual(['text', 'text']);
  });
});

/** A source that counts what is asked of it. */
class CountingSource {
  calls: string[] = [];

  constructor(private readonly content: string) {}

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    this.calls.push('bytes');
    return Promise.resolve(new TextEncoder().encode(this.content));
  }

  text(): Promise<string> {
    this.calls.push('text');
    return Promise.resolve(this.content);
  }

  stream(): ReadableStream<Uint8Array> {
    this.calls.push('stream');
    return new Blob([this.content]).stream() as unknown as ReadableStream<Uint8Array>;
  }
}

describe('a body source', () => {
  const holder = (source: CountingSource): Response => {
    const response = new Response(new Blob([]));
    const box = peekBody(response) as BodyBox;
    box.kind = BodyKind.Source;
    box.value = source;
    return response;
  };

  it('is asked once, for the cheapest form', async () => {
    const source = new CountingSource('{"a":1}');
    expect(await holder(source).json()).toEqual({ a: 1 });
    expect(await holder(source).bytes()).toHaveLength(7);
    const response = holder(source);
    expect(response.bodyUsed).toBe(false);
    expect(source.calls).toEqual(['text', 'bytes']);
    expect(await new Response(response.body).text()).toBe('{"a":1}');
    expect(source.calls).toEqual(['text', 'bytes', 'stream']);
  });

  it('is teed for a clone, or forked if it can be', async () => {
    const source = new CountingSource('x');
    const response = holder(source);
    const copy = response.clone();
    expect([await copy.text(), await response.text()]).toEqual(['x', 'x']);
    expect(source.calls).toEqual(['stream']);
    const sides = [new CountingSource('y'), new CountingSource('z')];
    const second = holder(Object.assign(new CountingSource('x'), { fork: () => sides }));
    expect([await second.clone().text(), await second.text()]).toEqual(['z', 'y']);
  });
});

describe('takeBody()', () => {
  it('hands out raw values and marks the owner', async () => {
    const bytes = Uint8Array.of(1);
    for (const [body, expected] of [
      ['x', 'x'],
      [bytes, Buffer.from(bytes)],
      [null, null],
    ] as const) {
      const response = new Response(body);
      expect(takeBody(response)).toEqual(expected);
      expect(response.bodyUsed).toBe(body !== null);
    }
    const blob = new Response(new Blob(['x']));
    expect((takeBody(blob) as BodyBox).kind).toBe(BodyKind.Blob);
    expect(await failure(blob.text())).toEqual(used);
  });
});
