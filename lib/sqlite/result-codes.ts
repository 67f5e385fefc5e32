// SPDX-License-Identifier: MIT
//
// SQLite's result codes: one engine under Node reports numbers, the other one names, and programs
// look at both.

const PRIMARY = [
  ...['OK', 'ERROR', 'INTERNAL', 'PERM', 'ABORT', 'BUSY', 'LOCKED', 'NOMEM', 'READONLY'],
  ...['INTERRUPT', 'IOERR', 'CORRUPT', 'NOTFOUND', 'FULL', 'CANTOPEN', 'PROTOCOL', 'EMPTY'],
  ...['SCHEMA', 'TOOBIG', 'CONSTRAINT', 'MISMATCH', 'MISUSE', 'NOLFS', 'AUTH', 'FORMAT', 'RANGE'],
  ...['NOTADB', 'NOTICE', 'WARNING'],
];

// The second byte of an extended code counts from 1 in the order of these names.
const EXTENDED: Readonly<Record<string, string>> = {
  ERROR: 'MISSING_COLLSEQ RETRY SNAPSHOT RESERVESIZE KEY UNABLE',
  IOERR:
    'READ SHORT_READ WRITE FSYNC DIR_FSYNC TRUNCATE FSTAT UNLOCK RDLOCK DELETE BLOCKED NOMEM ACCESS ' +
    'CHECKRESERVEDLOCK LOCK CLOSE DIR_CLOSE SHMOPEN SHMSIZE SHMLOCK SHMMAP SEEK DELETE_NOENT MMAP ' +
    'GETTEMPPATH CONVPATH VNODE AUTH BEGIN_ATOMIC COMMIT_ATOMIC ROLLBACK_ATOMIC DATA CORRUPTFS ' +
    'IN_PAGE BADKEY CODEC',
  LOCKED: 'SHAREDCACHE VTAB',
  BUSY: 'RECOVERY SNAPSHOT TIMEOUT',
  CANTOPEN: 'NOTEMPDIR ISDIR FULLPATH CONVPATH DIRTYWAL SYMLINK',
  CORRUPT: 'VTAB SEQUENCE INDEX',
  READONLY: 'RECOVERY CANTLOCK ROLLBACK DBMOVED CANTINIT DIRECTORY',
  ABORT: '- ROLLBACK',
  CONSTRAINT:
    'CHECK COMMITHOOK FOREIGNKEY FUNCTION NOTNULL PRIMARYKEY TRIGGER UNIQUE VTAB ROWID PINNED DATATYPE',
  NOTICE: 'RECOVER_WAL RECOVER_ROLLBACK RBU',
  WARNING: 'AUTOINDEX',
  AUTH: 'USER',
};

const names = new Map<number, string>();
const numbers = new Map<string, number>();

function add(name: string, code: number): void {
  names.set(code, name);
  numbers.set(name, code);
}

PRIMARY.forEach((name, code) => {
  add(`SQLITE_${name}`, code);
  EXTENDED[name]?.split(' ').forEach((detail, i) => {
    if (detail !== '-') add(`SQLITE_${name}_${detail}`, code + ((i + 1) << 8));
  });
});
add('SQLITE_ROW', 100);
add('SQLITE_DONE', 101);

/** `SQLITE_CONSTRAINT_UNIQUE` for 2067; an unknown extension has its primary code's name. */
export function nameOfCode(code: number): string {
  return names.get(code) ?? names.get(code & 0xff) ?? `SQLITE_UNKNOWN_${code}`;
}

/** 2067 for `SQLITE_CONSTRAINT_UNIQUE`; 1, SQLITE_ERROR, for a name that SQLite does not have. */
export function codeOfName(name: string): number {
  return numbers.get(name) ?? 1;
}
