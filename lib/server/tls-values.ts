// SPDX-License-Identifier: MIT
//
// Single values of the TLS options, read or refused in Bun's words (behaviours 13.3). What can be a
// file is read here and now: serve() is where a missing file must be noticed.

import { invalidArgument, invalidRange } from '../errors.js';
import { kFile, type FileSource } from '../fetch/internal.js';
import { filesPart } from '../late.js';

const fs = process.getBuiltinModule('node:fs');

/** The options of one server name, not validated. */
export type GivenOptions = Readonly<Record<string, unknown>>;

const MAX_UINT32 = 2 ** 32 - 1;

const PEM_TYPES =
  'must be of type string, ArrayBuffer, Blob, array of <string, ArrayBuffer, or Blob>, or null';

/** Bytes as text: PEM is ASCII, and what is not shall come through to be refused. */
function bytesToText(value: ArrayBuffer | SharedArrayBuffer | ArrayBufferView): string {
  const bytes = ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value);
  return bytes.toString('utf8');
}

function isBytes(value: unknown): value is ArrayBuffer | SharedArrayBuffer | ArrayBufferView {
  return (
    ArrayBuffer.isView(value) ||
    value instanceof ArrayBuffer ||
    (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer)
  );
}

/** Undefined for what cannot be PEM text. */
function textOf(value: unknown, name: string): string | undefined {
  if (typeof value === 'string') return value;
  if (isBytes(value)) return bytesToText(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const source = (value as { [kFile]?: FileSource })[kFile];
  if (source !== undefined) return bytesToText(filesPart().readFileNow(source));
  if (value instanceof Blob) {
    throw invalidArgument(
      `TLSOptions.${name} is not a valid BunFile (non-BunFile \`Blob\`s are not supported)`,
    );
  }
  return undefined;
}

/** PEM texts of an option; none when it is absent. */
export function readPem(given: GivenOptions, name: string): string[] {
  const value = given[name];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) {
    return value.map((element: unknown) => {
      const text = textOf(element, name);
      if (text === undefined) {
        throw invalidArgument(
          `element of TLSOptions.${name} must be of type string, ArrayBuffer, or Blob`,
        );
      }
      return text;
    });
  }
  const text = textOf(value, name);
  if (text === undefined) throw invalidArgument(`TLSOptions.${name} ${PEM_TYPES}`);
  return [text];
}

export function readText(given: GivenOptions, name: string, shown = name): string | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalidArgument(`TLSOptions.${shown} must be a string`);
  return value;
}

/** The content of a file whose path is the option. */
export function readPath(given: GivenOptions, name: string): string | undefined {
  const path = readText(given, name);
  if (path === undefined) return undefined;
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    throw Object.assign(invalidArgument(`Unable to access ${name} path`), { cause: error });
  }
}

export function readFlag(given: GivenOptions, name: string): boolean | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'boolean') throw invalidArgument(`TLSOptions.${name} must be a boolean`);
  return value;
}

/** A 32-bit number; 0 when absent. */
export function readNumber(given: GivenOptions, name: string): number {
  const value = typeof given[name] === 'bigint' ? Number(given[name]) : given[name];
  if (value === undefined) return 0;
  if (typeof value !== 'number') throw invalidArgument(`TLSOptions.${name} must be a number`);
  if (!Number.isInteger(value)) {
    throw invalidRange(`TLSOptions.${name} must be an integer (received ${value})`);
  }
  if (value < 0 || value > MAX_UINT32) {
    throw invalidRange(
      `TLSOptions.${name} must be in the range [0, ${MAX_UINT32}] (received ${value})`,
    );
  }
  return value;
}

/** Protocol names, separated by commas or with lengths as on the wire; undefined when absent. */
export function readProtocols(given: GivenOptions, name: string): string[] | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' && !isBytes(value)) {
    throw invalidArgument(`TLSOptions.${name} must be of type string, ArrayBuffer, or null`);
  }
  const text = typeof value === 'string' ? value : bytesToText(value);
  return wireNames(text) ?? text.split(',').map((one) => one.trim());
}

function wireNames(text: string): string[] | undefined {
  const names: string[] = [];
  for (let at = 0; at < text.length; at += 1 + text.charCodeAt(at)) {
    const size = text.charCodeAt(at);
    if (size === 0 || at + size >= text.length) return undefined;
    names.push(text.slice(at + 1, at + 1 + size));
  }
  return names;
}
