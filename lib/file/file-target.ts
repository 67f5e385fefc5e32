// SPDX-License-Identifier: MIT
//
// What names a file: paths, file URLs, paths as bytes, descriptors.

import { invalidArgument, invalidArgumentValue, outOfRange } from '../errors.js';
import { fileSource } from '../fetch/internal.js';

const { isAnyArrayBuffer } = process.getBuiltinModule('node:util/types');

const MAX_DESCRIPTOR = 2 ** 31 - 1;

/** A path, or a descriptor that stays its owner's. */
export type Target = string | number;

function descriptor(value: number): number {
  if (!Number.isInteger(value)) throw outOfRange('fd', 'an integer', value);
  if (value < 0 || value > MAX_DESCRIPTOR) {
    throw outOfRange('fd', `>= 0 && <= ${MAX_DESCRIPTOR}`, value);
  }
  return value;
}

function urlPath(url: URL): string {
  try {
    return process.getBuiltinModule('node:url').fileURLToPath(url);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(new TypeError('URL must be a non-empty "file:" path', { cause: error }), {
      code,
    });
  }
}

function pathOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof URL) return urlPath(value);
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
  }
  if (isAnyArrayBuffer(value)) return Buffer.from(value).toString();
  return value instanceof String ? value.toString() : undefined;
}

/** As node:fs takes it; undefined for what names no file. */
export function fileTarget(value: unknown): Target | undefined {
  if (typeof value === 'number') return descriptor(value);
  const path = pathOf(value);
  if (path?.includes('\0') === true) {
    throw invalidArgumentValue(
      "The argument 'path' must be a string, Uint8Array, or URL without null bytes. " +
        `Received ${JSON.stringify(path)}`,
    );
  }
  return path;
}

// Node's way of naming what it did not expect.
function shown(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'function') return `function ${value.name}`;
  const { inspect } = process.getBuiltinModule('node:util');
  if (typeof value !== 'object') return `type ${typeof value} (${inspect(value)})`;
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' ? `an instance of ${name}` : inspect(value, { depth: -1 });
}

/** Where Bun.write() writes; throws for what is no destination. */
export function writeTarget(destination: unknown): Target {
  const source = fileSource(destination);
  if (source !== undefined) return source.file;
  if (destination instanceof Blob) {
    throw invalidArgument('Cannot write to a Blob backed by bytes, which are always read-only');
  }
  const target = fileTarget(destination);
  if (target !== undefined) return target;
  throw invalidArgument(
    'The "destination" argument must be of type path, file descriptor, or Blob. ' +
      `Received ${shown(destination)}`,
  );
}
