// SPDX-License-Identifier: MIT
//
// Values on their way into a query: what sql.json and sql.array make, and array literals.

import { invalidArgument, invalidArgumentValue } from '../errors.js';
import { ARRAY_TYPES } from './array-types.js';

/** `sql.json(value)`: stored as JSON, whatever it is. */
export class SQLJSONParameter {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  toJSON(): unknown {
    return this.value;
  }

  /** What columns of other types get. */
  toString(): string {
    return JSON.stringify(this.value) ?? 'null';
  }
}

/** `sql.array(values, type)`: one array, as PostgreSQL writes it. */
export class SQLArrayParameter {
  /** The array literal. */
  readonly serializedValues: string;
  /** Name of its elements' type; undefined leaves it to the server. */
  readonly arrayType: string | undefined;

  constructor(values: unknown, type: unknown) {
    this.arrayType = checkType(type);
    const isJson = /^JSONB?$/i.test(this.arrayType ?? '');
    this.serializedValues = ArrayBuffer.isView(values)
      ? arrayLiteral(Array.from(values as unknown as ArrayLike<unknown>), isJson)
      : Array.isArray(values)
        ? arrayLiteral(values, isJson)
        : String(values);
  }

  toJSON(): string {
    return this.serializedValues;
  }
}

function checkType(type: unknown): string | undefined {
  if (type === undefined || type === null) return undefined;
  if (typeof type === 'number') {
    const found = ARRAY_TYPES.find(([oid]) => oid === type);
    if (found !== undefined) return found[2];
  } else if (typeof type === 'string' && /^[\w."]+(?: [\w]+)*(?:\(\d+(?:, ?\d+)?\))?$/.test(type)) {
    return type;
  }
  throw invalidArgumentValue(
    `The argument 'type' must be a valid PostgreSQL type name. Received ${describe(type)}`,
  );
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
export function arrayLiteral(values: readonly unknown[], isJson: boolean): string {
  return `{${values.map((value) => element(value, isJson)).join(',')}}`;
}

function element(value: unknown, isJson: boolean): string {
  if (value === undefined || (value === null && !isJson)) return 'NULL';
  if (Array.isArray(value)) return arrayLiteral(value, isJson);
  const text = isJson ? (JSON.stringify(value) ?? 'null') : elementText(value);
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function elementText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  const bytes = bytesOf(value);
  if (bytes !== undefined) return `\\x${bytes.toString('hex')}`;
  if (value instanceof SQLJSONParameter) return value.toString();
  if (typeof value === 'object') return JSON.stringify(value);
  return textOf(value);
}

/** Values that hold bytes; undefined for others. */
export function bytesOf(value: unknown): Buffer | undefined {
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return Buffer.from(value);
  return undefined;
}

/** Numbers, texts, truth values and functions as text. */
export function textOf(value: unknown): string {
  if (typeof value === 'symbol') {
    throw invalidArgument('Unknown object is not a valid PostgreSQL type');
  }
  return String(value);
}
