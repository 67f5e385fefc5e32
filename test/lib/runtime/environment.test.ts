// SPDX-License-Identifier: MIT
// .env files under the command, beside Bun: the same files, the same variables.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bunFile } from '../../helpers/bun-file.js';
import { withFolder } from '../../helpers/folder.js';
import { root } from '../process/program.js';
import { nodeFile, NODES } from './compared.js';

const run = promisify(execFile);
const CLI = join(root, 'dist', 'cli.js');
const PROGRAM = join(root, 'test', 'fixtures', 'runtime', 'environment', 'main.mjs');

/** What the program sees, by name. */
async function seen(
  command: string[],
  folder: string,
  env: Record<string, string>,
): Promise<Record<string, unknown>> {
  const [file, ...args] = [...command, PROGRAM] as unknown as [string, ...string[]];
  const own = Object.entries(process.env).filter(([name]) => !/_ENV$|^NODE_OPTIONS$/.test(name));
  const { stdout } = await run(file, args, {
    cwd: folder,
    env: { ...Object.fromEntries(own), ...env },
  });
  const lines = stdout.trim().split('\n');
  return Object.fromEntries(lines.map((line) => JSON.parse(line) as [string, unknown]));
}

async function compare(
  files: Record<string, string>,
  env: Record<string, string> = {},
  options: string[] = [],
  major = 24,
): Promise<Record<string, unknown>> {
  return withFolder(files, async (folder) => {
    const [bun, ours] = await Promise.all([
      seen([bunFile(), ...options], folder, env),
      seen([await nodeFile(major), CLI, ...options], folder, env),
    ]);
    expect(ours).toEqual(bun);
    return ours;
  });
}

const SYNTAX = [
  '# comment',
  'T_A=plain',
  'T_B="double # not comment\\nnewline\\r\\t\\"q\\" \\\\n"',
  "T_C='single $T_A \\n'",
  'T_D=`back $T_A "x"`',
  'T_E=un quoted # comment',
  'T_F=x#y',
  'export T_G=exported',
  'export\tT_G2=tab',
  'EXPORT T_G3=no',
  'T_H=$T_A-${T_A}-\\$T_A',
  'T_I=${T_NOPE:-default}',
  'T_I2=${T_NOPE-nd}',
  'T_I3=${T_NOPE:-a ${T_A} b}',
  'T_J="multi\nline"',
  'T_K = spaced  ',
  'T_L=',
  'T_M',
  'T_N: colon',
  'T_O="$T_A"',
  'T_P=${T_NOPE}x$T_NOPE',
  "T_Q='it''s'",
  'T_R="a"b',
  'T_S=\\nfoo',
  'T_U=$T_SET ${T_SET:-zz}',
  'T_SET=file',
  'T_V=a$',
  'T_V2=$1x$$ ${}',
  'T_W=${T_A',
  'T_Y="${T_Z}"',
  'T_Z=later',
  'T_AA=1',
  'T_AA=2',
  'T_AB=$T_AB',
  'T_AC=https://user:p@ss#word@host/x?a=b&c=d',
  'T.dot=dot',
  'T-dash=dash',
  '  T_AD=indented',
  'T_AE="a" # c',
  'T_AF==y',
  'T_AG=\\"x\\"',
  'T_AH=a"b"c',
  'T_AI=é✓',
  '=x',
  'T_AJ="unclosed',
  'T_AK=crlf\r',
  'T_AL="x${T_AM}y"',
  'T_AM=$T_AL',
  'T_AN=last, without an end',
].join('\n');

test('what a file can say', async () => {
  expect(Object.keys(await compare({ '.env': SYNTAX }, { T_SET: 'outer' })).length).toBe(43);
});

describe('which files', () => {
  const names = ['', '.local'].flatMap((end) =>
    ['', '.development', '.production', '.test'].map((mode) => `.env${mode}${end}`),
  );
  const files = Object.fromEntries(
    names.map((name) => [name, `T_WHO=${name}\nT_${name.replaceAll('.', '')}=1\nT_REF=$T_WHO\n`]),
  );

  test.each(['', 'production', 'test', 'development', 'staging'])(
    'NODE_ENV=%s',
    async (NODE_ENV) => {
      await compare(files, { NODE_ENV });
    },
  );

  test('BUN_ENV goes before NODE_ENV; a file may set it, too late', async () => {
    await compare(files, { BUN_ENV: 'test', NODE_ENV: 'production' });
    await compare({ '.env': 'NODE_ENV=production', '.env.production': 'T_A=1' });
  });

  test('--env-file, --no-env-file', async () => {
    const given = { ...files, 'a.env': 'T_WHO=a\nT_A=1', 'b.env': 'T_WHO=b\nT_B=$T_A' };
    await compare(given, {}, ['--env-file=a.env']);
    await compare(given, {}, ['--env-file', 'a.env', '--env-file', 'b.env']);
    await compare(given, { T_WHO: 'outer' }, ['--env-file=a.env', '--env-file=b.env']);
    await compare(given, {}, ['--no-env-file']);
    // Node takes the option as well, wherever it stands.
    await compare(given, {}, ['--env-file=a.env', '--env-file=b.env'], NODES[0]);
  });
});
