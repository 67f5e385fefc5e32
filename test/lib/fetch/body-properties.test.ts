// SPDX-License-Identifier: MIT
// Bodies of Response and Request against Node's own classes: the same body under the same random
// sequence of reads, clones, locks and cancels must give the same bytes, flags and error classes.

import fc from 'fast-check';
import { Request as FastRequest } from '#lib/fetch/request.js';
import { Response as FastResponse } from '#lib/fetch/response.js';
import { bodyFactory, outcome, settled } from './support.js';

interface Holder extends Body {
  clone(): Holder;
  readonly headers: globalThis.Headers;
}
interface Body {
  readonly body: ReadableStream<Uint8Array> | null;
  readonly bodyUsed: boolean;
  text(): Promise<string>;
}

const call = fc.constantFrom(
  'text',
  'json',
  'arrayBuffer',
  'bytes',
  'blob',
  'formData',
  'clone',
  'bodyUsed',
  'touchBody',
  'lock',
  'unlock',
  'readChunk',
  'readAll',
  'cancel',
  'type',
  'isNull',
  'clonedText',
);

/** Text without the boundaries of multipart bodies, which are random. */
function masked(text: string): string {
  return text.replace(/-{4,}(?:formdata-undici|WebKitFormBoundary)[\w-]+/g, 'boundary');
}

/** Values that can be compared: bytes as text, blobs and forms by content, objects by shape. */
async function plain(value: unknown): Promise<unknown> {
  if (value instanceof ArrayBuffer)
    return ['buffer', masked(Buffer.from(value).toString('latin1'))];
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return [value.constructor.name, masked(bytes.toString('latin1'))];
  }
  if (value instanceof Blob) {
    return ['blob', value.type.replace(/boundary=.*/, ''), masked(await value.text())];
  }
  if (value instanceof FormData)
    return ['form', [...value].map(([name, part]) => [name, typeof part])];
  return typeof value === 'string' ? masked(value) : value;
}

class Driver {
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;

  constructor(public holder: Holder) {}

  async step(name: string): Promise<unknown> {
    const { holder } = this;
    switch (name) {
      case 'clone':
        return outcome(() => {
          this.holder = holder.clone();
          return null;
        });
      case 'clonedText':
        return settled(async () => plain(await holder.clone().text()));
      case 'bodyUsed':
        return holder.bodyUsed;
      case 'isNull':
        return holder.body === null;
      case 'type':
        return holder.headers.get('content-type')?.replace(/boundary=.*/, '');
      case 'touchBody':
        return holder.body === holder.body;
      case 'lock':
        return outcome(() => (this.#reader = holder.body?.getReader() ?? null) === null);
      case 'unlock':
        return outcome(() => this.#reader?.releaseLock());
      case 'readChunk':
        return settled(async () => this.#firstChunk());
      case 'readAll':
        return settled(async () => this.#readAll());
      case 'cancel':
        return settled(async () => this.#cancel());
      default:
        return settled(async () =>
          plain(await (holder as unknown as Record<string, () => Promise<unknown>>)[name]?.()),
        );
    }
  }

  // One branch of a teed stream stays pending until the other is cancelled too: only refusals count.
  async #cancel(): Promise<void> {
    const pending = this.holder.body?.cancel('reason');
    const turn = new Promise<void>((resolve) => setImmediate(resolve));
    await Promise.race([pending, turn]);
  }

  async #firstChunk(): Promise<unknown> {
    const reader = this.holder.body?.getReader();
    const result = await reader?.read();
    reader?.releaseLock();
    return [result?.done, (await plain(result?.value)) !== undefined];
  }

  async #readAll(): Promise<unknown> {
    const chunks: Buffer[] = [];
    if (this.holder.body === null) return null;
    for await (const chunk of this.holder.body as unknown as AsyncIterable<Uint8Array>) {
      chunks.push(Buffer.from(chunk));
    }
    return plain(new Uint8Array(Buffer.concat(chunks)));
  }
}

async function run(holder: Holder, calls: readonly string[]): Promise<unknown[]> {
  const driver = new Driver(holder);
  const results: unknown[] = [];
  for (const name of calls) {
    // How many microtasks an error takes from stream to stream is nobody's promise.
    await new Promise((resolve) => setImmediate(resolve));
    results.push([name, await driver.step(name), driver.holder.bodyUsed]);
  }
  return results;
}

// From Node 26 on, native bodies end the process when they are cancelled just after they were made.
const kCanCancel = Number(process.versions.node.split('.', 1)[0]) < 26;
const calls = fc.array(
  call.filter((name) => kCanCancel || name !== 'cancel'),
  { minLength: 1, maxLength: 6 },
);

type Make = (body: unknown) => unknown;

// One after the other, each from its construction on: a stream fails some turns after its making.
function sameAs(ours: Make, native: Make): Promise<void> {
  return fc.assert(
    fc.asyncProperty(bodyFactory, calls, async (makeBody, names) => {
      fc.pre(!('thrown' in (outcome(() => native(makeBody())) as object)));
      const actual = await run(ours(makeBody()) as Holder, names);
      expect(actual).toEqual(await run(native(makeBody()) as Holder, names));
    }),
    { numRuns: 1000 },
  );
}

describe('bodies', () => {
  it('of Responses behave as native ones', async () => {
    const NativeResponse = globalThis.Response;
    await sameAs(
      (body) => new FastResponse(body as never),
      (body) => new NativeResponse(body as never),
    );
  });

  it('of Requests behave as native ones', async () => {
    const NativeRequest = globalThis.Request;
    const options = (body: unknown): object => ({ method: 'POST', body, duplex: 'half' });
    await sameAs(
      (body) => new FastRequest('http://a/', options(body)),
      (body) => new NativeRequest('http://a/', options(body) as never),
    );
  });
});
