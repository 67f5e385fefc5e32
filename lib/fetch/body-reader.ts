// SPDX-License-Identifier: MIT
// Reading a body to its end: text, JSON, bytes, ArrayBuffer, Blob, FormData.
// Takes the value an owner held; the owner has already replaced or marked it with `spend()`.
// Strings and bytes settle without a stream. Every failure is a rejection, never a throw.

import { BodyBox, BodyKind, type BodySource, type BodyValue, reclaim } from './body.js';
import { streamOfIterable } from './body-stream.js';
import { formDataParser } from './form-data.js';
import { extractMimeType, serializeMimeType } from './mime-type.js';

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface WellFormable {
  toWellFormed(): string;
}

const kByteOrderMark = 0xfeff;

/** What a string body reads back as: encoded to UTF-8 and decoded again, without doing either. */
export function decodedText(text: string): string {
  const sound = (text as unknown as WellFormable).toWellFormed();
  return sound.charCodeAt(0) === kByteOrderMark ? sound.slice(1) : sound;
}

/** Bytes to text by the standard's "UTF-8 decode": one leading BOM goes, bad sequences are U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Every byte of a stream, in memory of its own. */
export async function readStream(stream: ReadableStream<Uint8Array>): Promise<Bytes> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) {
      throw new TypeError('Received non-Uint8Array chunk');
    }
    chunks.push(value);
    total += value.length;
  }
  const all = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

/** Whether the value of a box is still what counts; if not, its stream is. */
function isValueLeft(box: BodyBox): boolean {
  return box.stream === null || reclaim(box);
}

async function readValue(box: BodyBox): Promise<Bytes> {
  switch (box.kind) {
    case BodyKind.Text:
      return encoder.encode(box.value as string);
    case BodyKind.Bytes:
      return new Uint8Array(box.value as Uint8Array);
    case BodyKind.Blob:
    case BodyKind.File:
      return new Uint8Array(await (box.value as Blob).arrayBuffer());
    case BodyKind.Iterable:
      return readStream(streamOfIterable(box.value as AsyncIterable<unknown>));
    default:
      return (box.value as BodySource).bytes();
  }
}

function readBox(box: BodyBox): Promise<Bytes> {
  return isValueLeft(box) ? readValue(box) : readStream(box.stream as ReadableStream<Uint8Array>);
}

function bytesNow(body: null | string | Bytes): Bytes {
  if (body === null) return new Uint8Array(0);
  return typeof body === 'string' ? encoder.encode(body) : new Uint8Array(body);
}

export function readBytes(body: BodyValue): Promise<Bytes> {
  return body instanceof BodyBox ? readBox(body) : Promise.resolve(bytesNow(body));
}

/** Exactly the body's bytes: neither a pooled buffer nor one with room to spare. */
export async function readArrayBuffer(body: BodyValue): Promise<ArrayBuffer> {
  const bytes = await readBytes(body);
  if (bytes.byteLength === bytes.buffer.byteLength) return bytes.buffer;
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

async function readBoxText(box: BodyBox): Promise<string> {
  if (!isValueLeft(box))
    return decodeUtf8(await readStream(box.stream as ReadableStream<Uint8Array>));
  if (box.kind === BodyKind.Text) return decodedText(box.value as string);
  // A file knows how its text is encoded.
  if (box.kind === BodyKind.File) return (box.value as Blob).text();
  if (box.kind === BodyKind.Source) {
    const source = box.value as BodySource;
    if (source.text !== undefined) return source.text();
  }
  return decodeUtf8(await readValue(box));
}

export function readText(body: BodyValue): Promise<string> {
  if (typeof body === 'string') return Promise.resolve(decodedText(body));
  if (body instanceof BodyBox) return readBoxText(body);
  return Promise.resolve(body === null ? '' : decodeUtf8(body));
}

export async function readJson(body: BodyValue): Promise<unknown> {
  return JSON.parse(typeof body === 'string' ? decodedText(body) : await readText(body)) as unknown;
}

export async function readBlob(body: BodyValue, contentType: string | null): Promise<Blob> {
  // A file stays one: as in Bun nothing is read, and the type is the file's.
  if (body instanceof BodyBox && body.kind === BodyKind.File && isValueLeft(body)) {
    return body.value as Blob;
  }
  const bytes = await readBytes(body);
  const mime = extractMimeType(contentType);
  return new Blob([bytes], { type: mime === null ? '' : serializeMimeType(mime) });
}

export async function readFormData(body: BodyValue, contentType: string | null): Promise<FormData> {
  // A body that is still to come is refused before it is read when it cannot be a form.
  if (body instanceof BodyBox && body.kind === BodyKind.Source) formDataParser(contentType);
  const bytes = await readBytes(body);
  return formDataParser(contentType)(bytes);
}
