// SPDX-License-Identifier: MIT
// Cases of `bun:sqlite`: transactions, iteration, files and what comes with them.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database, constants } from 'bun:sqlite';
import { attempt, inFolder, memory, table, values } from './sqlite-support.mjs';

export const cases = {
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
