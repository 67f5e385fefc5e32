// SPDX-License-Identifier: MIT
// Cases of `bun:sqlite` whose results are compared with Bun's.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite, { Database, SQLiteError, Statement, constants } from 'bun:sqlite';
import { runCases } from './shown.mjs';

const memory = (options) => new Database(':memory:', options);
function table(options) {
  const db = memory(options);
  db.run('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, score REAL, data BLOB)');
  db.run(
    "INSERT INTO t VALUES (1, 'one', 1.5, x'010203'), (2, 'two', NULL, NULL), (3, 'three', 3, x'')",
  );
  return db;
}
function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'bunserve-sqlite-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const attempt = (use) => {
  try {
    return use();
  } catch (error) {
    return error;
  }
};
const types = (db, value) =>
  attempt(() => Object.values(db.query('SELECT typeof(?1) AS type, ?1 AS value').get(value)));

const values = {
  zero: 0,
  minusZero: -0,
  one: 1,
  real: 1.5,
  int32: 2 ** 31,
  int53: 2 ** 53 - 1,
  over53: 2 ** 53,
  large: 2 ** 60,
  over64: 2 ** 63,
  huge: 1e300,
  negative: -5,
  negativeLarge: -(2 ** 40),
  nan: NaN,
  infinity: Infinity,
  minusInfinity: -Infinity,
  wholeReal: 3.0,
  yes: true,
  no: false,
  nothing: null,
  text: 'text',
  empty: '',
  unicode: 'ß → 😀',
  nul: 'a\0b',
  lone: '\ud800x',
  bigint: 5n,
  bigintMax: 2n ** 63n - 1n,
  bigintMin: -(2n ** 63n),
  bigintOver: 2n ** 63n,
  bigintOver2: 2n ** 64n - 1n,
  bigintWay: 2n ** 70n,
  bytes: new Uint8Array([1, 2, 255]),
  noBytes: new Uint8Array(0),
  buffer: Buffer.from('hi'),
  arrayBuffer: new Uint8Array([7, 8]).buffer,
  part: new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  words: new Uint16Array([258, 772]),
  floats: new Float64Array([1]),
  view: new DataView(new ArrayBuffer(2)),
  date: new Date(0),
  fun: () => 1,
  symbol: Symbol('s'),
  list: [1],
  nested: [[1]],
  undefined: undefined,
  object: { a: 1 },
  regexp: /x/,
  boxedNumber: Object(5),
  boxedString: Object('s'),
};

