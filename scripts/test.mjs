// SPDX-License-Identifier: MIT
// `npm test`: builds, then runs the rings checks, native, fuzz, js (each can be named alone) and
// ends with one line, "N passed, N failed", that counts real tests: checks, doctest cases, fuzz
// targets and Jest tests. A ring that cannot start counts as one failure, so that nothing passes
// by being absent.

import { cli, CureError, has, must, say } from './util.mjs';
import { runChecks } from './test-checks.mjs';
import { runFuzz, runNative } from './test-native.mjs';
import { runJest } from './test-jest.mjs';

const rings = { checks: runChecks, native: runNative, fuzz: runFuzz, js: runJest };

async function build(names) {
  if (!names.includes('js') && !names.includes('checks')) return;
  say('build: addon and TypeScript');
  await must('the build', process.execPath, ['scripts/build.mjs', 'native', 'ts', 'test']);
}

await cli(async (arguments_) => {
  const names = arguments_.length > 0 ? arguments_ : Object.keys(rings);
  for (const name of names) {
    if (!(name in rings)) throw new CureError(`rings: ${Object.keys(rings).join(' ')}`);
  }
  const total = { passed: 0, failed: 0 };
  const rows = [];
  const record = (name, result) => {
    rows.push(`${name}: ${result.passed} passed, ${result.failed} failed`);
    total.passed += result.passed;
    total.failed += result.failed;
  };
  if (has('ninja')) process.env.CMAKE_GENERATOR ??= 'Ninja';
  try {
    await build(names);
  } catch (error) {
    console.error(`error: ${error.message}`);
    record('build', { passed: 0, failed: 1 });
  }
  for (const name of names) {
    say(`ring ${name}`);
    try {
      record(name, await rings[name]());
    } catch (error) {
      console.error(error instanceof CureError ? `error: ${error.message}` : error);
      record(name, { passed: 0, failed: 1 });
    }
  }
  console.log('');
  for (const row of rows) say(row);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
});
