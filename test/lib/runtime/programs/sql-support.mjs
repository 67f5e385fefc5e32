// SPDX-License-Identifier: MIT
// What the cases of `sql` share; makes their tables in the database of $DATABASE_URL.
import { sql } from 'bun';

// $DATABASE_URL, whose database is empty.

export const url = process.env.DATABASE_URL;
export const later = (use) =>
  Promise.resolve()
    .then(use)
    .catch((error) => error);
export const attempt = (use) => {
  try {
    return use();
  } catch (error) {
    return error;
  }
};
/** Rows with what comes beside them. */
export const whole = (result) => [
  result,
  result.count,
  result.command,
  result.affectedRows,
  result.lastInsertRowid,
];
export const one = async (query) => Object.values((await query)[0])[0];

await sql`DROP TABLE IF EXISTS users, docs`.simple();
await sql`CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL UNIQUE, age int, email text DEFAULT 'none', active boolean)`;
await sql`CREATE TABLE docs (id int, data jsonb, plain json, tags text[], numbers int[], day date, at timestamp, atz timestamptz, bytes bytea, big int8, price numeric, real4 float4, real8 float8, small int2, id2 uuid)`;
await sql`INSERT INTO users (name, age, active) VALUES ('Alice', 30, true), ('Bob', 25, false), ('Carol', NULL, NULL)`;

export const stored = async (column, value) => {
  await sql`DELETE FROM docs`;
  const result = await later(
    () =>
      sql`INSERT INTO docs (${sql(column)}) VALUES (${value}) RETURNING ${sql(column)} AS v, ${sql(column)}::text AS t`,
  );
  return result instanceof Error ? result : result[0];
};
