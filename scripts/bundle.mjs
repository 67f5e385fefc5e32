// SPDX-License-Identifier: MIT
// Puts the compiled library together in dist/: a few files instead of fifty, because each module
// costs a starting process about a millisecond. Runs after tsc, which left the modules in build/lib
// and the declarations in dist/.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { root, say } from './util.mjs';

/** File in dist/ -> module of lib/. Files that are found by URL at run time are entries too. */
const entries = {
  index: 'index.js',
  register: 'register.js',
  router: 'router/index.js',
  pubsub: 'pubsub/index.js',
  cli: 'cli.js',
  'bun-module': 'runtime/bun-module.js',
  'bun-late': 'bun-late.js',
  'html-bundle': 'html/bundle-module.js',
  'html-worker': 'html/build-worker.js',
  sql: 'sql.js',
  'sqlite-module': 'runtime/sqlite-module.js',
  'late/child': 'runtime/child.js',
  'late/env-file': 'runtime/env-file.js',
  'late/hot': 'runtime/hot.js',
  'late/cookies': 'late/cookies.js',
  'late/files': 'late/files.js',
  'late/html': 'late/html.js',
  'late/tls': 'late/tls.js',
  'late/websocket': 'late/websocket.js',
};

/** The same for what also runs in a thread of its own (Node 20), which must not load the library. */
const threadEntries = {
  hooks: 'runtime/hooks.js',
  'late/modules': 'runtime/modules/index.js',
};

/** Modules that a starting server does not load, by the file they go to; see lib/late.ts. */
const late = {
  'error-page': /[\\/]lib[\\/]error-page[\\/]/,
  'cookies-core': /[\\/]lib[\\/]cookies[\\/]/,
  'files-core':
    /[\\/]lib[\\/]file[\\/](?:copy-file|file-sink|output|pieces|read-file|write|write-options)\.js/,
  'tls-core': /[\\/]lib[\\/](?:server[\\/]tls-(?:options|values)|request[\\/]tls-info)\.js/,
  'websocket-core': /[\\/]lib[\\/](?:websocket[\\/]|server[\\/]upgrade\.js|pubsub[\\/]relay\.js)/,
  'html-command': /[\\/]lib[\\/]html[\\/](?:build-command|prebuilt)\.js/,
  'html-build': /[\\/]lib[\\/]html[\\/](?:build|vite)\.js/,
  'html-core': /[\\/]lib[\\/]html[\\/](?!bundle-module|build-(?:worker|command)|module-source)/,
  'pubsub-core': /[\\/]lib[\\/]pubsub[\\/]/,
  'command-core':
    /[\\/]lib[\\/]runtime[\\/](?:command-line|direct-entry|environment|load-failure|module-tracker|program-servers|run|shutdown)\.js/,
  workers: /[\\/]lib[\\/]runtime[\\/]workers[\\/]/,
  'bun-members': /[\\/]lib[\\/]bun[\\/]/,
  'file-watcher': /[\\/]lib[\\/]runtime[\\/]file-watcher\.js/,
  'sql-core': /[\\/]lib[\\/]sql[\\/]/,
  sqlite: /[\\/]lib[\\/]sqlite[\\/]/,
  peer: /[\\/]lib[\\/]peer\.js/,
};

const external = ['node-gyp-build', /^@oxc-/, 'oxc-transform', 'smol-toml'];
const modules = path.join(root, 'build', 'lib');

function inputOf(names) {
  const files = Object.entries(names).map(([name, file]) => [name, path.join(modules, file)]);
  return Object.fromEntries(files.filter(([, file]) => existsSync(file)));
}

async function write(rolldown, input, chunkFileNames, groups) {
  // What cutting at `groups` asks for, said aloud: the bundler warns of what it only assumes.
  const signatures = groups.length > 0 ? { preserveEntrySignatures: 'allow-extension' } : {};
  const build = await rolldown({ input, platform: 'node', external, ...signatures });
  const { output } = await build.write({
    dir: path.join(root, 'dist'),
    format: 'esm',
    sourcemap: true,
    comments: false,
    // Node prints the line that an error comes from: lines stay. Names of functions and classes do, too;
    // the rest, those of #private methods with it, only costs parsing time at start.
    minify: { compress: false, mangle: { keepNames: true }, codegen: { removeWhitespace: false } },
    entryFileNames: '[name].js',
    chunkFileNames,
    ...(groups.length > 0 && {
      codeSplitting: { includeDependenciesRecursively: false, groups },
    }),
  });
  await build.close();
  return output.filter((file) => file.type === 'chunk').length;
}

export async function bundle() {
  // Loaded here: the native step must not need it.
  const { rolldown } = await import('rolldown');
  const input = inputOf(entries);
  const isCore = (id) =>
    !Object.values(input).includes(id) && !Object.values(late).some((test) => test.test(id));
  // A starting server loads its entry and this one; what is loaded later has files of its own.
  let count = await write(rolldown, input, '[name].js', [
    ...Object.entries(late).map(([name, test]) => ({ name, test })),
    { name: 'core', test: isCore },
  ]);
  count += await write(rolldown, inputOf(threadEntries), 'late/[name].js', []);
  say(`bundle: ${count} files in dist`);
}
