// SPDX-License-Identifier: MIT
// DIVERGENCES.md, the typed table and the cases say the same.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './app-process.js';
import { topics } from './cases/index.js';
import { divergenceTable, documentHead, pinsOf } from './divergence-table.js';
import { divergences, type Divergence, type DivergenceId } from './divergences.js';

describe('divergences', () => {
  it('DIVERGENCES.md has exactly the rows of divergences.ts', () => {
    const text = readFileSync(join(repositoryRoot, 'DIVERGENCES.md'), 'utf8');
    expect(text).toBe(`${documentHead}\n${divergenceTable()}`);
  });

  it.each(Object.entries(divergences))(
    '%s is pinned by a case, or a test that exists',
    (id, row) => {
      const { test } = row as Divergence;
      if (test === undefined) expect(pinsOf(id as DivergenceId).length).toBeGreaterThan(0);
      else expect(existsSync(join(repositoryRoot, test))).toBe(true);
    },
  );

  it('a case has an answer of ours exactly when it names a row', () => {
    const odd = Object.values(topics)
      .flat()
      .filter(({ divergence, ours }) => (divergence === undefined) !== (ours === undefined));
    expect(odd.map(({ name }) => name)).toEqual([]);
  });

  it('names no case twice within a topic', () => {
    for (const cases of Object.values(topics)) {
      const names = cases.map(({ name }) => name);
      expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    }
  });
});
