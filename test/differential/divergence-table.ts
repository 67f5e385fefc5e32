// SPDX-License-Identifier: MIT
// DIVERGENCES.md as text: the rows of divergences.ts, each with the case files that pin it.
import { divergences, type Divergence, type DivergenceId } from './divergences.js';
import { topics } from './cases/index.js';

export const documentHead = `# Where bunserve differs from Bun

bunserve answers as Bun 1.4.5 does, byte for byte where it can. It differs on purpose where Bun is
unsafe, breaks an RFC, or leaves a trap. Each row is pinned by cases of the differential suite
(\`test/differential/cases\`), which send the same bytes to both: they fail when ours changes, and
also when Bun does. What takes time is pinned by another test. The table is made from
\`test/differential/divergences.ts\` (\`node build/test/differential/run.js --divergences\`); a test
compares the two.
`;

/** The case files that have a case for this row, as `framing.ts`. */
export function pinsOf(id: DivergenceId): string[] {
  return Object.entries(topics)
    .filter(([, cases]) => cases.some(({ divergence }) => divergence === id))
    .map(([topic]) => `${topic}.ts`);
}

export function divergenceTable(): string {
  const rows = Object.entries(divergences).map(([id, row]) => {
    const { bun, ours, reason, test } = row as Divergence;
    const files = pinsOf(id as DivergenceId);
    const pins = [...files, ...(test === undefined ? [] : [test])].map((file) => `\`${file}\``);
    return `| \`${id}\` | ${bun} | ${ours} | ${reason} | ${pins.join(', ')} |`;
  });
  return [
    '<!-- prettier-ignore -->',
    '| row | Bun 1.4.5 | bunserve | why | pinned by |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
