// SPDX-License-Identifier: MIT
//
// `npm run soak -- NAME`: one soak of this folder, or all of them. Each prints what it did and what
// the server's memory did meanwhile; the exit status is 1 when a limit was exceeded.
import { readdirSync } from 'node:fs';
import { linkBunserve } from '../lib/prepare.mjs';

const [wanted] = process.argv.slice(2);
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.soak.mjs'))
  .map((file) => file.slice(0, -'.soak.mjs'.length));

if (wanted !== undefined && !names.includes(wanted)) {
  console.error(`no soak "${wanted}"; there are: ${names.join(', ')}`);
  process.exit(2);
}

linkBunserve();
let failed = false;
for (const name of wanted === undefined ? names : [wanted]) {
  console.log(`soak ${name}`);
  const { run } = await import(`./${name}.soak.mjs`);
  if (!(await run())) failed = true;
}
process.exit(failed ? 1 : 0);
