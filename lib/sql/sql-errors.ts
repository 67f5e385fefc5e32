// SPDX-License-Identifier: MIT
//
// `SQL.SQLError` and its kinds, and what the drivers throw in Bun's form.

/** Any failure of a query or a connection. */
export class SQLError extends Error {
  override name = 'SQLError';
}

export interface PostgresErrorOptions {
  code: string;
  errno?: string | undefined;
  detail?: string | undefined;
  hint?: string | undefined;
  severity?: string | undefined;
  position?: string | undefined;
  internalPosition?: string | undefined;
  internalQuery?: string | undefined;
  where?: string | undefined;
  schema?: string | undefined;
  table?: string | undefined;
  column?: string | undefined;
  dataType?: string | undefined;
  constraint?: string | undefined;
  file?: string | undefined;
  line?: string | undefined;
  routine?: string | undefined;
}

/** An error of PostgreSQL, whose SQLSTATE is `errno`, or of the connection to it. */
export class PostgresError extends SQLError {
  override name = 'PostgresError';
  /** `ERR_POSTGRES_...` */
  declare code: string;
  declare errno?: string;
  declare detail?: string;
  declare hint?: string;
  declare severity?: string;
  declare position?: string;
  declare internalPosition?: string;
  declare internalQuery?: string;
  declare where?: string;
  declare schema?: string;
  declare table?: string;
  declare column?: string;
  declare dataType?: string;
  declare constraint?: string;
  declare file?: string;
  declare line?: string;
  declare routine?: string;

  constructor(message: string, options: PostgresErrorOptions) {
    super(message);
    assignFields(this, options);
  }
}

export class MySQLError extends SQLError {
  override name = 'MySQLError';
  declare code: string;
  declare errno?: number;
  declare sqlState?: string;

  constructor(
    message: string,
    options: { code: string; errno: number | undefined; sqlState: string | undefined },
  ) {
    super(message);
    assignFields(this, options);
  }
}

/** An error of SQLite: `code` and `errno` are the extended result code. */
export class SQLiteError extends SQLError {
  override name = 'SQLiteError';
  declare code: string;
  declare errno: number;
  declare byteOffset?: number;

  constructor(
    message: string,
    options: { code: string; errno: number; byteOffset?: number | undefined },
  ) {
    super(message);
    assignFields(this, options);
  }
}

function assignFields(error: Error, fields: object): void {
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') Object.assign(error, { [key]: value as unknown });
  }
}

/** Bun's own errors, by the part of their code behind `ERR_POSTGRES_`. */
const TEXTS = {
  CONNECTION_CLOSED: 'Connection closed',
  QUERY_CANCELLED: 'Query cancelled',
  UNSAFE_TRANSACTION: 'Only use sql.begin, sql.reserved or max: 1',
  NOT_TAGGED_CALL: 'Query not called as a tagged template literal',
  COMMIT_ROLLED_BACK:
    'COMMIT was rolled back by the server because the transaction was already aborted',
};

export type Adapter = 'postgres' | 'sqlite';

/** An error that Bun raises itself, for either adapter. */
export function ownError(adapter: Adapter, name: keyof typeof TEXTS): SQLError {
  return ownErrorOf(adapter, name, TEXTS[name]);
}

/** A client of a transaction is used where it cannot be. */
export function invalidState(adapter: Adapter, message: string): SQLError {
  return ownErrorOf(adapter, 'INVALID_TRANSACTION_STATE', message);
}

function ownErrorOf(adapter: Adapter, name: string, message: string): SQLError {
  return adapter === 'sqlite'
    ? new SQLiteError(message, { code: `ERR_SQLITE_${name}`, errno: 0 })
    : new PostgresError(message, { code: `ERR_POSTGRES_${name}` });
}

// Codes of the driver and of sockets that say that there was or is no connection.
const CONNECTION_CODES: Readonly<Record<string, [name: string, text: string]>> = {
  CONNECTION_CLOSED: ['CONNECTION_CLOSED', 'Connection closed'],
  CONNECTION_ENDED: ['CONNECTION_CLOSED', 'Connection closed'],
  CONNECTION_DESTROYED: ['CONNECTION_CLOSED', 'Connection closed'],
  ECONNRESET: ['CONNECTION_CLOSED', 'Connection closed'],
  EPIPE: ['CONNECTION_CLOSED', 'Connection closed'],
  CONNECT_TIMEOUT: ['CONNECTION_TIMEOUT', 'Connection timeout'],
  ECONNREFUSED: ['CONNECTION_REFUSED', 'Failed to connect'],
  ENOENT: ['CONNECTION_REFUSED', 'Failed to connect'],
  ENOTFOUND: ['CONNECTION_REFUSED', 'Failed to connect'],
  EAI_AGAIN: ['CONNECTION_REFUSED', 'Failed to connect'],
  EHOSTUNREACH: ['CONNECTION_REFUSED', 'Failed to connect'],
  ENETUNREACH: ['CONNECTION_REFUSED', 'Failed to connect'],
  UNSAFE_TRANSACTION: ['UNSAFE_TRANSACTION', TEXTS.UNSAFE_TRANSACTION],
  '57014': ['QUERY_CANCELLED', TEXTS.QUERY_CANCELLED],
};

interface DriverError extends Error {
  code?: string;
  severity?: string;
  [field: string]: unknown;
}

/** What postgres.js rejects with, as Bun does. */
export function postgresError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SQLError) return error;
  const found = error as DriverError;
  if (found.severity !== undefined) return serverError(found);
  const known = CONNECTION_CODES[found.code ?? ''];
  const isFile = found.code === 'ENOENT' && found.syscall !== 'connect';
  if (known === undefined || isFile) return error;
  const [name, text] = known;
  return Object.assign(new PostgresError(text, { code: `ERR_POSTGRES_${name}` }), { cause: error });
}

function serverError(error: DriverError): PostgresError {
  const field = (name: string): string | undefined => error[name] as string | undefined;
  const isSyntax = error.code === '42601';
  return new PostgresError(error.message, {
    code: isSyntax ? 'ERR_POSTGRES_SYNTAX_ERROR' : 'ERR_POSTGRES_SERVER_ERROR',
    errno: error.code,
    detail: field('detail'),
    hint: field('hint'),
    severity: error.severity,
    position: field('position'),
    internalPosition: field('internal_position'),
    internalQuery: field('internal_query'),
    where: field('where'),
    schema: field('schema_name'),
    table: field('table_name'),
    column: field('column_name'),
    dataType: field('data type_name') ?? field('data_type_name'),
    constraint: field('constraint_name'),
    file: field('file'),
    line: field('line'),
    routine: field('routine'),
  });
}
