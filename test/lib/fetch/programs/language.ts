// SPDX-License-Identifier: MIT
// The language of the programs that fetch classes are compared with: plain JSON, so that the same
// program runs in this process on our classes and on Node's, and in a Bun process on Bun's.
// A program keeps what it makes in lists by kind; steps name an object by its number in its list,
// modulo the list's length, so that any number means something.

/** A JavaScript value as JSON; what JSON cannot say is `{ is: ... }`. */
export type Value = string | number | boolean | null | Special;

export type Special =
  | { readonly is: 'undefined' | 'symbol' | 'NaN' | 'Infinity' | 'function' | 'thrower' }
  | { readonly is: 'bigint'; readonly text: string }
  /** An object with a toString or valueOf of its own. */
  | { readonly is: 'stringer'; readonly text: string }
  | { readonly is: 'valuer'; readonly value: number }
  | { readonly is: 'object'; readonly entries: readonly (readonly [string, Value])[] }
  /** The same, each property a getter that logs when it is read. */
  | { readonly is: 'spy'; readonly entries: readonly (readonly [string, Value])[] }
  | { readonly is: 'list'; readonly items: readonly Value[] }
  | { readonly is: 'map'; readonly entries: readonly (readonly [string, Value])[] }
  | { readonly is: 'bytes'; readonly view: View; readonly text: string }
  | { readonly is: 'blob'; readonly parts: readonly string[]; readonly type: string }
  | { readonly is: 'file'; readonly text: string; readonly name: string; readonly type: string }
  | { readonly is: 'params'; readonly text: string }
  | { readonly is: 'form'; readonly entries: readonly (readonly [string, Value])[] }
  | { readonly is: 'stream'; readonly form: StreamForm; readonly chunks: readonly Value[] }
  | { readonly is: 'iterable' | 'generator'; readonly chunks: readonly Value[] }
  | { readonly is: 'url'; readonly text: string }
  | { readonly is: 'signal'; readonly state: 'open' | 'aborted' }
  /** The signal of a controller that a later `abort` step can fire. */
  | { readonly is: 'controlled'; readonly on: number }
  /** An object made earlier, or a part of one. */
  | { readonly is: 'response' | 'request' | 'headers'; readonly on: number }
  | { readonly is: 'bodyOf' | 'headersOf'; readonly on: number };

export type View =
  | 'ArrayBuffer'
  | 'SharedArrayBuffer'
  | 'Uint8Array'
  | 'Buffer'
  | 'DataView'
  | 'Uint16Array'
  | 'Float32Array'
  | 'offset';

export type StreamForm = 'default' | 'bytes' | 'pull' | 'failing' | 'broken' | 'locked' | 'read';

export type Step =
  | { readonly do: 'new Response'; readonly args: readonly Value[] }
  | { readonly do: 'new Request'; readonly args: readonly Value[] }
  | { readonly do: 'new Headers'; readonly args: readonly Value[] }
  | { readonly do: 'Response.json' | 'Response.redirect'; readonly args: readonly Value[] }
  | { readonly do: 'Response.error' }
  /** Every attribute of a Response or Request, the body left alone. */
  | { readonly do: 'look'; readonly on: number }
  | { readonly do: 'read'; readonly on: number; readonly method: ReadMethod }
  | { readonly do: 'clone' | 'bodyUsed' | 'hasBody' | 'sameBody' | 'type'; readonly on: number }
  | { readonly do: 'getReader'; readonly on: number; readonly byob: boolean }
  | { readonly do: 'readChunk' | 'release' | 'cancelReader'; readonly on: number }
  | { readonly do: 'cancel' | 'tee' | 'pipe' | 'drain' | 'locked'; readonly on: number }
  /** A method of Headers; -1 - n stands for the headers of holder n. */
  | {
      readonly do: 'headers';
      readonly on: number;
      readonly method: HeadersMethod;
      readonly args: readonly Value[];
    }
  | { readonly do: 'entries'; readonly on: number }
  | { readonly do: 'iterator'; readonly on: number; readonly method: IteratorMethod }
  | { readonly do: 'next'; readonly on: number }
  | { readonly do: 'abort' | 'signal'; readonly on: number }
  | { readonly do: 'assign'; readonly on: number; readonly name: string }
  | { readonly do: 'instanceof'; readonly on: number };

export type ReadMethod = 'text' | 'json' | 'arrayBuffer' | 'bytes' | 'blob' | 'formData';
export type IteratorMethod = 'entries' | 'keys' | 'values' | '@@iterator';
export type HeadersMethod =
  | 'append'
  | 'set'
  | 'get'
  | 'has'
  | 'delete'
  | 'getSetCookie'
  | 'forEach'
  | 'getAll'
  | 'toJSON'
  | 'count';

export type Program = readonly Step[];

/** What one step came to. */
export type Outcome =
  | { readonly value: unknown; readonly log?: readonly string[] }
  | { readonly thrown: string; readonly code?: string; readonly log?: readonly string[] }
  | 'pending'
  | 'nothing';

/** The classes a program runs on. */
export interface FetchClasses {
  readonly Response: typeof globalThis.Response;
  readonly Request: typeof globalThis.Request;
  readonly Headers: typeof globalThis.Headers;
}
