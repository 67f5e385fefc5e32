// SPDX-License-Identifier: MIT
//
// What programs give to send, as the addon takes it: a string or a Uint8Array. Blobs can only be
// read later.

const { types } = process.getBuiltinModule('node:util');

export function isBytes(value: unknown): value is ArrayBufferView | ArrayBufferLike {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value);
}

/** A view on the same bytes; shared memory is copied, as it may change meanwhile. */
export function bytesOf(value: ArrayBufferView | ArrayBufferLike): Uint8Array {
  if (value instanceof Uint8Array && !types.isSharedArrayBuffer(value.buffer)) return value;
  // Nothing is left of memory that went to somebody else.
  if (value.byteLength === 0) return new Uint8Array();
  const view = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
  return types.isSharedArrayBuffer(view.buffer) ? view.slice() : view;
}

export function isBlob(value: unknown): value is Blob {
  return typeof value === 'object' && value !== null && value instanceof Blob;
}

/** Anything as text, as `String()` does, but for symbols, which Bun refuses in these words. */
export function textOf(value: unknown): string {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a symbol to a string');
  return String(value);
}

/** A string, bytes, or the text of something else; null for a Blob. */
export function payloadOf(value: unknown): string | Uint8Array | null {
  if (typeof value === 'string') return value;
  if (isBytes(value)) return bytesOf(value);
  return isBlob(value) ? null : textOf(value);
}

export function sizeOf(payload: string | Uint8Array): number {
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength;
}

const MAX_REASON_BYTES = 123;

/** The part of a close reason that fits into its frame, cut at a character. */
export function fittingReason(reason: string): string {
  if (reason.length * 3 <= MAX_REASON_BYTES) return reason;
  const bytes = Buffer.from(reason);
  if (bytes.length <= MAX_REASON_BYTES) return reason;
  let end = MAX_REASON_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** What Node and Bun say of an argument that has the wrong type. */
export function received(value: unknown): string {
  if (value === undefined || value === null) return `Received ${value}`;
  if (typeof value === 'function') return `Received function ${value.name}`;
  if (typeof value === 'object') {
    const name = (value as { constructor?: { name?: string } }).constructor?.name;
    return name ? `Received an instance of ${name}` : 'Received an object';
  }
  const shown = process.getBuiltinModule('node:util').inspect(value);
  return `Received type ${typeof value} (${shown})`;
}
