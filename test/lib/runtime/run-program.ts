// SPDX-License-Identifier: MIT
// A program of some files, run to its end under the command.
import { join } from 'node:path';
import { withFolder } from '../../helpers/folder.js';
import { root, startFile } from '../process/program.js';
import { nodeFile, NODES } from './compared.js';

export interface Output {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `main` under the command; what it prints is without the folder it lies in. */
export async function run(
  files: Record<string, string>,
  main = 'main.ts',
  options: { major?: number; flags?: string[]; env?: Record<string, string> } = {},
): Promise<Output> {
  const node = await nodeFile(options.major ?? (NODES[0] as number));
  return withFolder(files, async (folder) => {
    const { code, stdout, stderr } = await startFile(
      [join(root, 'dist', 'cli.js'), join(folder, main)],
      {
        node,
        flags: options.flags ?? [],
        cwd: folder,
        env: options.env ?? {},
      },
    ).exit();
    return { code, stdout: stdout.replaceAll(folder, ''), stderr: stderr.replaceAll(folder, '') };
  });
}
