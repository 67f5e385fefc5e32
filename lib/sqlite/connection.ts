// SPDX-License-Identifier: MIT
//
// What a Database shares with its statements: the engine's database, how long it must stay open, and
// what has been done to its schema.

import type { EngineDatabase } from './engine.js';

// A statement that was forgotten must not keep its database's file open.
const forgotten = new FinalizationRegistry((connection: Connection) => {
  connection.release();
});

export class Connection {
  readonly engine: EngineDatabase;
  readonly isStrict: boolean;
  readonly safeIntegers: boolean;
  /** Goes up with every statement that may change columns. */
  schemaVersion = 0;
  isClosed = false;
  #isEngineClosed = false;
  /** Statements of prepare() that are not finalized. */
  #held = 0;

  constructor(engine: EngineDatabase, isStrict: boolean, safeIntegers: boolean) {
    this.engine = engine;
    this.isStrict = isStrict;
    this.safeIntegers = safeIntegers;
  }

  /** Whether statements can still run: after close() those of prepare() can. */
  get isOver(): boolean {
    return this.#isEngineClosed;
  }

  hold(statement: object): void {
    this.#held++;
    forgotten.register(statement, this, statement);
  }

  letGo(statement: object): void {
    if (forgotten.unregister(statement)) this.release();
  }

  release(): void {
    this.#held--;
    if (this.isClosed && this.#held === 0) this.#closeEngine();
  }

  /** `now`: whatever statements there are. */
  close(now: boolean): void {
    this.isClosed = true;
    if (now || this.#held === 0) this.#closeEngine();
  }

  #closeEngine(): void {
    if (this.#isEngineClosed) return;
    this.#isEngineClosed = true;
    this.engine.close();
  }
}
