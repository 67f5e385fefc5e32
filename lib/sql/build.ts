// SPDX-License-Identifier: MIT
//
// Templates as query texts with parameters: fragments, identifiers and the helpers of sql(...).

import { SQLArrayParameter } from './parameters.js';
import { partsOf, type QueryParts } from './query.js';

/** `sql(object, ...columns)` and `sql(list)`. */
export class SQLHelper<T = unknown> {
  readonly value: T[];
  readonly columns: (keyof T)[];

  constructor(value: T[], columns: (keyof T)[]) {
    this.value = value;
    this.columns = columns;
  }
}

export interface Dialect {
  adapter: 'postgres' | 'sqlite';
  /** Renames what goes to the database. */
  rename: ((name: string) => string) | undefined;
  /** The value that stands for undefined; without it, undefined is NULL and left out by helpers. */
  undefinedValue: { value: unknown } | undefined;
}

export interface BuiltQuery {
  text: string;
  values: unknown[];
}

/** @throws SyntaxError for helpers that do not fit where they stand. */
export function build(parts: QueryParts, dialect: Dialect): BuiltQuery {
  const builder = new Builder(dialect);
  builder.add(parts);
  return { text: builder.text, values: builder.values };
}

export function quoteIdentifier(name: string, dialect: Dialect): string {
  const renamed = dialect.rename?.(name) ?? name;
  return renamed
    .split('.')
    .map((part) => (part === '*' ? part : quoteName(part)))
    .join('.');
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

// The last of these in front of a helper says what it is for.
const KEYWORD =
  /\b(?:insert\s+into|update|set|in|where|select|from|values|on|returning|having)\b/gi;
const MISPLACED = 'Helpers are only allowed for INSERT, UPDATE and IN commands';

class Builder {
  readonly #dialect: Dialect;
  text = '';
  readonly values: unknown[] = [];

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  add(parts: QueryParts): void {
    if (parts.kind === 'identifier') this.text += quoteIdentifier(parts.name, this.#dialect);
    else if (parts.kind === 'text') this.#addText(parts.text, parts.values);
    else this.#addTemplate(parts.strings, parts.values);
  }

  #addText(text: string, values: readonly unknown[]): void {
    if (values.length > 0 && this.values.length > 0 && this.#dialect.adapter === 'postgres') {
      throw new SyntaxError(
        'Nested sql.unsafe() cannot have values when it follows other parameters: its $1 is the ' +
          'first parameter of the whole query. Use a sql`` fragment for the values',
      );
    }
    this.text += text;
    this.values.push(...values.map((value) => this.#known(value)));
  }

  #addTemplate(strings: readonly string[], values: readonly unknown[]): void {
    strings.forEach((string, i) => {
      this.text += string;
      if (i < values.length) this.#addValue(values[i]);
    });
  }

  #addValue(value: unknown): void {
    const parts = partsOf(value);
    if (parts !== undefined) this.add(parts);
    else if (value instanceof SQLHelper) this.#addHelper(value as SQLHelper<Row>);
    else if (Array.isArray(value) && value.length > 0 && value.every((one) => partsOf(one))) {
      value.forEach((one, i) => {
        if (i > 0) this.text += ' ';
        this.#addValue(one);
      });
    } else {
      this.#addParameter(value);
      this.text += ' ';
    }
  }

  #known(value: unknown): unknown {
    if (value !== undefined) return value;
    return this.#dialect.undefinedValue?.value;
  }

  #addParameter(value: unknown): void {
    const { adapter } = this.#dialect;
    if (value instanceof SQLArrayParameter) {
      if (adapter === 'sqlite') throw new Error("SQLite doesn't support arrays");
      const cast = value.arrayType === undefined ? '' : `::${value.arrayType}[]`;
      this.values.push(value.serializedValues);
      this.text += `$${this.values.length}${cast}`;
      return;
    }
    this.values.push(this.#known(value));
    this.text += adapter === 'sqlite' ? '?' : `$${this.values.length}`;
  }

  #addHelper(helper: SQLHelper<Row>): void {
    const keyword = [...withoutComments(this.text).matchAll(KEYWORD)].at(-1)?.[0].toLowerCase();
    if (keyword?.startsWith('insert')) this.#addInsert(helper);
    else if (keyword === 'update' || keyword === 'set') {
      if (keyword === 'update') this.text += ' SET ';
      this.#addUpdate(helper);
    } else if (keyword === 'in') this.#addList(helper);
    else throw new SyntaxError(MISPLACED);
  }

  /** A value of a helper: a fragment, or a parameter. */
  #addField(value: unknown): void {
    const parts = partsOf(value);
    if (parts !== undefined) this.add(parts);
    else this.#addParameter(value);
  }

  #addJoined<T>(items: readonly T[], add: (item: T) => void): void {
    items.forEach((item, i) => {
      if (i > 0) this.text += ', ';
      add(item);
    });
  }

  #addInsert({ value: rows, columns }: SQLHelper<Row>): void {
    const [first] = rows;
    const names = columns.length > 0 ? columns : Object.keys(Object(first) as object);
    if (names.length === 0) throw new SyntaxError('Cannot INSERT with no columns');
    const keepsAll = this.#dialect.undefinedValue !== undefined;
    const used = names.filter((name) => keepsAll || rows.some((row) => row[name] !== undefined));
    if (used.length === 0) {
      throw new SyntaxError('Insert needs to have at least one column with a defined value');
    }
    this.text += `(${used.map((name) => quoteIdentifier(name, this.#dialect)).join(', ')}) VALUES`;
    this.#addJoined(rows, (row) => {
      this.text += '(';
      this.#addJoined(used, (name) => this.#addField(row[name]));
      this.text += ')';
    });
    this.text += ' ';
  }

  #addUpdate({ value: rows, columns }: SQLHelper<Row>): void {
    const row = Object(rows[0]) as Row;
    if (rows.length > 1) {
      throw new SyntaxError('Cannot use array of objects for UPDATE');
    }
    const names = columns.length > 0 ? columns : Object.keys(row);
    const keepsAll = this.#dialect.undefinedValue !== undefined;
    const used = names.filter((name) => keepsAll || row[name] !== undefined);
    if (used.length === 0) throw new SyntaxError('Update needs to have at least one column');
    this.#addJoined(used, (name) => {
      this.text += `${quoteIdentifier(name, this.#dialect)} = `;
      this.#addField(row[name]);
    });
    this.text += ' ';
  }

  #addList({ value: items, columns }: SQLHelper<Row>): void {
    if (columns.length > 1) {
      throw new SyntaxError('Cannot use WHERE IN helper with multiple columns');
    }
    const [column] = columns;
    const isObject = (item: unknown): item is Row =>
      typeof item === 'object' && item !== null && Object.getPrototypeOf(item) === Object.prototype;
    this.text += '(';
    this.#addJoined(items, (item) => {
      if (column !== undefined) this.#addField(item[column]);
      else if (!isObject(item)) this.#addField(item);
      else this.#addField(Object.values(item)[0]);
    });
    // An empty list: no row is in it. SQLite has a syntax for it.
    if (items.length === 0 && this.#dialect.adapter === 'postgres') this.text += 'NULL';
    this.text += ') ';
  }
}

type Row = Record<string, unknown>;

/** Words in comments and texts are none of the statement's. */
function withoutComments(text: string): string {
  return text.replace(/--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, ' ');
}
