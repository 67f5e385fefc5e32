// SPDX-License-Identifier: MIT
// The ring of TypeScript tests: Jest over the compiled files of build/test. Counts come from
// Jest's own report; a file that does not load, and a skipped test, are failures here.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureTools } from './apt-tools.mjs';
import { ensureNode, versions } from './node-versions.mjs';
import { ensurePeers } from './test-peers.mjs';
import { CureError, root, run } from './util.mjs';

export async function runJest() {
  await ensureTools('js');
  await ensurePeers();
  for (const major of Object.keys(versions)) await ensureNode(major);
  const report = path.join(root, 'out', 'jest.json');
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const args = [jest, '--config', 'jest.config.js', '--json', `--outputFile=${report}`];
  // With --json Jest writes the report to stdout too; progress goes to stderr.
  await run(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  let counts;
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    throw new CureError('Jest wrote no report; see the lines above.');
  }
  const skipped = counts.numPendingTests + counts.numTodoTests;
  if (skipped > 0) console.log(`${skipped} skipped tests: a test runs or is deleted`);
  return {
    passed: counts.numPassedTests,
    failed: counts.numFailedTests + counts.numRuntimeErrorTestSuites + skipped,
  };
}
