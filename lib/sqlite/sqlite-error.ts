// SPDX-License-Identifier: MIT
//
// `SQLiteError`: what the engines under Node throw, in Bun's form.

import { codeOfName, nameOfCode } from './result-codes.js';

let isOurs = false;

/** An error that SQLite reported. */
export class SQLiteError extends Error {
  override readonly name = 'SQLiteError';
  /** The extended result code's name, such as `SQLITE_CONSTRAINT_UNIQUE`. */
  code: string;
  /** The extended result code. */
  errno: number;
  /** UTF-8 offset of the token the error names in the statement, -1 when it names none. */
  readonly byteOffset: number;

  constructor(message: string, errno = 1, byteOffset = -1) {
    super(message);
    if (!isOurs) throw new Error('SQLiteError can only be constructed by bun:sqlite');
    this.code = nameOfCode(errno);
    this.errno = errno;
    this.byteOffset = byteOffset;
    Object.defineProperty(this, 'name', { enumerable: false });
  }
}

export function sqliteError(message: string, errno: number, byteOffset = -1): SQLiteError {
  isOurs = true;
  try {
    return new SQLiteError(message, errno, byteOffset);
  } finally {
    isOurs = false;
  }
}

const NAMED_TOKEN =
  /^(?:near "([^]*)": syntax error|no such (?:column|function): ([^]*)|unrecognized token: "([^]*)"|wrong number of arguments to function (.*)\(\)|(?:table|index|view) ([^]*) already exists)$/;

/** The engines do not hand over sqlite3_error_offset(); a token that stands once is found by its text. */
function offsetIn(sql: string, message: string): number {
  const token = NAMED_TOKEN.exec(message)
    ?.slice(1)
    .find((part) => part !== undefined);
  if (token === undefined || token === '') return -1;
  const at = sql.indexOf(token);
  if (at < 0 || sql.indexOf(token, at + 1) >= 0) return -1;
  return Buffer.byteLength(sql.slice(0, at));
}

/** What an engine threw, as the program sees it: errors of user functions pass through unchanged. */
export function translated(error: unknown, sql = ''): unknown {
  if (!(error instanceof Error)) return error;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  const message = error.message;
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number') {
    return sqliteError(message, errcode, offsetIn(sql, message));
  }
  if (typeof code === 'string' && code.startsWith('SQLITE_') && error.name === 'SqliteError') {
    return sqliteError(message, codeOfName(code), offsetIn(sql, message));
  }
  return error;
}

/** Runs an engine's function; what it throws is translated. */
export function guarded<T>(sql: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw translated(error, sql);
  }
}
