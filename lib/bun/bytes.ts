// SPDX-License-Identifier: MIT
//
// Members of Bun that put bytes together, compress them, or read them from a stream.

import { invalidArgument, notProvided } from '../errors.js';
import { Response } from '../fetch/response.js';

const zlib = process.getBuiltinModule('node:zlib');

type Bytes = string | NodeJS.ArrayBufferView | ArrayBuffer;

function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** All bytes in one buffer, cut at `maxLength`. */
export function concatArrayBuffers(
  buffers: readonly (NodeJS.ArrayBufferView | ArrayBufferLike)[],
  maxLength = Infinity,
  asUint8Array = false,
): ArrayBuffer | Uint8Array {
  if (!Array.isArray(buffers)) throw invalidArgument('Expected buffers to be an array');
  const parts = (buffers as (NodeJS.ArrayBufferView | ArrayBufferLike)[]).map((one) =>
    ArrayBuffer.isView(one)
      ? new Uint8Array(one.buffer, one.byteOffset, one.byteLength)
      : new Uint8Array(one),
  );
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const result = new Uint8Array(Math.min(size, maxLength));
  let at = 0;
  for (const part of parts) {
    const rest = part.subarray(0, result.length - at);
    result.set(rest, at);
    at += rest.length;
  }
  return asUint8Array ? result : result.buffer;
}

/** Bytes whose content is not defined. */
export function allocUnsafe(size: number): Uint8Array {
  return plain(Buffer.allocUnsafeSlow(size));
}

export function gzipSync(data: Bytes, options?: object): Uint8Array {
  return plain(zlib.gzipSync(data, options));
}
export function gunzipSync(data: Bytes, options?: object): Uint8Array {
  return plain(zlib.gunzipSync(data, options));
}
/** Raw deflate, without zlib's head. */
export function deflateSync(data: Bytes, options?: object): Uint8Array {
  return plain(zlib.deflateRawSync(data, options));
}
export function inflateSync(data: Bytes, options?: object): Uint8Array {
  return plain(zlib.inflateRawSync(data, options));
}

interface Zstd {
  constants: Record<string, number>;
  zstdCompressSync?: (data: Bytes, options?: object) => Buffer;
  zstdDecompressSync?: (data: Bytes) => Buffer;
}

function zstd<K extends 'zstdCompressSync' | 'zstdDecompressSync'>(name: K): NonNullable<Zstd[K]> {
  const use = (zlib as unknown as Zstd)[name];
  if (use === undefined) throw notProvided(`Bun.${name}`, 'Node has zstd from 22.15 on.');
  return use as NonNullable<Zstd[K]>;
}

export function zstdCompressSync(data: Bytes, options?: { level?: number }): Buffer {
  const parameter = (zlib as unknown as Zstd).constants.ZSTD_c_compressionLevel as number;
  const { level } = options ?? {};
  const settings = level === undefined ? {} : { params: { [parameter]: level } };
  return zstd('zstdCompressSync')(data, settings);
}
export function zstdDecompressSync(data: Bytes): Buffer {
  return zstd('zstdDecompressSync')(data);
}
export function zstdCompress(data: Bytes, options?: { level?: number }): Promise<Buffer> {
  return Promise.resolve().then(() => zstdCompressSync(data, options));
}
export function zstdDecompress(data: Bytes): Promise<Buffer> {
  return Promise.resolve().then(() => zstdDecompressSync(data));
}

/** All pieces of a stream as bytes; texts among them are UTF-8. */
async function collect(stream: ReadableStream): Promise<Uint8Array> {
  type Piece = string | ArrayBuffer | NodeJS.ArrayBufferView;
  const pieces = await readableStreamToArray(stream as ReadableStream<Piece>);
  const bytes = pieces.map((piece) =>
    typeof piece === 'string' ? new TextEncoder().encode(piece) : piece,
  );
  return concatArrayBuffers(bytes, Infinity, true) as Uint8Array;
}

export async function readableStreamToText(stream: ReadableStream): Promise<string> {
  return new TextDecoder().decode(await collect(checked(stream)));
}
export function readableStreamToBytes(stream: ReadableStream): Promise<Uint8Array> {
  return collect(checked(stream));
}
export async function readableStreamToArrayBuffer(stream: ReadableStream): Promise<ArrayBuffer> {
  return (await collect(checked(stream))).buffer as ArrayBuffer;
}
export async function readableStreamToJSON(stream: ReadableStream): Promise<unknown> {
  return JSON.parse(await readableStreamToText(stream)) as unknown;
}
export async function readableStreamToBlob(stream: ReadableStream): Promise<Blob> {
  return new Blob([await collect(checked(stream))]);
}
/** `boundary`: of multipart/form-data; without one the bytes are a URL-encoded form. */
export async function readableStreamToFormData(
  stream: ReadableStream,
  boundary?: string,
): Promise<FormData> {
  const type =
    boundary === undefined
      ? 'application/x-www-form-urlencoded'
      : `multipart/form-data; boundary=${boundary}`;
  const body = await collect(checked(stream));
  return new Response(body as never, { headers: { 'content-type': type } }).formData();
}

function checked(stream: ReadableStream): ReadableStream {
  if (!(stream instanceof ReadableStream)) throw invalidArgument('Expected a ReadableStream');
  return stream;
}

export async function readableStreamToArray<T>(stream: ReadableStream<T>): Promise<T[]> {
  const items: T[] = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return items;
    items.push(value);
  }
}
