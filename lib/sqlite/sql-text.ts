// SPDX-License-Identifier: MIT
//
// What SQLite itself knows about a text but Node's engines do not tell: where its statements end and
// which parameters they have. A tokenizer, no parser: comments, strings, quoted names, parameters and
// words are all it takes (https://www.sqlite.org/lang.html, "Lexical structure").

/** One statement of a text. */
export interface SqlStatement {
  /** The statement's own text, without what follows its semicolon. */
  text: string;
  /** Where it starts in the whole text. */
  start: number;
  /** Its words in upper case, outside of parentheses; names and strings are left out. */
  words: string[];
  /** Name of each parameter as SQLite numbers them, prefix included; null for a plain `?`. */
  parameters: (string | null)[];
}

// Sticky: one token from a place in the text on. A `$` parameter may end like a Tcl variable.
const TOKEN = new RegExp(
  [
    '(?<blank>\\s+|--[^\\n]*|/\\*[^]*?(?:\\*/|$))',
    '(?<quoted>\'(?:[^\']|\'\')*\'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\\[[^\\]]*\\]?)',
    '(?<parameter>\\?\\d*|[:@][\\w$\\u0080-\\uffff]+|\\$[\\w$\\u0080-\\uffff]+(?:::[\\w$\\u0080-\\uffff]+)*(?:\\([^)\\s]*\\))?)',
    '(?<word>[A-Za-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*)',
    '(?<number>\\d[\\w.]*)',
    '(?<other>[^])',
  ].join('|'),
  'y',
);

/** How far the end of a trigger, `; END`, has been seen; null outside of CREATE TRIGGER. */
type TriggerState = null | 'body' | 'semicolon' | 'end';

class Scanner {
  readonly #sql: string;
  #at = 0;

  constructor(sql: string) {
    this.#sql = sql;
  }

  /** The next statement that is not empty. */
  next(): SqlStatement | undefined {
    let start = -1;
    let depth = 0;
    let trigger: TriggerState = null;
    const words: string[] = [];
    const parameters: (string | null)[] = [];
    while (this.#at < this.#sql.length) {
      TOKEN.lastIndex = this.#at;
      const { 0: text, groups } = TOKEN.exec(this.#sql) as RegExpExecArray;
      const begin = this.#at;
      this.#at = TOKEN.lastIndex;
      if (groups?.blank !== undefined) continue;
      if (text === ';' && start < 0) continue;
      if (start < 0) start = begin;
      if (text === ';' && (trigger === null || trigger === 'end')) break;
      if (groups?.word !== undefined) {
        const word = text.toUpperCase();
        if (depth === 0) words.push(word);
        if (trigger === null && words.length <= 3 && isTrigger(words)) trigger = 'body';
        else if (trigger !== null) {
          trigger = trigger === 'semicolon' && word === 'END' ? 'end' : 'body';
        }
        continue;
      }
      if (trigger !== null) trigger = text === ';' ? 'semicolon' : 'body';
      if (text === '(') depth++;
      else if (text === ')') depth--;
      else if (groups?.parameter !== undefined) number(text, parameters);
    }
    if (start < 0) return undefined;
    return { text: this.#sql.slice(start, this.#at), start, words, parameters };
  }
}

function isTrigger(words: readonly string[]): boolean {
  return words[0] === 'CREATE' && words.at(-1) === 'TRIGGER';
}

/**
 * Gives a parameter its number, from 0, as SQLite does (https://www.sqlite.org/c3ref/bind_blob.html):
 * a plain ? counts on from the largest number so far.
 */
function number(text: string, parameters: (string | null)[]): number {
  if (text === '?') return parameters.push(null) - 1;
  if (text.startsWith('?')) {
    const position = Number(text.slice(1));
    // SQLite's own limit; its error says so.
    if (position < 1 || position > 32766) return -1;
    while (parameters.length < position) parameters.push(null);
    // The first name stays: ?1 may be another one's number.
    parameters[position - 1] ??= text;
    return position - 1;
  }
  const known = parameters.indexOf(text);
  return known >= 0 ? known : parameters.push(text) - 1;
}

/** The text of a statement with its parameters replaced; `render` gets their numbers from 0. */
export function withParameters(text: string, render: (position: number) => string): string {
  const parameters: (string | null)[] = [];
  let result = '';
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const { 0: token, groups } = TOKEN.exec(text) as RegExpExecArray;
    result += groups?.parameter === undefined ? token : render(number(token, parameters));
  }
  return result;
}

/** The first statement of a text; undefined when it has none. */
export function firstStatement(sql: string): SqlStatement | undefined {
  return new Scanner(sql).next();
}

/** All statements of a text, without empty ones. */
export function* statementsOf(sql: string): Generator<SqlStatement> {
  const scanner = new Scanner(sql);
  for (let one = scanner.next(); one !== undefined; one = scanner.next()) yield one;
}

const WRITES = new Set(['INSERT', 'REPLACE', 'UPDATE', 'DELETE']);
const READS = new Set(['SELECT', 'VALUES', 'EXPLAIN']);
const TRANSACTIONS = new Set(['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE']);
const WRITING_PRAGMAS = new Set([
  ...['USER_VERSION', 'APPLICATION_ID', 'JOURNAL_MODE', 'AUTO_VACUUM', 'SCHEMA_VERSION'],
  ...['INCREMENTAL_VACUUM', 'WAL_CHECKPOINT', 'OPTIMIZE'],
]);

/** The word that says what the statement does: behind a WITH clause, SELECT or one that writes. */
export function verbOf({ words }: SqlStatement): string {
  const first = words[0] ?? '';
  if (first !== 'WITH') return first;
  return words.find((word) => WRITES.has(word) || READS.has(word)) ?? first;
}

/** Whether `changes()` speaks of the statement. */
export function isWrite(statement: SqlStatement): boolean {
  return WRITES.has(verbOf(statement));
}

/** What sqlite3_stmt_readonly() would say. */
export function isReadOnly(statement: SqlStatement): boolean {
  const verb = verbOf(statement);
  if (READS.has(verb) || TRANSACTIONS.has(verb) || verb === 'DETACH') return true;
  if (verb !== 'PRAGMA') return false;
  const isSetting = /=|\(/.test(statement.text);
  return !(isSetting && statement.words.some((word) => WRITING_PRAGMAS.has(word)));
}
