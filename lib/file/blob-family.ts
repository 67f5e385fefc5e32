// SPDX-License-Identifier: MIT
//
// How BunFile becomes a Blob for Node's own code, which knows Blobs by their prototypes and takes
// their bytes from a handle behind a symbol.

import { kFile, type FileSource } from '../fetch/internal.js';
import { filesPart } from '../late.js';

interface FileLike {
  readonly [kFile]: FileSource;
}

const handles = new WeakMap<FileLike, unknown>();

/**
 * The handle of a Blob with the bytes that the file has now. Node asks several times while it makes
 * one Blob; the file is read once in a turn.
 */
function snapshot(file: FileLike, symbol: symbol): unknown {
  if (!handles.has(file)) {
    const blob = new Blob([filesPart().readFileNow(file[kFile])]) as unknown as Record<
      symbol,
      unknown
    >;
    handles.set(file, blob[symbol]);
    setImmediate(() => handles.delete(file));
  }
  return handles.get(file);
}

/**
 * Chains the class to File, so that FormData keeps the object with its name instead of a copy named
 * "blob". Called with the first file: naming the globals loads their modules.
 */
export function becomeBlob(Class: { readonly prototype: object }): void {
  Object.setPrototypeOf(Class.prototype, File.prototype);
  const symbols = Object.getOwnPropertySymbols(new Blob([]));
  const handle = symbols.find((symbol) => symbol.description === 'kHandle');
  if (handle === undefined) return;
  Object.defineProperty(Class.prototype, handle, {
    get(this: FileLike) {
      return snapshot(this, handle);
    },
  });
}
