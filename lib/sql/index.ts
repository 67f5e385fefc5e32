// SPDX-License-Identifier: MIT
//
// `SQL` and `sql` of the module `bun`.

import { makePoolClient, type SQLClient } from './client.js';
import type { DatabaseHost } from './host.js';
import { readSettings, type ResolvedOptions, type SQLOptions } from './options.js';
import { PostgresHost } from './postgres-host.js';
import { MySQLError, PostgresError, SQLError, SQLiteError } from './sql-errors.js';
import { SqliteHost } from './sqlite-host.js';
import * as transforms from './transform.js';

const { readTransform, camel, pascal, kebab } = transforms;
const { toCamel, toPascal, toKebab, fromCamel, fromPascal, fromKebab } = transforms;

const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

export interface SQLConstructor {
  new (url: string | URL, options?: SQLOptions): SQLClient;
  new (options?: SQLOptions): SQLClient;
  (url?: string | URL | SQLOptions, options?: SQLOptions): SQLClient;
  readonly prototype: SQLClient;
  readonly SQLError: typeof SQLError;
  readonly PostgresError: typeof PostgresError;
  readonly MySQLError: typeof MySQLError;
  readonly SQLiteError: typeof SQLiteError;
  readonly camel: typeof camel;
  readonly pascal: typeof pascal;
  readonly kebab: typeof kebab;
  readonly toCamel: typeof toCamel;
  readonly toPascal: typeof toPascal;
  readonly toKebab: typeof toKebab;
  readonly fromCamel: typeof fromCamel;
  readonly fromPascal: typeof fromPascal;
  readonly fromKebab: typeof fromKebab;
}

/** Options as they print: without secrets. */
function hideSecrets(options: ResolvedOptions): ResolvedOptions {
  return Object.defineProperty(options, inspectCustom, {
    value: () => {
      const password = options.password ? '[REDACTED]' : options.password;
      const tls = typeof options.tls === 'object' ? '[REDACTED]' : options.tls;
      return { ...options, ...('password' in options && { password, tls }) };
    },
  });
}

/** A client of a PostgreSQL server or a SQLite file; it connects with the first query. */
export const SQL = function SQL(first?: unknown, second?: unknown): SQLClient {
  const settings = readSettings(first, second);
  const rules = readTransform(settings.given.transform);
  const { adapter } = settings.shown;
  const database: DatabaseHost =
    adapter === 'sqlite' ? new SqliteHost(settings, rules) : new PostgresHost(settings, rules);
  const options = hideSecrets(settings.shown);
  const adopt = (client: object): void => void Object.setPrototypeOf(client, prototype);
  return makePoolClient({ database, options, adopt });
} as unknown as SQLConstructor;

// Clients are functions, and instances of SQL.
const prototype = SQL.prototype as object;
Object.setPrototypeOf(prototype, Function.prototype);
Object.assign(SQL, { SQLError, PostgresError, MySQLError, SQLiteError });
Object.assign(SQL, {
  camel,
  pascal,
  kebab,
  toCamel,
  toPascal,
  toKebab,
  fromCamel,
  fromPascal,
  fromKebab,
});

let client: SQLClient | undefined;

/** The client of $DATABASE_URL and its kin: `sql`. Settings are read when it is first used. */
export function defaultClient(): SQLClient {
  return (client ??= SQL());
}

export type { SQLClient, ReservedSQL, TransactionSQL } from './client.js';
export type { SQLHelper } from './build.js';
export type { Subscription } from './host.js';
export type { ResolvedOptions, SQLOptions } from './options.js';
export type { SQLArrayParameter, SQLJSONParameter } from './parameters.js';
export type { SQLQuery } from './query.js';
export type { ResultColumn, ResultMetadata, ResultStatement, SQLResult } from './result.js';
export type { SqlTlsOptions, SslMode, TlsSettings } from './tls.js';
export type { ColumnTransform, NameTransform, Transform } from './transform.js';
