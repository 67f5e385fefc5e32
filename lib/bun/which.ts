// SPDX-License-Identifier: MIT
//
// Bun.which: where a command is.

const fs = process.getBuiltinModule('node:fs');
const path = process.getBuiltinModule('node:path');

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

const extensions =
  process.platform === 'win32' ? ['', ...(process.env.PATHEXT ?? '.EXE;.CMD').split(';')] : [''];

function executableAt(file: string): string | null {
  return extensions.map((extension) => file + extension).find(isExecutable) ?? null;
}

/** The path of an executable, or null. `PATH`: default, the process's. `cwd`: for relative commands. */
export function which(
  command: string,
  options?: { PATH?: string; cwd?: string } | null,
): string | null {
  if (typeof command !== 'string' || command === '') return null;
  const { PATH = process.env.PATH ?? '', cwd = process.cwd() } = options ?? {};
  if (command.includes('/') || (path.sep === '\\' && command.includes('\\'))) {
    return executableAt(path.resolve(cwd, command));
  }
  for (const folder of String(PATH).split(path.delimiter)) {
    const found = folder === '' ? null : executableAt(path.resolve(cwd, folder, command));
    if (found !== null) return found;
  }
  return null;
}