const cases = {
  exports: () => [
    Object.keys({ Database, SQLiteError, Statement, constants }),
    sqlite === Database,
    Database.name,
    Statement.name,
    SQLiteError.name,
  ],
  constants: () => constants,
  'members of Database': () => Object.getOwnPropertyNames(Database.prototype).sort(),
  'static members of Database': () => Object.getOwnPropertyNames(Database).sort(),
  'members of Statement': () => {
    const s = memory().query('SELECT 1');
    return [
      ...new Set([
        ...Object.getOwnPropertyNames(s),
        ...Object.getOwnPropertyNames(Statement.prototype),
      ]),
    ].sort();
  },
  'cache size': () => Database.MAX_QUERY_CACHE_SIZE,
  ...Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`binds ${name}`, () => types(memory(), value)]),
  ),
  ...Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `binds ${name} in an object`,
      () =>
        attempt(() => memory().query('SELECT typeof($v) AS type, $v AS value').get({ $v: value })),
    ]),
  ),
  ...Object.fromEntries(
    ['bigint', 'bigintMax', 'bigintOver', 'int53', 'large', 'real', 'yes'].map((name) => [
      `safeIntegers: ${name}`,
      () => types(memory({ safeIntegers: true }), values[name]),
    ]),
  ),
  'large integers out': () =>
    memory()
      .query('SELECT 9007199254740993 AS a, 9223372036854775807 AS b, -9223372036854775808 AS c')
      .get(),
  'large integers out, all': () =>
    memory().query('SELECT 9007199254740993 AS a, 9223372036854775807 AS b').all(),
  'large integers out, values': () => memory().query('SELECT 9007199254740993 AS a').values(),
  'large integers out, iterate': () => [
    ...memory().query('SELECT 9007199254740993 AS a UNION ALL SELECT 2').iterate(),
  ],
  'safeIntegers on a statement': () => {
    const s = memory().query('SELECT 5 AS a, 1.5 AS b');
    return [
      s.safeIntegers(),
      s.safeIntegers(true) === s,
      s.get(),
      s.safeIntegers(),
      s.values(),
      s.safeIntegers(false).all(),
    ];
  },
  'safeIntegers rowid': () => {
    const db = table({ safeIntegers: true });
    return db.run("INSERT INTO t (name) VALUES ('x')");
  },
  'rows are objects': () => {
    const row = table().query('SELECT * FROM t WHERE id = 1').get();
    return [
      row,
      Object.getPrototypeOf(row) === Object.prototype,
      row.data instanceof Uint8Array,
      Buffer.isBuffer(row.data),
      Object.keys(row),
    ];
  },
  all: () => table().query('SELECT * FROM t').all(),
  values: () => table().query('SELECT * FROM t').values(),
  raw: () => table().query('SELECT * FROM t').raw(),
  get: () => table().query('SELECT * FROM t').get(),
  'get nothing': () => table().query('SELECT * FROM t WHERE id = 99').get(),
  'all nothing': () => table().query('SELECT * FROM t WHERE id = 99').all(),
  'values nothing': () => table().query('SELECT * FROM t WHERE id = 99').values(),
  iterate: () => [...table().query('SELECT id FROM t WHERE id > ?').iterate(1)],
  'Symbol.iterator': () => [...table().query('SELECT id FROM t')],
  'iterate stops early': () => {
    const db = table();
    const s = db.query('SELECT id FROM t');
    for (const row of s.iterate()) if (row.id === 2) break;
    db.run('DROP TABLE t');
    return attempt(() => s.all());
  },
  'iterate, object': () => {
    const i = table().query('SELECT id FROM t').iterate();
    return [
      typeof i[Symbol.iterator],
      typeof i.next,
      typeof i.return,
      i.next(),
      i.return?.(5),
      i.next(),
    ];
  },
  'iterate and run again': () => {
    const s = table().query('SELECT id FROM t');
    const i = s.iterate();
    return [i.next(), s.all(), attempt(() => i.next())];
  },
  'run of a select': () => table().query('SELECT * FROM t').run(),
  run: () => {
    const db = table();
    const s = db.prepare('INSERT INTO t (name) VALUES (?)');
    return [
      s.run('a'),
      s.run('b'),
      db.run('UPDATE t SET score = 1'),
      db.run('DELETE FROM t WHERE id > 3'),
      db.run('CREATE TABLE u (x)'),
      db.run('SELECT 1'),
    ];
  },
  'get of an insert': () => {
    const db = table();
    return [
      db.query("INSERT INTO t (name) VALUES ('x')").get(),
      db.query("INSERT INTO t (name) VALUES ('x')").all(),
      db.query("INSERT INTO t (name) VALUES ('x')").values(),
      db.query('SELECT count(*) AS n FROM t').get(),
    ];
  },
  returning: () => {
    const db = table();
    return [
      db.query("INSERT INTO t (name) VALUES ('x') RETURNING id, name").get(),
      db.query('UPDATE t SET score = 9 RETURNING id').all(),
      db.query('DELETE FROM t RETURNING id').values(),
      db.query("INSERT INTO t (name) VALUES ('x'), ('y') RETURNING id").run(),
      db.query('SELECT count(*) AS n FROM t').get(),
    ];
  },
  'get of returning with several rows': () => {
    const db = table();
    return [
      db.query("INSERT INTO t (name) VALUES ('x'), ('y') RETURNING id").get(),
      db.query('SELECT count(*) AS n FROM t').get(),
    ];
  },
  'names twice': () => [
    memory().query('SELECT 1 AS a, 2 AS b, 3 AS a').get(),
    memory().query('SELECT 1 AS a, 2 AS b, 3 AS a').values(),
    memory().query('SELECT 1 AS a, 3 AS a').columnNames,
  ],
  'names like numbers': () => [
    memory().query('SELECT 1 AS "1", 2 AS "0", 3 AS x').get(),
    memory().query('SELECT 1 AS "1", 2 AS "0"').columnNames,
  ],
  'name __proto__': () =>
    JSON.stringify(memory().query('SELECT 1 AS "__proto__", 2 AS "constructor"').get()),
  'unnamed columns': () => memory().query('SELECT 1, ?, $a, 1+1').get(1, 2),
  'many columns': () =>
    Object.keys(
      memory()
        .query(`SELECT ${Array.from({ length: 100 }, (_, i) => `${i} AS c${i}`)}`)
        .get(),
    ).length,
  'positional ?': () => memory().query('SELECT ? AS a, ? AS b').get(1, 'x'),
  'positional array': () => memory().query('SELECT ? AS a, ? AS b').get([1, 'x']),
  'positional ?NNN': () => memory().query('SELECT ?2 AS a, ?1 AS b').get(1, 'x'),
  'positional ?NNN with a gap': () =>
    attempt(() => memory().query('SELECT ?3 AS a').get(1, 'x', 5)),
  'positional for named': () =>
    memory().query('SELECT $a AS a, :b AS b, @c AS c, $a AS d').get(1, 2, 3),
  'named and ?': () => attempt(() => memory().query('SELECT $a AS a, ? AS b').get({ $a: 1 })),
  'named and ? by position': () =>
    attempt(() => memory().query('SELECT $a AS a, ? AS b, ?1 AS c').get(1, 2)),
  'named $': () => memory().query('SELECT $a AS a').get({ $a: 1 }),
  'named :': () => memory().query('SELECT :a AS a').get({ ':a': 1 }),
  'named @': () => memory().query('SELECT @a AS a').get({ '@a': 1 }),
  'named without prefix': () =>
    memory().query('SELECT $a AS a, :b AS b, @c AS c').get({ a: 1, b: 2, c: 3 }),
  'named, wrong prefix': () => attempt(() => memory().query('SELECT $a AS a').get({ ':a': 1 })),
  'named, both keys': () => memory().query('SELECT $a AS a').get({ a: 1, $a: 2 }),
  'named, missing': () => attempt(() => memory().query('SELECT $a AS a, $b AS b').get({ $a: 1 })),
  'named, none': () => attempt(() => memory().query('SELECT $a AS a').get({})),
  'named, too many': () => attempt(() => memory().query('SELECT $a AS a').get({ $a: 1, $z: 2 })),
  'named, inherited': () =>
    attempt(() =>
      memory()
        .query('SELECT $a AS a')
        .get(Object.create({ $a: 1 })),
    ),
  'named, getter': () =>
    attempt(() =>
      memory()
        .query('SELECT $a AS a')
        .get({
          get $a() {
            return 7;
          },
        }),
    ),
  'named, getter throws': () =>
    attempt(() =>
      memory()
        .query('SELECT $a AS a')
        .get({
          get $a() {
            throw new Error('getter');
          },
        }),
    ),
  'named, class': () =>
    attempt(() =>
      memory()
        .query('SELECT $a AS a')
        .get(
          new (class P {
            a = 4;
          })(),
        ),
    ),
  'named, null prototype': () =>
    attempt(() =>
      memory()
        .query('SELECT $a AS a')
        .get(Object.assign(Object.create(null), { a: 4 })),
    ),
  'named, two objects': () =>
    attempt(() => memory().query('SELECT $a AS a, $b AS b').get({ $a: 1 }, { $b: 2 })),
  'named, tcl name': () =>
    attempt(() => memory().query('SELECT $a::b(c) AS a').get({ '$a::b(c)': 1 })),
  'empty array after values': () => {
    const s = memory().prepare('SELECT ? AS a');
    return [s.get(5), s.get([]), s.get(), s.get({}), s.get()];
  },
  'failed binding keeps': () => {
    const s = memory().prepare('SELECT ? AS a');
    return [
      s.get(5),
      attempt(() => s.get(1, 2)),
      s.get(),
      attempt(() => s.get(new Date())),
      s.get(),
    ];
  },
  'run with an empty array': () => attempt(() => memory().run('SELECT ?', [])),
  'strict, ? by object': () => [
    attempt(() => memory({ strict: true }).query('SELECT ? AS a, ? AS b').get({ 0: 'x' })),
    attempt(() => memory({ strict: true }).query('SELECT ?1 AS a').get({ a: 'x' })),
  ],
  'other objects': () =>
    [
      new Map(),
      new Error('x'),
      new Set(),
      Promise.resolve(),
      new Proxy({ $a: 1 }, {}),
      Object.create({}),
      globalThis.process && new URL('http://x'),
      new (class A extends Map {})(),
      (function () {
        return arguments;
      })(1),
      new SharedArrayBuffer(2),
    ].map((value) => attempt(() => memory().query('SELECT $a AS a').get(value))),
  'array of arrays': () => attempt(() => memory().run('SELECT ?', [[1]])),
  'close without pending statements': () => {
    const db = memory();
    const p = db.prepare('SELECT 2 AS a');
    db.close();
    return [p.get(), p.isFinalized, p.finalize(), attempt(() => p.get())];
  },
  'long queries': () => {
    const db = memory();
    const sql = `SELECT '${'x'.repeat(70000)}' AS a`;
    return db.query(sql) === db.query(sql);
  },
  'errors find their place': () =>
    [
      'SELECT ß, nope',
      'SELECT nope(1)',
      'INSERT INTO t (id, nah) VALUES (1, 2)',
      "SELECT 'open",
      'SELECT 1 WHERE',
      'CREATE TABLE t (x)',
      'SELECT t.zz FROM t',
      'DROP TABLE zz',
      'SELECT @',
    ].map((sql) => attempt(() => table().run(sql))),
  'named ? by object': () =>
    attempt(() => memory().query('SELECT ?1 AS a, ?2 AS b').get({ 1: 'x', 2: 'y' })),
  'named ?1 by object': () => attempt(() => memory().query('SELECT ?1 AS a').get({ '?1': 'x' })),
  '? by object': () =>
    attempt(() => memory().query('SELECT ? AS a, ? AS b').get({ 0: 'x', 1: 'y' })),
  'strict named': () =>
    memory({ strict: true }).query('SELECT $a AS a, :b AS b, @c AS c').get({ a: 1, b: 2, c: 3 }),
  'strict named with prefix': () =>
    attempt(() => memory({ strict: true }).query('SELECT $a AS a').get({ $a: 1 })),
  'strict named, both keys': () =>
    memory({ strict: true }).query('SELECT $a AS a').get({ a: 1, $a: 2 }),
  'strict, missing': () =>
    attempt(() => memory({ strict: true }).query('SELECT $a AS a, $b AS b').get({ a: 1 })),
  'strict, missing with @': () =>
    attempt(() => memory({ strict: true }).query('SELECT @a AS a').get({ b: 1 })),
  'strict, none': () => attempt(() => memory({ strict: true }).query('SELECT $a AS a').get({})),
  'strict, no arguments': () =>
    attempt(() => memory({ strict: true }).query('SELECT $a AS a').get()),
  'strict, too many': () =>
    attempt(() => memory({ strict: true }).query('SELECT $a AS a').get({ a: 1, z: 2 })),
  'strict, positional': () =>
    attempt(() => memory({ strict: true }).query('SELECT ? AS a, ? AS b').get(1)),
  'strict, undefined': () =>
    attempt(() => memory({ strict: true }).query('SELECT $a AS a').get({ a: undefined })),
  'too few': () => attempt(() => memory().query('SELECT ? AS a, ? AS b').get(1)),
  'too many': () => attempt(() => memory().query('SELECT ? AS a').get(1, 2)),
  none: () => attempt(() => memory().query('SELECT ? AS a').get()),
  'too many for none': () => attempt(() => memory().query('SELECT 1 AS a').get(1, 2)),
  'empty array': () => attempt(() => memory().query('SELECT ? AS a').get([])),
  'array and more': () => attempt(() => memory().query('SELECT ? AS a, ? AS b').get([1], 2)),
  'undefined alone': () => attempt(() => memory().query('SELECT ? AS a').get(undefined)),
  'null alone': () => attempt(() => memory().query('SELECT ? AS a').get(null)),
  'sparse array': () => attempt(() => memory().query('SELECT ? AS a, ? AS b').get([, 1])),
  'bindings are kept': () => {
    const s = memory().prepare('SELECT ? AS a');
    return [s.get(), s.get(5), s.get(), s.all(), s.values(), s.get(6), s.get()];
  },
  'bindings of prepare': () => {
    const s = memory().prepare('SELECT ? AS a', ['x']);
    return [s.get(), s.get(5), s.get(), s.toString()];
  },
  'bindings of prepare, one value': () =>
    attempt(() => memory().prepare('SELECT ? AS a', 'x').get()),
  'bindings of prepare, object': () =>
    attempt(() => memory().prepare('SELECT $a AS a', { $a: 'x' }).get()),
  'partial named keeps': () => {
    const s = memory().prepare('SELECT $a AS a, $b AS b');
    return [s.get({ $a: 1, $b: 2 }), attempt(() => s.get({ $a: 3 }))];
  },
  'query caches': () => {
    const db = memory();
    return [
      db.query('SELECT 1') === db.query('SELECT 1'),
      db.query('SELECT 1') === db.query('SELECT 2'),
      db.prepare('SELECT 1') === db.prepare('SELECT 1'),
    ];
  },
  'query after finalize': () => {
    const db = memory();
    const s = db.query('SELECT 1 AS a');
    s.finalize();
    return [s.isFinalized, db.query('SELECT 1 AS a') === s, db.query('SELECT 1 AS a').get()];
  },
  'query cache is bounded': () => {
    const db = memory();
    const first = db.query('SELECT 0');
    for (let i = 1; i <= 20; i++) db.query(`SELECT ${i}`);
    return [db.query('SELECT 0') === first, first.isFinalized, attempt(() => first.get())];
  },
  clearQueryCache: () => {
    const db = memory();
    const s = db.query('SELECT 1 AS a');
    db.clearQueryCache();
    return [s.isFinalized, db.query('SELECT 1 AS a') === s, attempt(() => s.get())];
  },
  'run with values': () => {
    const db = table();
    return [
      db.run('INSERT INTO t (name) VALUES (?)', 'a'),
      db.run('INSERT INTO t (name) VALUES (?)', ['b']),
      db.run('INSERT INTO t (name) VALUES ($n)', { $n: 'c' }),
      db.run('INSERT INTO t (name, score) VALUES (?, ?)', 'd', 4),
      attempt(() => db.run('INSERT INTO t (name) VALUES (?)', 'a', 'b')),
      attempt(() => db.run('INSERT INTO t (name) VALUES (?)')),
      db.query('SELECT id, name, score FROM t WHERE id > 3').values(),
    ];
  },
  'run of several': () => {
    const db = memory();
    return [
      db.run(
        "CREATE TABLE a (x); CREATE TABLE b (y); INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES ('z; -- no'); -- end",
      ),
      db.query('SELECT * FROM a').values(),
      db.query('SELECT * FROM b').values(),
    ];
  },
  'run of several with values': () => {
    const db = memory();
    db.run('CREATE TABLE a (x)');
    return [
      attempt(() => db.run('INSERT INTO a VALUES (?); INSERT INTO a VALUES (?)', 1)),
      attempt(() => db.run('INSERT INTO a VALUES (?); INSERT INTO a VALUES (?)', 1, 2)),
      db.query('SELECT * FROM a').values(),
    ];
  },
  'run of several, one fails': () => {
    const db = memory();
    return [
      attempt(() => db.run('CREATE TABLE a (x); INSERT INTO nope VALUES (1); CREATE TABLE b (x)')),
      db.query('SELECT name FROM sqlite_master').values(),
    ];
  },
  'run of several, selects': () => memory().run('SELECT 1; SELECT 2'),
  'run of nothing': () => [
    attempt(() => memory().run('')),
    attempt(() => memory().run('  -- x')),
    attempt(() => memory().run(';;')),
    attempt(() => memory().run('/* x */')),
  ],
  'query of nothing': () => [
    attempt(() => memory().query('').all()),
    attempt(() => memory().query('-- x').get()),
    attempt(() => memory().query(';').get()),
    attempt(() => memory().prepare('').run()),
  ],
  'query of several': () => [
    attempt(() => memory().query('SELECT 1 AS a; SELECT 2 AS b').all()),
    attempt(() => memory().query('SELECT 1 AS a;').all()),
    attempt(() => memory().query('; SELECT 1 AS a').all()),
    attempt(() => memory().query('SELECT 1 AS a; nonsense').all()),
    attempt(() => memory().query('/* c */ SELECT 1 AS a -- x').all()),
  ],
  'query of several with parameters': () =>
    attempt(() => {
      const s = memory().query('SELECT ? AS a; SELECT ? AS b');
      return [s.paramsCount, s.all(1)];
    }),
  trigger: () => {
    const db = table();
    db.run(
      "CREATE TABLE log (x); CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.name); INSERT INTO log VALUES ('end'); END; INSERT INTO t (name) VALUES ('q');",
    );
    return [
      db.query('SELECT * FROM log').values(),
      db.query("INSERT INTO t (name) VALUES ('r')").run(),
    ];
  },
  'not a string': () => [
    attempt(() => memory().query(5)),
    attempt(() => memory().query()),
    attempt(() => memory().run(null)),
    attempt(() => memory().prepare({})),
    attempt(() => memory().exec()),
  ],
  'syntax error': () => [
    attempt(() => memory().query('SELEC 1')),
    attempt(() => memory().query('SELECT * FROM nope')),
    attempt(() => memory().run('SELEC 1')),
    attempt(() => memory().query('SELECT nope FROM (SELECT 1 AS a)')),
    attempt(() => memory().query('SELECT (')),
  ],
  'constraint errors': () => {
    const db = table();
    db.run(
      'CREATE TABLE c (a INTEGER PRIMARY KEY, b TEXT UNIQUE NOT NULL, c INTEGER CHECK (c > 0), d REFERENCES t (id))',
    );
    db.run('PRAGMA foreign_keys = ON');
    db.run("INSERT INTO c VALUES (1, 'b', 1, 1)");
    return [
      "(1, 'x', 1, 1)",
      "(2, 'b', 1, 1)",
      '(2, NULL, 1, 1)',
      "(2, 'x', 0, 1)",
      "(2, 'x', 1, 99)",
    ].map((row) => attempt(() => db.run(`INSERT INTO c VALUES ${row}`)));
  },
  'constraint errors by statement': () => {
    const db = table();
    const s = db.prepare("INSERT INTO t (id, name) VALUES (?, 'x')");
    return [
      attempt(() => s.run(1)),
      attempt(() => s.get(1)),
      attempt(() => s.all(1)),
      attempt(() => s.values(1)),
      s.run(10),
      attempt(() => [...s.iterate(1)]),
    ];
  },
  'error is an Error': () => {
    const error = attempt(() => memory().run('x'));
    return [
      error instanceof SQLiteError,
      error instanceof Error,
      String(error),
      Object.keys(error).sort(),
      error.toString(),
    ];
  },
  'SQLiteError alone': () => attempt(() => new SQLiteError('x')),
  'division and overflow': () => [
    attempt(() => memory().query('SELECT 1/0 AS a').get()),
    attempt(() => memory().query('SELECT abs(-9223372036854775808)').get()),
    attempt(() => memory().query('SELECT json(?)').get('{bad')),
  ],
  transaction: () => {
    const db = table();
    const insert = db.prepare('INSERT INTO t (name) VALUES ($name)');
    const many = db.transaction((rows) => {
      for (const row of rows) insert.run(row);
      return [rows.length, db.inTransaction];
    });
    const failing = db.transaction((rows) => {
      for (const row of rows) insert.run(row);
      throw new RangeError('stop');
    });
    return [
      db.inTransaction,
      many([{ $name: 'a' }, { $name: 'b' }]),
      db.inTransaction,
      attempt(() => failing([{ $name: 'c' }])),
      db.inTransaction,
      db.query('SELECT count(*) AS n FROM t').get(),
      many.deferred([{ $name: 'd' }]),
      many.immediate([]),
      many.exclusive([]),
      typeof many.default,
      typeof many.immediate.deferred,
      many.database === db,
      many.length,
      many.name,
    ];
  },
  'transaction, nested': () => {
    const db = table();
    const inner = db.transaction((name, fail) => {
      db.run('INSERT INTO t (name) VALUES (?)', name);
      if (fail) throw new Error('inner');
    });
    const outer = db.transaction(() => {
      inner('a', false);
      const error = attempt(() => inner('b', true));
      inner.immediate('c', false);
      return error;
    });
    return [outer(), db.query('SELECT name FROM t WHERE id > 3').values()];
  },
  'transaction keeps this and arguments': () => {
    const db = memory();
    const t = db.transaction(function (...args) {
      return [this?.tag, args];
    });
    return [t.call({ tag: 'x' }, 1, 2), t.immediate.call({ tag: 'y' })];
  },
  'transaction, ended inside': () => {
    const db = table();
    const t = db.transaction(() => {
      db.run('INSERT INTO t (name) VALUES (1)');
      db.run('ROLLBACK');
      throw new Error('mine');
    });
    return [attempt(() => t()), db.inTransaction];
  },
  'transaction, committed inside': () => {
    const db = table();
    const t = db.transaction(() => {
      db.run('COMMIT');
      return 5;
    });
    return [attempt(() => t()), db.inTransaction];
  },
  'transaction of no function': () => [
    attempt(() => memory().transaction(5)),
    attempt(() => memory().transaction()),
  ],
  'transaction of an async function': async () => {
    const db = table();
    const t = db.transaction(async () => {
      db.run("INSERT INTO t (name) VALUES ('async')");
      throw new Error('rejected');
    });
    const p = t();
    return [
      p instanceof Promise,
      await p.catch((e) => e.message),
      db.inTransaction,
      db.query('SELECT count(*) AS n FROM t').get(),
    ];
  },
  inTransaction: () => {
    const db = memory();
    const seen = [db.inTransaction];
    db.run('BEGIN');
    seen.push(db.inTransaction);
    db.run('COMMIT');
    return [...seen, db.inTransaction];
  },
  as: () => {
    class Row {
      constructor() {
        throw new Error('not called');
      }
      get upper() {
        return this.name.toUpperCase();
      }
    }
    const s = table().query('SELECT id, name FROM t');
    return [
      s.as(Row) === s,
      s.get() instanceof Row,
      s.get().upper,
      s.all().map((r) => [r instanceof Row, r.upper]),
      Object.keys(s.get()),
      [...s.iterate()][0] instanceof Row,
      s.values()[0],
    ];
  },
  'as with a setter': () => {
    class Row {
      set name(v) {
        this.seen = v;
      }
    }
    const row = table().query('SELECT id, name FROM t').as(Row).get();
    return [Object.keys(row), row.seen];
  },
  'as, wrong': () => [
    attempt(() => memory().query('SELECT 1').as(5)),
    attempt(() =>
      memory()
        .query('SELECT 1')
        .as(() => 1),
    ),
    attempt(() => memory().query('SELECT 1').as({})),
  ],
  columnNames: () => [
    table().query('SELECT * FROM t').columnNames,
    table().query('INSERT INTO t (name) VALUES (1)').columnNames,
    table().query('INSERT INTO t (name) VALUES (1) RETURNING id AS x').columnNames,
  ],
  'columnNames follow the schema': () => {
    const db = table();
    const s = db.query('SELECT * FROM t');
    const before = s.columnNames;
    s.get();
    db.run('ALTER TABLE t ADD COLUMN extra');
    return [before, s.get(), s.columnNames];
  },
  paramsCount: () =>
    [
      'SELECT 1',
      'SELECT ?',
      'SELECT ?, ?',
      'SELECT ?5',
      'SELECT $a, $a, :a, @a',
      'SELECT ?, ?3, ?, $x',
      'SELECT \'?\' -- ?\n, "?", [?], `?`, /* ? */ ?',
      "SELECT 'it''s ?', ?",
    ].map((sql) =>
      attempt(
        () =>
          memory().query(sql.replace('"?"', '1').replace('[?]', '1').replace('`?`', '1'))
            .paramsCount,
      ),
    ),
  toString: () => {
    const s = memory().prepare("SELECT ? AS a, $b AS b, '?' AS c, ?2 AS d");
    return [
      s.toString(),
      s.get(1.5, "it's"),
      s.toString(),
      s.get(null, new Uint8Array([1, 255])),
      s.toString(),
      s.get(10n, true),
      String(s),
      attempt(() => (s.finalize(), s.toString())),
    ];
  },
  'toString of reals': () =>
    [1e21, 1.1, 3, -0, 1e-7, 123456789.123456789, 0.1 + 0.2, 2 ** 53, 1e15, 1e16].map((n) => {
      const s = memory().prepare('SELECT ?');
      s.get(n);
      return s.toString();
    }),
  'JSON of a statement': () =>
    JSON.parse(JSON.stringify(table().query('SELECT name FROM t WHERE id = ?'))),
  'JSON of a database': () => JSON.parse(JSON.stringify(memory())),
  'reader and readonly': () => {
    const db = table();
    return [
      'SELECT 1',
      "INSERT INTO t (name) VALUES ('x')",
      'INSERT INTO t (name) VALUES (1) RETURNING id',
      'BEGIN',
      'CREATE TABLE z (x)',
      'PRAGMA user_version',
      'PRAGMA user_version = 5',
      'WITH a AS (SELECT 1) SELECT * FROM a',
      'WITH a AS (SELECT 1) INSERT INTO t (name) SELECT 1 FROM a',
      'EXPLAIN SELECT 1',
      'VALUES (1)',
      'DELETE FROM t',
      'PRAGMA journal_mode = WAL',
      'ANALYZE',
      'VACUUM',
      'SAVEPOINT a',
    ].map((sql) =>
      attempt(() => {
        const s = db.prepare(sql);
        return [s.reader, s.readonly];
      }),
    );
  },
  declaredTypes: () => [
    table().query('SELECT *, 1 + 1 FROM t').declaredTypes,
    table().query('INSERT INTO t (name) VALUES (1)').declaredTypes,
  ],
  columnTypes: () => [
    table().query('SELECT *, 1 + 1 FROM t').columnTypes,
    attempt(() => table().query('INSERT INTO t (name) VALUES (1)').columnTypes),
    table().query('SELECT * FROM t WHERE id = 9').columnTypes,
    table().query('SELECT * FROM t WHERE id = 2').columnTypes,
  ],
  finalize: () => {
    const s = memory().prepare('SELECT 1 AS a');
    s.get();
    const before = s.isFinalized;
    return [
      before,
      s.finalize(),
      s.finalize(),
      s.isFinalized,
      attempt(() => s.get()),
      attempt(() => s.all()),
      attempt(() => s.values()),
      attempt(() => s.run()),
      attempt(() => [...s.iterate()]),
      attempt(() => s.columnNames),
      attempt(() => s.paramsCount),
      attempt(() => s.toString()),
      attempt(() => JSON.stringify(s)),
      attempt(() => s.raw()),
    ];
  },
  dispose: () => {
    const db = memory();
    const s = db.prepare('SELECT 1');
    s[Symbol.dispose]();
    db[Symbol.dispose]();
    return [s.isFinalized, attempt(() => db.query('SELECT 1'))];
  },
  close: () => {
    const db = memory();
    const [q, p] = [db.query('SELECT 1 AS a'), db.prepare('SELECT 2 AS a')];
    return [
      db.close(),
      db.close(),
      db.close(true),
      attempt(() => db.query('SELECT 1')),
      attempt(() => db.run('SELECT 1')),
      attempt(() => db.prepare('SELECT 1')),
      attempt(() => q.get()),
      attempt(() => q.toString()),
      attempt(() => p.get()),
      attempt(() => db.serialize()),
      attempt(() => db.inTransaction),
      attempt(() => db.transaction(() => 1)),
      attempt(() => db.filename),
      q.isFinalized,
      p.isFinalized,
    ];
  },
  'close(true)': () => {
    const db = memory();
    const p = db.prepare('SELECT 2 AS a');
    return [db.close(true), attempt(() => p.get()), p.isFinalized];
  },
  'close in a transaction': () =>
    inFolder((folder) => {
      const db = new Database(join(folder, 'a.db'));
      db.run('CREATE TABLE a (x)');
      db.run('BEGIN');
      db.run('INSERT INTO a VALUES (1)');
      db.close();
      const again = new Database(join(folder, 'a.db'));
      return again.query('SELECT count(*) AS n FROM a').get();
    }),
  filename: () => [
    memory().filename,
    new Database().filename,
    new Database('').filename,
    inFolder((folder) => new Database(join(folder, 'a.db')).filename.replace(folder, '')),
  ],
  handle: () => typeof memory().handle,
  open: () => [
    Database.open(':memory:') instanceof Database,
    attempt(() =>
      Database.open(':memory:', { strict: true }).query('SELECT $a AS a').get({ b: 1 }),
    ),
  ],
  'open modes': () =>
    inFolder((folder) => {
      const path = join(folder, 'a.db');
      const results = [];
      for (const options of [
        { readonly: true },
        { create: false },
        { readwrite: true },
        {},
        { readonly: true },
        { readonly: true, create: true },
        { readwrite: true, readonly: true },
        { create: true },
        { create: false },
        { readwrite: false },
        constants.SQLITE_OPEN_READONLY,
        constants.SQLITE_OPEN_READWRITE,
        constants.SQLITE_OPEN_READWRITE | constants.SQLITE_OPEN_CREATE,
        0,
        null,
        undefined,
        'x',
        { strict: true },
      ]) {
        results.push(
          attempt(() => {
            const db = new Database(path, options);
            const written = attempt(() => db.run('CREATE TABLE IF NOT EXISTS a (x)'));
            db.close();
            return written;
          }),
        );
      }
      return results.map((r) =>
        r instanceof Error
          ? {
              ...{
                message: r.message.replaceAll(folder, ''),
                name: r.name,
                code: r.code,
                errno: r.errno,
              },
            }
          : r,
      );
    }),
  'open what cannot be': () =>
    inFolder((folder) =>
      [join(folder, 'none', 'a.db'), folder, 5, {}, null, undefined, true, []]
        .map((name) => attempt(() => new Database(name).filename))
        .map((r) =>
          r instanceof Error
            ? {
                message: r.message.replaceAll(folder, ''),
                name: r.name,
                code: r.code,
                errno: r.errno,
              }
            : r,
        ),
    ),
  'open what is no database': () =>
    inFolder((folder) => {
      const path = join(folder, 'x.txt');
      writeFileSync(path, 'no database '.repeat(500));
      return attempt(() => new Database(path).query('SELECT * FROM sqlite_master').all());
    }),
  'call without new': () => attempt(() => Database(':memory:')).name,
  'files persist': () =>
    inFolder((folder) => {
      const path = join(folder, 'a.db');
      const db = new Database(path, { create: true });
      db.run('PRAGMA journal_mode = WAL');
      db.run('CREATE TABLE a (x)');
      db.run('INSERT INTO a VALUES (?)', 5);
      db.close();
      return [
        new Database(path, { readonly: true }).query('SELECT x, typeof(x) AS t FROM a').all(),
        existsSync(path),
      ];
    }),
  serialize: () => {
    const db = table();
    const bytes = db.serialize();
    const copy = Database.deserialize(bytes);
    copy.run("INSERT INTO t (name) VALUES ('copy')");
    const readonly = Database.deserialize(bytes, true);
    const strict = Database.deserialize(bytes, { strict: true, readonly: true });
    return [
      Buffer.isBuffer(bytes),
      bytes.subarray(0, 16).toString('latin1'),
      copy.query('SELECT count(*) AS n FROM t').get(),
      db.query('SELECT count(*) AS n FROM t').get(),
      attempt(() => readonly.run("INSERT INTO t (name) VALUES ('no')")),
      attempt(() => strict.query('SELECT $a AS a').get({ b: 1 })),
      new Database(bytes).query('SELECT name FROM t').values(),
      copy.filename,
      new Database(bytes).filename,
      attempt(() => db.serialize('main').length === bytes.length),
    ];
  },
  'serialize of nothing': () => [
    memory().serialize().length,
    attempt(() => Database.deserialize(new Uint8Array(0)).query('SELECT 1 AS a').get()),
    attempt(() => Database.deserialize('x')),
    attempt(() =>
      Database.deserialize(
        Buffer.from('not a database at all, but long enough to be looked at'.repeat(20)),
      )
        .query('SELECT * FROM sqlite_master')
        .all(),
    ),
    attempt(() => Database.deserialize()),
  ],
  'serialize during a transaction': () => {
    const db = table();
    db.run('BEGIN');
    db.run("INSERT INTO t (name) VALUES ('open')");
    const bytes = attempt(() => db.serialize());
    return bytes instanceof Error
      ? bytes
      : new Database(bytes).query('SELECT count(*) AS n FROM t').get();
  },
  'attached databases': () => {
    const db = table();
    db.run("ATTACH ':memory:' AS other");
    db.run('CREATE TABLE other.x (y)');
    db.run('INSERT INTO other.x VALUES (5)');
    return [
      db.query('SELECT * FROM other.x').all(),
      new Database(db.serialize('other')).query('SELECT * FROM x').all(),
    ];
  },
  pragmas: () => {
    const db = memory();
    return [
      db.query('PRAGMA user_version').get(),
      db.run('PRAGMA user_version = 7'),
      db.query('PRAGMA user_version').values(),
      db.query('PRAGMA foreign_keys').get(),
      db.query('PRAGMA journal_mode').get(),
      db.query('PRAGMA journal_mode = DELETE').all(),
    ];
  },
  'json functions': () =>
    memory()
      .query(
        `SELECT json_extract('{"a":[1,2]}', '$.a[1]') AS a, json('[1]') AS b, '{"x":5}' ->> 'x' AS c`,
      )
      .get(),
  'fts5, rtree and math': () => {
    const db = memory();
    db.run('CREATE VIRTUAL TABLE docs USING fts5(body)');
    db.run("INSERT INTO docs VALUES ('the quick fox'), ('the lazy dog')");
    return [
      db.query('SELECT body FROM docs WHERE docs MATCH ?').all('quick'),
      db.query('SELECT floor(1.7) AS f, sqrt(9) AS s').get(),
    ];
  },
  'double-quoted strings': () => {
    const db = table();
    db.run('INSERT INTO "t" ("id", "name") VALUES (4, "four"), (5, "it\'s"), (6, "four")');
    return [
      db.query('SELECT "text" AS a').get(),
      db.query('SELECT id, "name" FROM t WHERE name = "four" AND "name" <> "name2"').all(),
      attempt(() => db.query('SELECT "name", t.nope FROM t')),
    ];
  },
  function: () => {
    const db = table();
    return [
      db.function('twice', (x) => x * 2) === db,
      db.query('SELECT twice(id) AS a, twice(1.5) AS b FROM t').all(),
      attempt(() => db.query('SELECT twice(1, 2)')),
      db
        .function('n', { varargs: true }, (...args) => args.length)
        .query('SELECT n() AS a, n(1, 2, 3) AS b')
        .get(),
      db
        .function('kinds', { varargs: true }, (...args) =>
          args.map((v) => (v === null ? 'null' : v.constructor.name)).join(),
        )
        .query("SELECT kinds(1, 1.5, 'x', x'00', NULL) AS k")
        .get(),
      attempt(() =>
        db
          .function('bad', () => {
            throw new RangeError('mine');
          })
          .query('SELECT bad()')
          .get(),
      ),
      db
        .function('no_value', () => undefined)
        .query('SELECT no_value() AS a')
        .get(),
      db
        .function('bytes', () => new Uint8Array([1]))
        .query('SELECT bytes() AS a')
        .get(),
      db
        .function('flag', () => true)
        .query('SELECT flag() AS a, typeof(flag()) AS t')
        .get(),
      db
        .function('whole', () => 5)
        .query('SELECT typeof(whole()) AS t')
        .get(),
    ];
  },
  aggregate: () => {
    const db = table();
    db.aggregate('add_all', { start: 0, step: (total, value) => total + value });
    db.aggregate('list', {
      start: () => [],
      step: (list, value) => {
        list.push(value);
      },
      result: (list) => list.join('-'),
    });
    return [
      db.query('SELECT add_all(id) AS total FROM t').get(),
      db.query('SELECT list(name) AS names FROM t').get(),
      db.query('SELECT add_all(id) AS total FROM t WHERE id > 9').get(),
    ];
  },
  'busy inside iterate': () => {
    const db = table();
    const seen = [];
    for (const row of db.query('SELECT id FROM t').iterate()) {
      seen.push(
        row.id,
        attempt(() => db.query('SELECT count(*) AS n FROM t').get()),
        attempt(() => db.run('INSERT INTO t (name) VALUES (1)').changes),
      );
      if (seen.length > 5) break;
    }
    return seen;
  },
  'loadExtension of nothing': () =>
    attempt(() => memory().loadExtension('/nope/none.so')) instanceof Error,
  'two connections': () =>
    inFolder((folder) => {
      const path = join(folder, 'a.db');
      const [one, two] = [new Database(path), new Database(path)];
      two.run('PRAGMA busy_timeout = 1');
      one.run('CREATE TABLE a (x)');
      one.run('BEGIN IMMEDIATE');
      return [
        attempt(() => two.run('INSERT INTO a VALUES (1)')),
        attempt(() => two.query('SELECT * FROM a').all()),
      ];
    }),
  'a large blob and text': () => {
    const db = memory();
    db.run('CREATE TABLE a (x, y)');
    db.run('INSERT INTO a VALUES (?, ?)', new Uint8Array(3e6).fill(7), 'y'.repeat(3e6));
    const row = db.query('SELECT * FROM a').get();
    return [row.x.length, row.x[2999999], row.y.length];
  },
  'blobs are copies': () => {
    const db = memory();
    const s = db.query('SELECT x FROM (SELECT ? AS x)');
    const row = s.get(new Uint8Array([1, 2]));
    row.x[0] = 9;
    return [row.x, s.get().x, row.x.buffer.byteLength, row.x.constructor.name];
  },
  'invalid utf-8 text': () => memory().query("SELECT CAST(x'61ff62' AS TEXT) AS a").get(),
  'private members': () =>
    Object.keys(memory())
      .sort()
      .filter((k) => !k.startsWith('_') && !k.startsWith('#')),
};

await runCases(cases, process.argv[2]);
