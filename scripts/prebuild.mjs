// SPDX-License-Identifier: MIT
// `npm run prebuild`: the binary that the published package carries, in prebuilds/PLATFORM-ARCH/.
// One Node-API binary serves every Node version; the libc is part of its name.

import { createRequire } from 'node:module';
import os from 'node:os';
import { cli, must, nodeHeaders, run, say } from './util.mjs';

await cli(async () => {
  await must('the libraries', process.execPath, ['scripts/build.mjs', 'deps']);
  const prebuildify = createRequire(import.meta.url).resolve('prebuildify/bin.js');
  // node-gyp runs make through it: one job per core.
  const env = { ...process.env, JOBS: String(os.availableParallelism()) };
  const headers = nodeHeaders();
  if (headers) env.npm_config_nodedir = headers;
  await must('prebuildify', process.execPath, [prebuildify, '--napi', '--strip', '--tag-libc'], {
    env,
  });
  // prebuildify cleans build/, where the tests and their library are compiled to.
  await must('the library', process.execPath, ['scripts/build.mjs', 'ts', 'test']);
  say('prebuilds/:');
  return run('find', ['prebuilds', '-type', 'f', '-size', '+0']);
});
