// SPDX-License-Identifier: MIT
//
// Finds oxc-transform. Its own loader looks for the system's libc and the like, which takes longer than
// loading the compiler; the package of this system is tried first.

import type { TransformOptions, TransformResult } from 'oxc-transform';

import { missingPackage } from './module-errors.js';

const { createRequire } = process.getBuiltinModule('node:module');

type Transform = (file: string, code: string, options: TransformOptions) => TransformResult;

let loaded: Transform | undefined;

/** @throws Error with the cure when it is not installed */
export function oxcTransform(): Transform {
  return (loaded ??= load());
}

function load(): Transform {
  const require = createRequire(import.meta.url);
  let home: string;
  try {
    home = require.resolve('oxc-transform');
  } catch {
    throw missing();
  }
  const { platform, arch } = process;
  const system = { linux: '-gnu', win32: '-msvc' }[platform as string] ?? '';
  const near = createRequire(home);
  try {
    const name = `@oxc-transform/binding-${platform}-${arch}${system}`;
    return (near(name) as { transformSync: Transform }).transformSync;
  } catch {
    // Another libc, or a system that only the loader knows.
  }
  try {
    return (require(home) as { transformSync: Transform }).transformSync;
  } catch {
    throw missing();
  }
}

function missing(): Error {
  return missingPackage('TypeScript (or JSX)', 'oxc-transform');
}
