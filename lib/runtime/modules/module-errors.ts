// SPDX-License-Identifier: MIT
//
// What can go wrong before a module runs. Not in the catalogue of errors.ts, which is the library's:
// the thread of the hooks does not load that. Their stacks are what they say: the frames would all be
// ours or Node's.

function withoutFrames<T extends Error>(error: T, code: string): T {
  error.stack = `${error.name}: ${error.message}`;
  return Object.assign(error, { code });
}

/** A package that a kind of file needs. */
export function missingPackage(what: string, name: string): Error {
  const text = `${what} needs the package ${name}. Install it: npm install ${name}`;
  return withoutFrames(new Error(text), 'ERR_BUNSERVE_MISSING_PEER');
}

/** A kind of file that Bun knows and we do not. */
export function fileNotProvided(ending: string, cure: string): Error {
  const text = `Importing ${ending} files is not provided by bunserve. ${cure}`;
  return withoutFrames(new Error(text), 'ERR_BUNSERVE_NOT_PROVIDED');
}

/** A data file or a configuration that cannot be read as what it is. */
export function badFile(file: string, why: string): Error {
  return withoutFrames(new SyntaxError(`${file}: ${why}`), 'ERR_BUNSERVE_SYNTAX');
}

/** A tsconfig.json that leads nowhere. */
export function badConfig(text: string): Error {
  return withoutFrames(new Error(text), 'ERR_BUNSERVE_TSCONFIG');
}
