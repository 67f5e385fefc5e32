// SPDX-License-Identifier: MIT
// The native rings: CTest over the asan preset with doctest's own counts, and every fuzz target
// for a few seconds under the same sanitizers. BUNSERVE_PRESET, BUNSERVE_FUZZ_SECONDS and
// BUNSERVE_FUZZ_SEED change what is run.

import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureTools } from './apt-tools.mjs';
import { CureError, has, must, root, runAndRead, say } from './util.mjs';

const preset = process.env.BUNSERVE_PRESET ?? 'asan';
const jobs = process.env.BUNSERVE_JOBS ?? String(os.availableParallelism());

async function buildNative() {
  await ensureTools('native');
  if (has('ninja')) process.env.CMAKE_GENERATOR ??= 'Ninja';
  say(`cmake --preset ${preset}`);
  const { code, output } = await runAndRead('cmake', ['--preset', preset], { quiet: true });
  if (code !== 0) throw new CureError(`cmake --preset ${preset} failed:\n${output}`);
  say(`cmake --build --preset ${preset}`);
  await must('the native build', 'cmake', ['--build', '--preset', preset, '--parallel', jobs]);
}

/** Counts of one ctest -V log: doctest's summaries, and 1 for a test that died before its own. */
export function countCases(log) {
  const result = { passed: 0, failed: 0 };
  const failures = new Map();
  for (const [, id, passed, failed] of log.matchAll(
    /^(\d+): .*\[doctest\] test cases:\s+\d+ \|\s+(\d+) passed \|\s+(\d+) failed/gm,
  )) {
    result.passed += Number(passed);
    result.failed += Number(failed);
    failures.set(id, Number(failed));
  }
  for (const [, id] of log.matchAll(/^\s*\d+\/\d+ Test\s+#(\d+):.*\*\*\*/gm)) {
    if (!failures.get(id)) result.failed++;
  }
  return result;
}

export async function runNative() {
  await buildNative();
  const folder = path.join(root, 'out', preset);
  const { code, output } = await runAndRead(
    'ctest',
    ['--test-dir', folder, '-V', '--no-tests=error', '--parallel', jobs, '--schedule-random'],
    { show: /^\s*\d+\/\d+ Test\s+#\d+:/ },
  );
  const result = countCases(output);
  if (code !== 0) {
    console.log(failingOutput(output));
    if (result.failed === 0) result.failed = 1;
  }
  return result;
}

/** The lines of the tests that failed, so that a long log does not hide them. */
function failingOutput(log) {
  const ids = [...log.matchAll(/^\s*\d+\/\d+ Test\s+#(\d+):.*\*\*\*/gm)].map((match) => match[1]);
  const lines = log.split('\n').filter((line) => ids.includes(/^(\d+): /.exec(line)?.[1]));
  return (ids.length > 0 ? lines : log.split('\n')).slice(-400).join('\n');
}

async function fuzzTarget(folder, name) {
  const topic = name.replace(/_fuzz$/, '');
  const corpus = path.join('test', 'fuzz', 'corpus', topic);
  const seconds = process.env.BUNSERVE_FUZZ_SECONDS ?? '10';
  const seed = process.env.BUNSERVE_FUZZ_SEED ?? '1';
  const args = [path.join(folder, name), corpus, seconds, seed];
  const dictionary = path.join('test', 'fuzz', 'dict', `${topic}.dict`);
  if (existsSync(path.join(root, dictionary))) args.push(`--dict=${dictionary}`);
  // See scripts/cmake/Targets.cmake about setarch.
  const command = has('setarch') ? ['setarch', os.machine(), '-R', ...args] : args;
  const { code, output } = await runAndRead(command[0], command.slice(1), { quiet: true });
  if (code === 0) {
    say(`  ok      ${output.trim().split('\n').at(-1)}`);
    return true;
  }
  say(`  FAILED  ${name} (exit code ${code})`);
  console.log(output.split('\n').slice(0, 80).join('\n'));
  return false;
}

export async function runFuzz() {
  await buildNative();
  const folder = path.join(root, 'out', preset, 'test', 'fuzz');
  const names = readdirSync(folder).filter((name) => name.endsWith('_fuzz'));
  if (names.length === 0) throw new CureError('no fuzz targets were built');
  const result = { passed: 0, failed: 0 };
  const worker = async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      if (await fuzzTarget(folder, name)) result.passed++;
      else result.failed++;
    }
  };
  await Promise.all(Array.from({ length: Math.min(names.length, Number(jobs)) }, worker));
  return result;
}
