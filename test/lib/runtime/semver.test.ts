// SPDX-License-Identifier: MIT
// Bun.semver beside Bun's own, over versions and ranges of every form.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bunFile } from '../../helpers/bun-file.js';
import { root } from '../process/program.js';

const VERSIONS = [
  '0.0.0',
  '0.0.3',
  '0.1.2',
  '1.0.0',
  '1.2.3',
  '1.2.14',
  '1.4.5',
  '2.0.0',
  '10.20.30',
];
const PRERELEASES = [
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-beta',
  '1.0.0-rc.2',
  '1.2.3-rc.1+build',
];
const RANGES = [
  ...['>=1.2.14', '^1.2.3', '^0.1.2', '^0.0.3', '~1.2.3', '~1.2', '1.x', '1.2.x', '*', ''],
  ...['>1.2.3', '<1.2.3', '<=1.2.3', '=1.2.3', '1.2.3', '>1', '<2', '>=1 <2', '1.2.3 - 2.0.0'],
  ...['^1.0.0 || ~0.1.0', '>=1.0.0-alpha', '^1.0.0-beta', '>= 1.2.3'],
];

const program = `
  const versions = ${JSON.stringify([...VERSIONS, ...PRERELEASES])};
  const ranges = ${JSON.stringify(RANGES)};
  const held = ranges.map((range) => [range, versions.filter((v) => Bun.semver.satisfies(v, range))]);
  console.log(JSON.stringify({ held, sorted: [...versions].sort(Bun.semver.order) }));
`;

function results(command: string, args: readonly string[]): unknown {
  const { stdout, stderr } = spawnSync(command, [...args, '-e', program], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

test('versions lie in the same ranges, and in the same order', () => {
  const register = join(root, 'dist', 'register.js');
  const ours = results(process.execPath, ['--import', register]);
  expect(ours).toEqual(results(bunFile(), []));
});
