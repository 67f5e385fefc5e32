// SPDX-License-Identifier: MIT
// The ring of checks that read the tree instead of running it: layers, origin, sizes, exported
// symbols, lint and formatting. Each is one test. A failing check prints what it found.

import { ensureTools } from './apt-tools.mjs';
import { python, runAndRead, say } from './util.mjs';

export async function runChecks() {
  await ensureTools('checks');
  const node = process.execPath;
  const checks = [
    ['layers', python(), ['.ci/check-layers.py']],
    ['origin', 'bash', ['.ci/check-origin.sh']],
    ['sizes', python(), ['.ci/check-sizes.py']],
    ['symbols', 'bash', ['.ci/check-symbols.sh']],
    ['source lists of gyp and CMake agree', python(), ['.ci/check-layers.py', '--sources']],
    ['build recipes', python(), ['test/build/recipes_test.py']],
    ['eslint', node, ['node_modules/eslint/bin/eslint.js', '.']],
    ['prettier', node, ['node_modules/prettier/bin/prettier.cjs', '--check', '.']],
    ['clang-format', node, ['scripts/format.mjs', '--check-cpp']],
  ];
  const result = { passed: 0, failed: 0 };
  for (const [name, command, args] of checks) {
    const { code, output } = await runAndRead(command, args, { quiet: true });
    if (code === 0) {
      result.passed++;
      const note = output.trim().split('\n').at(-1) ?? '';
      say(`  ok      ${name}${note.length < 90 ? `  ${note}` : ''}`);
    } else {
      result.failed++;
      say(`  FAILED  ${name}`);
      console.log(output.trimEnd().split('\n').slice(-60).join('\n'));
    }
  }
  return result;
}
