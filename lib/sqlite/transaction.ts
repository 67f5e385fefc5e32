// SPDX-License-Identifier: MIT
//
// `Database.transaction`: a function between BEGIN and COMMIT, or between SAVEPOINT and RELEASE when
// one is open already.

import type { Connection } from './connection.js';
import { guarded } from './sqlite-error.js';
import { isRejected } from './statement.js';

export type TransactionFunction<A extends unknown[], T> = ((...args: A) => T) & {
  /** The function itself, then those that begin with BEGIN DEFERRED, IMMEDIATE and EXCLUSIVE. */
  default: (...args: A) => T;
  deferred: (...args: A) => T;
  immediate: (...args: A) => T;
  exclusive: (...args: A) => T;
};

const KINDS = {
  default: '',
  deferred: ' DEFERRED',
  immediate: ' IMMEDIATE',
  exclusive: ' EXCLUSIVE',
};
const SAVEPOINT = '`bunserve transaction`';

type Steps = { begin: string; commit: string; undo: readonly string[] };

const inner: Steps = {
  begin: `SAVEPOINT ${SAVEPOINT}`,
  commit: `RELEASE ${SAVEPOINT}`,
  undo: [`ROLLBACK TO ${SAVEPOINT}`, `RELEASE ${SAVEPOINT}`],
};

/** `database`: what the functions have under that name. */
export function transactionOf<A extends unknown[], T>(
  connection: Connection,
  database: unknown,
  use: (...args: A) => T,
): TransactionFunction<A, T> {
  const execute = (sql: string): void => guarded(sql, () => connection.engine.exec(sql));
  const variants = Object.entries(KINDS).map(([name, kind]) => {
    const outer: Steps = { begin: `BEGIN${kind}`, commit: 'COMMIT', undo: ['ROLLBACK'] };
    const transaction = function (this: unknown, ...args: A): T {
      if (connection.isOver) throw new Error('Database has closed');
      const steps = connection.engine.inTransaction ? inner : outer;
      // The program, or SQLite for some errors, may have ended it.
      const undo = (): void => {
        if (!connection.engine.inTransaction) return;
        steps.undo.forEach(execute);
        connection.schemaVersion++;
      };
      execute(steps.begin);
      try {
        const result = use.apply(this, args);
        if (isRejected(result)) undo();
        else execute(steps.commit);
        return result;
      } catch (error) {
        undo();
        throw error;
      }
    };
    Object.defineProperty(transaction, 'length', { value: 0 });
    return [name, transaction] as const;
  });
  const properties = Object.fromEntries([
    ...variants.map(([name, value]) => [name, { value, enumerable: true }] as const),
    ['database', { value: database, enumerable: true }] as const,
  ]);
  for (const [, variant] of variants) Object.defineProperties(variant, properties);
  return variants[0]?.[1] as TransactionFunction<A, T>;
}
