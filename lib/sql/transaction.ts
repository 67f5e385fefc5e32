// SPDX-License-Identifier: MIT
//
// What is sent around a transaction and a savepoint.

import { invalidArgumentValue } from '../errors.js';
import type { HeldConnection } from './host.js';
import { ownError } from './sql-errors.js';

export interface Commands {
  begin: string;
  commit: string;
  undo: readonly string[];
  /** In front of the numbers of savepoints inside. */
  prefix: string;
}

/** `options`: behind BEGIN, such as "read only". `prepareAs`: the quoted name of a distributed one. */
export function transactionCommands(options: string, prepareAs?: string): Commands {
  if (!/^[a-z ,]*$/i.test(options)) {
    throw invalidArgumentValue(
      `The argument 'options' must be modes of a transaction. Received '${options}'`,
    );
  }
  const commit = prepareAs === undefined ? 'COMMIT' : `PREPARE TRANSACTION ${prepareAs}`;
  return { begin: `BEGIN ${options}`.trim(), commit, undo: ['ROLLBACK'], prefix: 's' };
}

export function savepointCommands(id: string, name: string): Commands {
  const label = name === '' ? id : `${id}_${String(name).replace(/\W/g, '_')}`;
  return {
    begin: `SAVEPOINT ${label}`,
    commit: `RELEASE SAVEPOINT ${label}`,
    undo: [`ROLLBACK TO SAVEPOINT ${label}`, `RELEASE SAVEPOINT ${label}`],
    prefix: `${id}_`,
  };
}

/** `over`: called as soon as nothing more may be sent for it. */
export async function runScope<T>(
  held: HeldConnection,
  commands: Commands,
  use: () => Promise<T>,
  over: () => void,
): Promise<T> {
  await held.command(commands.begin);
  let result: T;
  try {
    result = await use();
    over();
  } catch (error) {
    over();
    for (const command of commands.undo) {
      // The connection is gone, and the transaction with it: the error that came first counts.
      await held.command(command).catch(() => undefined);
    }
    throw error;
  }
  const command = await held.command(commands.commit);
  if (command === 'ROLLBACK') throw ownError(held.adapter, 'COMMIT_ROLLED_BACK');
  return result;
}
