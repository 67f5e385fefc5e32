// SPDX-License-Identifier: MIT
//
// `bunserve build`: pages ahead of time, so that the server that serves them needs no bundler.

import { projectOf } from './vite.js';
import { buildSite, type BuiltSite } from './build.js';
import { builtFolder, writeBuiltSite } from './prebuilt.js';

const path = process.getBuiltinModule('node:path');
const fs = process.getBuiltinModule('node:fs');

export const BUILD_USAGE = `Usage: bunserve build [--outdir FOLDER] FILE.html ...

  Builds pages that a program imports. With NODE_ENV=production the program then serves them as they
  were built. They are found in the project's folder .bunserve, or in $BUNSERVE_PAGES.

  --outdir FOLDER   instead of .bunserve; name the same folder in $BUNSERVE_PAGES`;

/** Returns the exit code. */
export async function buildCommand(args: readonly string[]): Promise<number> {
  let folder: string | undefined;
  const indexes: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--outdir') folder = args[++i] ?? '';
    else if (arg.startsWith('--outdir=')) folder = arg.slice('--outdir='.length);
    else if (arg.startsWith('-')) return refuse(`unknown option ${arg}`);
    else indexes.push(path.resolve(arg));
  }
  if (folder === '') return refuse('--outdir takes a folder');
  if (indexes.length === 0) return refuse('no HTML file was named');
  for (const index of indexes) {
    if (!/\.html?$/i.test(index)) return refuse(`${index} is no HTML file`);
    if (!fs.existsSync(index)) return refuse(`no such file: ${index}`);
  }
  const root = projectOf(indexes[0] as string);
  const stray = indexes.find((index) => projectOf(index) !== root);
  if (stray !== undefined) return refuse(`${stray} is not of the project ${root}: build it alone`);
  process.env.NODE_ENV ??= 'production';
  const started = performance.now();
  let site: BuiltSite;
  try {
    site = await buildSite(root, indexes);
  } catch (error) {
    // The bundler's message has the place and the line in it; a missing peer's has the cure.
    console.error(`bunserve build: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  const target = folder === undefined ? builtFolder(root) : path.resolve(folder);
  writeBuiltSite(target, root, site);
  for (const { path: name, bytes, brotli } of [
    ...site.pages.map(({ file }) => file),
    ...site.files,
  ]) {
    const small = brotli === undefined ? '' : `, ${brotli.length} with brotli`;
    console.log(`  ${name}  ${bytes.length} bytes${small}`);
  }
  console.log(`Built ${target} in ${Math.round(performance.now() - started)} ms`);
  return 0;
}

function refuse(problem: string): number {
  console.error(`bunserve build: ${problem}\n\n${BUILD_USAGE}`);
  return 1;
}
