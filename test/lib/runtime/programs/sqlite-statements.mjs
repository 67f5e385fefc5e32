// SPDX-License-Identifier: MIT
// Cases of `bun:sqlite`: databases, statements, values and errors.
import sqlite, { Database, SQLiteError, Statement, constants } from 'bun:sqlite';
import { attempt, memory, table, types, values } from './sqlite-support.mjs';

export const cases = {
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
};
