// SPDX-License-Identifier: MIT
//
// Pages that were built ahead of time by `bunserve build`: a folder with a list of what is in it. A
// production server that finds one needs no bundler.

import type { BuiltSite, SiteFile } from './build.js';

const path = process.getBuiltinModule('node:path');
const fs = process.getBuiltinModule('node:fs');

const LIST = 'bunserve-pages.json';

interface ListedFile {
  path: string;
  /** Name in the folder; its copies have `.gz` and `.br` behind it. */
  name: string;
  isImmutable: boolean;
  copies: string[];
}

interface List {
  version: 1;
  base: string;
  pages: { index: string; file: ListedFile }[];
  files: ListedFile[];
}

/** Where the pages of a project are put, and looked for. */
export function builtFolder(root: string): string {
  const given = process.env.BUNSERVE_PAGES;
  return given === undefined || given === '' ? path.join(root, '.bunserve') : path.resolve(given);
}

/** Writes a built site; what was in the folder before goes, but only if it was ours. */
export function writeBuiltSite(folder: string, root: string, site: BuiltSite): void {
  if (fs.existsSync(folder)) {
    const names = fs.readdirSync(folder);
    if (names.length > 0 && !names.includes(LIST)) {
      throw new Error(`${folder} is not empty, and not of an earlier build: it is left alone`);
    }
    fs.rmSync(folder, { recursive: true });
  }
  const files = path.join(folder, 'files');
  fs.mkdirSync(files, { recursive: true });
  let count = 0;
  const write = (file: SiteFile): ListedFile => {
    const name = `${count++}-${path.posix.basename(decodeURI(file.path))}`;
    fs.writeFileSync(path.join(files, name), file.bytes);
    const copies: string[] = [];
    for (const [end, bytes] of [
      ['gz', file.gzip],
      ['br', file.brotli],
    ] as const) {
      if (bytes === undefined) continue;
      fs.writeFileSync(path.join(files, `${name}.${end}`), bytes);
      copies.push(end);
    }
    return { path: file.path, name, isImmutable: file.isImmutable, copies };
  };
  const publicFiles = site.publicDir === '' ? [] : publicFilesOf(site.publicDir, site.base);
  const list: List = {
    version: 1,
    base: site.base,
    pages: site.pages.map(({ index, file }) => ({
      index: path.relative(root, index).split(path.sep).join('/'),
      file: write(file),
    })),
    files: [
      ...site.files.map(write),
      ...publicFiles.map(({ url, file }) =>
        write({ path: url, bytes: fs.readFileSync(file), isImmutable: false }),
      ),
    ],
  };
  fs.writeFileSync(path.join(folder, LIST), `${JSON.stringify(list, null, 2)}\n`);
}

/** The site in a project's folder, if it has all of the pages. */
export function readBuiltSite(root: string, indexes: readonly string[]): BuiltSite | undefined {
  const folder = builtFolder(root);
  let list: List;
  try {
    list = JSON.parse(fs.readFileSync(path.join(folder, LIST), 'utf8')) as List;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (list.version !== 1) throw new Error(`${folder} was built by another version: build it again`);
  const read = (name: string): Uint8Array => fs.readFileSync(path.join(folder, 'files', name));
  const file = (listed: ListedFile): SiteFile => ({
    path: listed.path,
    bytes: read(listed.name),
    isImmutable: listed.isImmutable,
    gzip: listed.copies.includes('gz') ? read(`${listed.name}.gz`) : undefined,
    brotli: listed.copies.includes('br') ? read(`${listed.name}.br`) : undefined,
  });
  const pages = list.pages.map((page) => ({
    index: path.resolve(root, page.index),
    file: file(page.file),
  }));
  if (!indexes.every((index) => pages.some((page) => page.index === index))) return undefined;
  return { pages, files: list.files.map(file), publicDir: '', base: list.base };
}

const MAX_PUBLIC_FILES = 10_000;

/** The files of Vite's public folder, by the paths they are served at. */
export function publicFilesOf(folder: string, base: string): { url: string; file: string }[] {
  const found: { url: string; file: string }[] = [];
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || found.length >= MAX_PUBLIC_FILES) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file).split(path.sep).join('/');
    // As everywhere: what starts with a dot is nobody's business.
    if (name.split('/').some((part) => part.startsWith('.') && part !== '.well-known')) continue;
    found.push({ url: base + encodeURI(name).replace(/[?#:*]/g, encodeURIComponent), file });
  }
  return found;
}
