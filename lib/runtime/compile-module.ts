// SPDX-License-Identifier: MIT
//
// An ES module from its code, by the function that require() of one goes through: from then on import()
// and other modules find it under the file's URL.

const { Module } = process.getBuiltinModule('node:module');

interface Compiling {
  filename: string;
  _compile: (code: string, file: string, format: 'module') => void;
}

/**
 * Runs it, too; one that awaits is linked only and runs with the first import() of it.
 * @throws what the module throws, or why it cannot be linked
 */
export function compileModule(code: string, file: string): void {
  const module = new Module(file) as unknown as Compiling;
  module.filename = file;
  try {
    module._compile(code, file, 'module');
  } catch (error) {
    if ((error as { code?: string } | null)?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
  }
}
