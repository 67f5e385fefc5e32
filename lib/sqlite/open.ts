// SPDX-License-Identifier: MIT
//
// Arguments of `new Database`, checked and read.

import { constants } from './constants.js';
import type { EngineDatabase } from './engine.js';
import { findEngine } from './find-engine.js';
import { guarded, sqliteError } from './sqlite-error.js';

const { existsSync } = process.getBuiltinModule('node:fs');
const { isAnyArrayBuffer } = process.getBuiltinModule('node:util/types');

/** Options of `new Database`. */
export interface DatabaseOptions {
  /** No writing; the file must exist. */
  readonly?: boolean | undefined;
  /** Make the file when it is not there. */
  create?: boolean | undefined;
  /** Reading and writing; without `create` the file must exist. */
  readwrite?: boolean | undefined;
  /** Integers are given as bigints, and bigints above 64 bits throw. */
  safeIntegers?: boolean | undefined;
  /** Named values that are missing throw. */
  strict?: boolean | undefined;
}

export interface OpenRequest {
  filename: string;
  isReadonly: boolean;
  mayCreate: boolean;
  isStrict: boolean;
  safeIntegers: boolean;
}

export type SerializedDatabase = NodeJS.TypedArray | ArrayBufferLike;

export function isSerialized(value: unknown): value is SerializedDatabase {
  return ArrayBuffer.isView(value) || isAnyArrayBuffer(value);
}

export function readOpenRequest(
  filename: unknown,
  options: number | DatabaseOptions | null | undefined,
): OpenRequest {
  if (filename !== undefined && typeof filename !== 'string') {
    throw new TypeError(`Expected 'filename' to be a string, got '${typeof filename}'`);
  }
  const request = {
    filename: filename === undefined ? ':memory:' : filename.trim(),
    isReadonly: false,
    mayCreate: true,
    isStrict: false,
    safeIntegers: false,
  };
  if (typeof options === 'number') return { ...request, ...readFlags(options) };
  if (typeof options !== 'object' || options === null) return request;
  const { readonly, create, readwrite } = options;
  const isReadonly = Boolean(readonly) || readwrite === false;
  if (isReadonly && (create === true || readwrite === true)) {
    throw new TypeError(
      'A read-only database ("readonly: true" or "readwrite: false") ' +
        'cannot have "create: true" or "readwrite: true"',
    );
  }
  return {
    ...request,
    isReadonly,
    mayCreate: !isReadonly && (create ?? readwrite === undefined),
    isStrict: Boolean(options.strict),
    safeIntegers: Boolean(options.safeIntegers),
  };
}

function readFlags(flags: number): Pick<OpenRequest, 'isReadonly' | 'mayCreate'> {
  const { SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE } = constants;
  const isReadonly = (flags & SQLITE_OPEN_READONLY) !== 0;
  const isWritable = (flags & SQLITE_OPEN_READWRITE) !== 0;
  if (isReadonly === isWritable) throw sqliteError('bad parameter or other API misuse', 21);
  return { isReadonly, mayCreate: (flags & SQLITE_OPEN_CREATE) !== 0 };
}

/** @throws SQLiteError SQLITE_CANTOPEN when the file is not there or cannot be opened. */
export function openFile(request: OpenRequest): EngineDatabase {
  const { filename, isReadonly, mayCreate } = request;
  const isMemory = filename === ':memory:' || filename === '';
  if (!isMemory && !mayCreate && !existsSync(filename)) {
    throw sqliteError('unable to open database file', 14);
  }
  const engine = findEngine();
  try {
    return guarded('', () => engine.open(filename, { readonly: isReadonly && !isMemory }));
  } catch (error) {
    // better-sqlite3 looks for the folder itself, and reports it in its own words.
    if (error instanceof TypeError) throw sqliteError('unable to open database file', 14);
    throw error;
  }
}

/** @throws Error for bytes that hold no database. */
export function openImage(image: SerializedDatabase, isReadonly: boolean): EngineDatabase {
  const bytes = ArrayBuffer.isView(image)
    ? new Uint8Array(image.buffer, image.byteOffset, image.byteLength)
    : new Uint8Array(image);
  if (bytes.length === 0) throw new Error('ArrayBuffer must not be empty');
  const engine = findEngine();
  return guarded('', () => engine.deserialize(bytes, { readonly: isReadonly }));
}
