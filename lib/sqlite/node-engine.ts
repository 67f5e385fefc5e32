// SPDX-License-Identifier: MIT
//
// The engine `node:sqlite`, of Node 22.16 and newer: it tells column names and gives rows as arrays
// from there on.

import { notSupported } from '../errors.js';
import type {
  AggregateFunctions,
  Arguments,
  Changes,
  Engine,
  EngineColumn,
  EngineDatabase,
  EngineStatement,
  FunctionSettings,
  OpenSettings,
  SqlFunction,
  SqlValue,
} from './engine.js';

interface NativeStatement {
  all(...values: Arguments): unknown[][];
  get(...values: Arguments): unknown[] | undefined;
  iterate(...values: Arguments): IterableIterator<unknown[]>;
  run(...values: Arguments): Changes;
  columns(): EngineColumn[];
  setReadBigInts(on: boolean): void;
  setReturnArrays(on: boolean): void;
  setAllowBareNamedParameters(on: boolean): void;
}

interface NativeDatabase {
  readonly isTransaction: boolean;
  prepare(sql: string): NativeStatement;
  exec(sql: string): void;
  close(): void;
  enableLoadExtension(on: boolean): void;
  loadExtension(path: string, entryPoint?: string): void;
  function(name: string, options: object, use: SqlFunction): void;
  aggregate?(name: string, options: object): void;
  serialize?(schema: string): Uint8Array;
  deserialize?(image: Uint8Array): void;
}

interface NativeModule {
  DatabaseSync: new (path: string, options: object) => NativeDatabase;
  StatementSync: { prototype: Partial<NativeStatement> };
}

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');

/** `node:sqlite` without its warning about being experimental, which is not the program's business. */
function loadNative(): NativeModule | undefined {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule('node:sqlite') as NativeModule | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** The engine, or undefined where Node has none or an early one. */
export function nodeEngine(): Engine | undefined {
  const native = loadNative();
  if (native?.StatementSync.prototype.setReturnArrays === undefined) return undefined;
  const open = (file: string, settings: OpenSettings): NativeDatabase =>
    new native.DatabaseSync(file, {
      readOnly: settings.readonly,
      enableForeignKeyConstraints: false,
      enableDoubleQuotedStringLiterals: true,
      allowExtension: true,
    });
  return {
    open: (file, settings) => new Database(open(file, settings)),
    deserialize: (image, settings) => new Database(restore(open, image, settings)),
  };
}

function restore(
  open: (file: string, settings: OpenSettings) => NativeDatabase,
  image: Uint8Array,
  settings: OpenSettings,
): NativeDatabase {
  const database = open(':memory:', { readonly: false });
  if (database.deserialize !== undefined) {
    database.deserialize(image);
    if (settings.readonly) database.exec('PRAGMA query_only = 1');
    return database;
  }
  database.close();
  // Node 22: the file is gone from its folder as soon as it is open, and lives as long as that.
  return inTemporaryFolder((file) => {
    fs.writeFileSync(file, image, { mode: 0o600 });
    const opened = open(file, settings);
    // Opens the file, which SQLite leaves to the first statement; its rollback journal has no folder.
    opened.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY');
    return opened;
  });
}

function inTemporaryFolder<T>(use: (file: string) => T): T {
  const { tmpdir } = process.getBuiltinModule('node:os');
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'bunserve-sqlite-'));
  try {
    return use(path.join(folder, 'image.db'));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

class Database implements EngineDatabase {
  readonly #native: NativeDatabase;
  #counts: NativeStatement | undefined;

  constructor(native: NativeDatabase) {
    this.#native = native;
  }

  get inTransaction(): boolean {
    return this.#native.isTransaction;
  }

  #prepare(sql: string): NativeStatement {
    const statement = this.#native.prepare(sql);
    statement.setReturnArrays(true);
    // As numbers, integers above 2^53 would throw.
    statement.setReadBigInts(true);
    return statement;
  }

  prepare(sql: string): EngineStatement {
    return new Statement(this.#prepare(sql));
  }

  exec(sql: string): void {
    this.#native.exec(sql);
  }

  close(): void {
    this.#counts = undefined;
    this.#native.close();
  }

  counts(): [bigint, bigint] {
    this.#counts ??= this.#prepare('SELECT changes(), last_insert_rowid()');
    return this.#counts.get() as [bigint, bigint];
  }

  serialize(schema: string): Uint8Array {
    if (this.#native.serialize !== undefined) return this.#native.serialize(schema);
    if (this.inTransaction) {
      throw notSupported(
        'serialize() inside a transaction on this version of Node',
        'Call it after the transaction, or use Node 24.',
      );
    }
    return inTemporaryFolder((file) => {
      const name = `"${schema.replaceAll('"', '""')}"`;
      this.#native.prepare(`VACUUM ${name} INTO ?`).run(file);
      return fs.readFileSync(file);
    });
  }

  loadExtension(file: string, entryPoint: string | undefined): void {
    this.#native.enableLoadExtension(true);
    if (entryPoint === undefined) this.#native.loadExtension(file);
    else if (this.#native.loadExtension.length > 1) this.#native.loadExtension(file, entryPoint);
    else {
      throw notSupported(
        'The entry point of loadExtension()',
        'Leave it out and name the extension after its entry point.',
      );
    }
  }

  function(name: string, settings: FunctionSettings, use: SqlFunction): void {
    const options = { ...settings, useBigIntArguments: true };
    this.#native.function(name, options, use);
  }

  aggregate(name: string, settings: FunctionSettings, functions: AggregateFunctions): void {
    const { inverse, ...others } = functions;
    const options = {
      ...settings,
      ...others,
      ...(inverse && { inverse }),
      useBigIntArguments: true,
    };
    if (this.#native.aggregate === undefined) {
      throw notSupported('aggregate() on this version of Node', 'Use Node 24.');
    }
    this.#native.aggregate(name, options);
  }
}

class Statement implements EngineStatement {
  readonly #native: NativeStatement;
  readonly reader: boolean;
  #isBig = false;

  constructor(native: NativeStatement) {
    native.setAllowBareNamedParameters(false);
    this.#native = native;
    this.reader = native.columns().length > 0;
  }

  columns(): EngineColumn[] {
    return this.#native.columns();
  }

  all(values: Arguments): unknown[][] {
    return this.#native.all(...values);
  }

  get(values: Arguments): unknown[] | undefined {
    return this.#native.get(...values);
  }

  iterate(values: Arguments): IterableIterator<unknown[]> {
    return this.#native.iterate(...values);
  }

  run(values: Arguments): Changes {
    return this.#native.run(...values);
  }

  useBigIntegers(on: boolean): void {
    this.#isBig = on;
  }

  convert(row: unknown[]): SqlValue[] {
    if (!this.#isBig) {
      for (let i = 0; i < row.length; i++) {
        if (typeof row[i] === 'bigint') row[i] = Number(row[i]);
      }
    }
    return row as SqlValue[];
  }
}
