// SPDX-License-Identifier: MIT
// The code blocks of Bun's documentation of its server, which are the programs of examples/docs.
//   node scripts/docs-blocks.mjs DOCS.md           says where the two differ
//   node scripts/docs-blocks.mjs DOCS.md --write   takes them over
// The list of what becomes of each is test/docs/cases.ts.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cli, CureError, root, say } from './util.mjs';

const folder = path.join(root, 'examples', 'docs');
const ENDINGS = { ts: 'ts', 'ts-diff': 'diff.ts', sh: 'sh', bash: 'sh' };

/** All blocks of a text, with the headings they are under. */
export function blocksOf(text) {
  const blocks = [];
  const headings = [];
  let block;
  for (const line of text.split('\n')) {
    if (block !== undefined) {
      if (line.startsWith('```')) block = undefined;
      else block.code += `${line}\n`;
      continue;
    }
    const heading = /^(#{2,}) (.*)/.exec(line);
    if (heading) {
      headings.length = heading[1].length - 2;
      headings.push(heading[2]);
    }
    const start = /^(?:<!-- )?```([a-z-]+)/.exec(line);
    if (start) {
      block = { language: start[1], section: headings.filter(Boolean).at(-1) ?? '', code: '' };
      blocks.push(block);
    }
  }
  return blocks;
}

function nameOf(block, index) {
  const number = String(index + 1).padStart(2, '0');
  const words = block.section.toLowerCase().replace(/[^a-z]+/g, '-');
  return `${number}-${words.replace(/^-|-$/g, '').slice(0, 40)}.${ENDINGS[block.language]}`;
}

await cli(async ([file, flag]) => {
  if (file === undefined || !existsSync(file)) throw new CureError('name the documentation file');
  const blocks = blocksOf(readFileSync(file, 'utf8'));
  const wanted = new Map(blocks.map((block, index) => [nameOf(block, index), block.code]));
  if (flag === '--write') {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [name, code] of wanted) writeFileSync(path.join(folder, name), code);
    say(`${wanted.size} blocks written`);
    return 0;
  }
  const found = new Map(
    readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
  const names = new Set([...wanted.keys(), ...found.keys()]);
  const different = [...names].filter((name) => wanted.get(name) !== found.get(name));
  for (const name of different) console.log(`differs: ${name}`);
  say(`${wanted.size} blocks, ${different.length} differ`);
  return different.length === 0 ? 0 : 1;
});
