// SPDX-License-Identifier: MIT
// `npm run format`: clang-format over our C++ and prettier over the rest. --check-cpp changes
// nothing and fails when a C++ file is not formatted; prettier has its own check.

import { execFileSync } from 'node:child_process';
import { ensureTools } from './apt-tools.mjs';
import { cli, must, root, runAndRead } from './util.mjs';

/** C++ files that git knows of or would add: never build output. */
function cppFiles() {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.cpp', '*.h'];
  return execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
}

await cli(async ([mode]) => {
  await ensureTools('checks');
  if (mode === '--check-cpp') {
    const args = ['--dry-run', '-Werror', ...cppFiles()];
    const { code, output } = await runAndRead('clang-format', args, { quiet: true });
    const files = new Set(
      [...output.matchAll(/^(\S+?):\d+:\d+: error/gm)].map((match) => match[1]),
    );
    for (const file of files) console.log(`not formatted: ${file}  (npm run format)`);
    return code;
  }
  await must('clang-format', 'clang-format', ['-i', ...cppFiles()]);
  await must('prettier', process.execPath, [
    'node_modules/prettier/bin/prettier.cjs',
    '--write',
    '--log-level=warn',
    '.',
  ]);
  return 0;
});
