// SPDX-License-Identifier: MIT
//
// Types of PostgreSQL as values of JavaScript, both ways. Postgres.js asks the server for the types of
// a statement's parameters; what a value becomes there depends on it.

import { ARRAY_TYPES, parseArray } from './array-types.js';
import { arrayLiteral, bytesOf, SQLJSONParameter, textOf } from './parameters.js';

/** https://www.postgresql.org/docs/current/catalog-pg-type.html: OIDs of built-in types are fixed. */
const OID = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  json: 114,
  jsonb: 3802,
  float8: 701,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
};

interface DriverType {
  to: number;
  from: number[];
  serialize: (value: unknown) => unknown;
  parse: (text: string) => unknown;
}

/** The `types` option of the driver. */
export function driverTypes(bigint: boolean): Record<string, DriverType> {
  const types: Record<string, DriverType> = {
    json: {
      to: OID.json,
      from: [OID.json, OID.jsonb],
      serialize: (value) =>
        value instanceof SQLJSONParameter ? value.toString() : JSON.stringify(value),
      parse: (text) => JSON.parse(text) as unknown,
    },
    date: {
      to: OID.timestamptz,
      from: [OID.date, OID.timestamp, OID.timestamptz],
      serialize: (value) => (value instanceof Date ? value.toISOString() : textOf(value)),
      parse: parseTime,
    },
    bytea: {
      to: OID.bytea,
      from: [OID.bytea],
      serialize: (value) => {
        const bytes = bytesOf(value);
        return bytes === undefined ? textOf(value) : `\\x${bytes.toString('hex')}`;
      },
      parse: (text) => Buffer.from(text.slice(2), 'hex'),
    },
    boolean: {
      to: OID.bool,
      from: [OID.bool],
      serialize: (value) => textOf(value),
      parse: (text) => text === 't',
    },
  };
  if (bigint) {
    types.bigint = {
      to: OID.int8,
      from: [OID.int8],
      serialize: (value) => textOf(value),
      parse: (text) => BigInt(text),
    };
  }
  for (const [oid, element, name] of ARRAY_TYPES) {
    const isJson = element === OID.json || element === OID.jsonb;
    const parse = parserOf(types, element);
    types[`${name}[]`] = {
      to: oid,
      from: [oid],
      serialize: (value) => (Array.isArray(value) ? arrayLiteral(value, isJson) : textOf(value)),
      parse: (text) => parseArray(text, oid, parse),
    };
  }
  return types;
}

// The driver's own: int2, int4, oid, float4, float8.
const NUMBERS = new Set([21, 23, 26, 700, 701]);

function parserOf(types: Record<string, DriverType>, oid: number): (text: string) => unknown {
  if (NUMBERS.has(oid)) return Number;
  const found = Object.values(types).find(({ from }) => from.includes(oid));
  return found?.parse ?? ((text) => text);
}

const TIME =
  /^(\d{4,})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(\.\d+)?)?(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?( BC)?$/;

/** Times without a zone are UTC, as in Bun: the machine's zone does not matter. */
export function parseTime(text: string): Date | number {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  const match = TIME.exec(text);
  if (match === null) return new Date(NaN);
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0'] = match;
  const [sign, zoneHours = '0', zoneMinutes = '0', zoneSeconds = '0', era] = match.slice(8);
  const date = new Date(0);
  // The year 1 BC is 0; setUTCFullYear takes years below 100 as they are.
  date.setUTCFullYear(
    era === undefined ? Number(year) : 1 - Number(year),
    Number(month) - 1,
    Number(day),
  );
  date.setUTCHours(
    Number(hour),
    Number(minute),
    Number(second),
    Math.floor(Number(fraction) * 1000),
  );
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60 + Number(zoneSeconds);
  return new Date(date.getTime() - (sign === '-' ? -zone : zone) * 1000);
}

/** A value and the OID that the query says it has; 0 leaves it to the server. */
export function typed(value: unknown): [value: unknown, oid: number] {
  switch (typeof value) {
    case 'undefined':
      return [null, 0];
    case 'boolean':
      return [value, OID.bool];
    case 'bigint':
      return [String(value), OID.int8];
    case 'number':
      return [Object.is(value, -0) ? '-0' : String(value), numberType(value)];
    case 'string':
      return [value, 0];
    case 'object':
      return typedObject(value);
    default:
      return [textOf(value), 0];
  }
}

function numberType(value: number): number {
  if (!Number.isSafeInteger(value)) return OID.float8;
  return Math.abs(value) < 2 ** 31 ? OID.int4 : OID.int8;
}

function typedObject(value: object | null): [value: unknown, oid: number] {
  if (value === null) return [null, 0];
  if (value instanceof Date) return [value.toISOString(), 0];
  if (Array.isArray(value)) return [value, 0];
  if (value instanceof Int32Array) return [Array.from(value), 0];
  const bytes = bytesOf(value);
  if (bytes !== undefined) return [bytes, OID.bytea];
  return [value instanceof SQLJSONParameter ? value : new SQLJSONParameter(value), 0];
}
