// SPDX-License-Identifier: MIT
// The table of hostile input in test/README.md names tests that are there, and leaves no item out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/process/program.js';

const read = (file: string): string => readFileSync(join(root, 'test', file), 'utf8');

const rows = read('README.md')
  .split('\n')
  .map((line) => /^\| (\d+)(?:-(\d+))? \|.*\| (.*) \|$/.exec(line))
  .filter((row) => row !== null);

test('every item of the checklist has a row', () => {
  const items = rows.flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i),
  );
  expect(items).toEqual(Array.from({ length: 90 }, (_, i) => i + 1));
});

test.each(rows.map((row) => [row[0].slice(2, 60), row[3]!]))('%s', (_row, tests) => {
  const named = [...tests.matchAll(/`([^`]+)` "([^"]+)"/g)];
  expect(named.length).toBeGreaterThan(0);
  const missing = named.filter(([, file, title]) => !read(file!).includes(title!));
  expect(missing.map(([name]) => name)).toEqual([]);
});

test('items 1 to 46 are inputs of the server test', () => {
  const ids = [...read('native/support/hostile_cases.h').matchAll(/"(\d+)(?:-(\d+))?[a-z]?"/g)];
  const found = new Set(ids.flatMap(([, ...numbers]) => numbers.filter(Boolean).map(Number)));
  for (let item = 1; item <= 46; item++) expect(found).toContain(item);
});
