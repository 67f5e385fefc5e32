// SPDX-License-Identifier: MIT
//
// `bun:sqlite`, also to be had as `bunserve/sqlite` where no hooks are installed.

export { constants } from './constants.js';
export { Database, type UpdateHook } from './database.js';
export type { SQLBindingValue, SQLQueryBindings } from './bind.js';
export type { Changes } from './engine.js';
export type { DatabaseOptions, SerializedDatabase } from './open.js';
export type { RowClass } from './row.js';
export { SQLiteError } from './sqlite-error.js';
export { Statement, type ColumnType } from './statement.js';
export type { TransactionFunction } from './transaction.js';
export type { AggregateOptions, FunctionOptions, SQLFunction } from './user-function.js';
