// SPDX-License-Identifier: MIT
// Values of programs made real, and results made plain. Runs in Node and in Bun: no imports.

import type { Special, Value } from './language.js';

/** What values may refer to. */
export interface Store {
  readonly log: string[];
  controller(on: number): AbortController;
  response(on: number): unknown;
  request(on: number): unknown;
  headers(on: number): unknown;
  bodyOf(on: number): unknown;
  headersOf(on: number): unknown;
}

/** Thrown by values that are made to throw. */
export class Thrown extends Error {
  override name = 'Thrown';
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function viewOf(view: string, text: string): unknown {
  const bytes = bytesOf(text);
  const even = bytes.length & ~1;
  switch (view) {
    case 'ArrayBuffer':
      return bytes.buffer;
    case 'SharedArrayBuffer': {
      const shared = new SharedArrayBuffer(bytes.length);
      new Uint8Array(shared).set(bytes);
      return shared;
    }
    case 'Buffer':
      // Not from Node's pool: a byte stream detaches the memory of what it is handed.
      return Buffer.from(bytes.buffer);
    case 'DataView':
      return new DataView(bytes.buffer);
    case 'Uint16Array':
      return new Uint16Array(bytes.buffer, 0, even / 2);
    case 'Float32Array':
      return new Float32Array(bytes.buffer, 0, bytes.length >> 2);
    case 'offset':
      return bytes.subarray(bytes.length > 0 ? 1 : 0);
    default:
      return bytes;
  }
}

function streamOf(form: string, chunks: readonly unknown[]): ReadableStream {
  const items = [...chunks];
  const lastly = form === 'failing' ? new RangeError('failing') : null;
  const source = {
    pull(controller: ReadableStreamDefaultController) {
      if (items.length > 0) controller.enqueue(items.shift());
      else if (lastly !== null) controller.error(lastly);
      else controller.close();
    },
  };
  if (form === 'bytes') {
    const bytes = items.filter((item) => item instanceof Uint8Array && item.length > 0);
    return new ReadableStream({
      type: 'bytes',
      start(controller) {
        for (const chunk of bytes) controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
        controller.close();
      },
    });
  }
  if (form === 'broken') {
    return new ReadableStream({
      start: (controller) => controller.error(new RangeError('broken')),
    });
  }
  if (form === 'pull' || form === 'failing')
    return new ReadableStream(source, { highWaterMark: 0 });
  const stream = new ReadableStream({
    start(controller) {
      for (const chunk of items) controller.enqueue(chunk);
      controller.close();
    },
  });
  if (form === 'locked') stream.getReader();
  if (form === 'read') {
    const reader = stream.getReader();
    void reader.read().then(
      () => undefined,
      () => undefined,
    );
    reader.releaseLock();
  }
  return stream;
}

async function* generate(chunks: readonly unknown[]): AsyncGenerator<unknown> {
  for (const chunk of chunks) yield Promise.resolve(chunk);
}

function objectOf(special: Special & { is: 'object' | 'spy' }, store: Store): object {
  const made: Record<string, unknown> = {};
  for (const [name, value] of special.entries) {
    if (special.is === 'object') {
      made[name] = realize(value, store);
      continue;
    }
    const get = (): unknown => {
      store.log.push(`get ${name}`);
      return realize(value, store);
    };
    Object.defineProperty(made, name, { get, enumerable: true, configurable: true });
  }
  return made;
}

function formOf(entries: readonly (readonly [string, Value])[], store: Store): FormData {
  const form = new FormData();
  for (const [name, value] of entries) {
    form.append(name, realize(value, store) as string);
  }
  return form;
}

function realizeSpecial(special: Special, store: Store): unknown {
  switch (special.is) {
    case 'undefined':
      return undefined;
    case 'symbol':
      return Symbol('s');
    case 'NaN':
      return Number.NaN;
    case 'Infinity':
      return Infinity;
    case 'function':
      // Its text is not the same in every runtime.
      return Object.assign(() => undefined, { toString: () => 'function' });
    case 'thrower':
      return {
        toString: () => {
          throw new Thrown();
        },
        valueOf: () => {
          throw new Thrown();
        },
      };
    case 'bigint':
      return BigInt(special.text);
    case 'stringer':
      return {
        toString: () => {
          store.log.push('toString');
          return special.text;
        },
      };
    case 'valuer':
      return {
        valueOf: () => {
          store.log.push('valueOf');
          return special.value;
        },
      };
    case 'object':
    case 'spy':
      return objectOf(special as Special & { is: 'object' }, store);
    case 'list':
      return special.items.map((item) => realize(item, store));
    case 'map':
      return new Map(special.entries.map(([name, value]) => [name, realize(value, store)]));
    case 'bytes':
      return viewOf(special.view, special.text);
    case 'blob':
      return new Blob(special.parts as string[], { type: special.type });
    case 'file':
      return new File([special.text], special.name, { type: special.type });
    case 'params':
      return new URLSearchParams(special.text);
    case 'form':
      return formOf(special.entries, store);
    case 'stream':
      return streamOf(
        special.form,
        special.chunks.map((chunk) => realize(chunk, store)),
      );
    case 'generator':
      return () => generate(special.chunks.map((chunk) => realize(chunk, store)));
    case 'iterable':
      return generate(special.chunks.map((chunk) => realize(chunk, store)));
    case 'url':
      return new URL(special.text);
    case 'signal':
      return special.state === 'aborted' ? AbortSignal.abort() : new AbortController().signal;
    case 'controlled':
      return store.controller(special.on).signal;
    default:
      return store[special.is](special.on);
  }
}

export function realize(value: Value, store: Store): unknown {
  return typeof value === 'object' && value !== null ? realizeSpecial(value, store) : value;
}

/** Without what is random in multipart bodies. */
function masked(text: string): string {
  return text.replace(/-+(?:formdata-undici-|WebKitFormBoundary)[\w-]+/gi, '[boundary]');
}

function maskedType(text: string): string {
  return masked(text).replace(/boundary="?\[boundary\]"?/, 'boundary=[boundary]');
}

async function plainPart(part: string | File): Promise<unknown> {
  return typeof part === 'string'
    ? masked(part)
    : ['file', part.name, part.type, await part.text()];
}

/** A result that JSON can hold: bytes as latin-1 text, blobs and forms by content. */
export async function plain(value: unknown): Promise<unknown> {
  if (value === undefined) return ['undefined'];
  if (typeof value === 'string') return maskedType(value);
  if (typeof value === 'function' || typeof value === 'symbol') return [typeof value];
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof ArrayBuffer) {
    return ['ArrayBuffer', masked(Buffer.from(value).toString('latin1'))];
  }
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return [value.constructor.name, masked(bytes.toString('latin1'))];
  }
  if (value instanceof Blob) return ['Blob', maskedType(value.type), masked(await value.text())];
  if (value instanceof FormData) {
    const entries = [...value].map(async ([name, part]) => [masked(name), await plainPart(part)]);
    return ['FormData', ...(await Promise.all(entries))];
  }
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  const entries = Object.entries(value).map(async ([name, item]) => [name, await plain(item)]);
  return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
}
