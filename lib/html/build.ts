// SPDX-License-Identifier: MIT
//
// Pages of a project as files in memory: Vite's build, with the names that Bun gives, and smaller copies of
// what compresses. Runs in a thread of its own (build-worker.ts), so that the server's neither waits
// nor keeps what a bundler needs.

import { automaticPlugins, type BuiltFile, configFileIn, loadVite } from './vite.js';

const path = process.getBuiltinModule('node:path');
const fs = process.getBuiltinModule('node:fs');

/** A file under the path it is served at. */
export interface SiteFile {
  path: string;
  bytes: Uint8Array;
  /** The name changes with the content. */
  isImmutable: boolean;
  gzip?: Uint8Array | undefined;
  brotli?: Uint8Array | undefined;
}

export interface BuiltSite {
  /** By the absolute path of the HTML file. */
  pages: { index: string; file: SiteFile }[];
  files: SiteFile[];
  /** Absolute path of a folder whose files are served as they are; '' for none. */
  publicDir: string;
  base: string;
}

interface UserConfig {
  base?: string;
  build?: {
    assetsDir?: string;
    rollupOptions?: { output?: unknown; input?: unknown };
    rolldownOptions?: { output?: unknown; input?: unknown };
  };
}

interface ResolvedConfig {
  base: string;
  publicDir: string;
}

const HASHED = /[-.][\w-]{8,}\.\w+$/;
const COMPRESSIBLE = /\.(?:m?js|css|html?|json|map|svg|xml|txt|wasm|ico|ttf|otf|webmanifest)$/i;
/** What fits into one packet gains nothing. */
const MIN_COMPRESSED = 1024;

function bytesOf(file: BuiltFile): Uint8Array {
  const content = file.type === 'chunk' ? file.code : file.source;
  return typeof content === 'string' ? Buffer.from(content) : (content ?? new Uint8Array());
}

/** Names without folders, as Bun's are: `chunk-HASH.js`, `logo-HASH.svg`. */
const NAMES = {
  entryFileNames: 'chunk-[hash].js',
  chunkFileNames: 'chunk-[hash].js',
  assetFileNames: (asset: { names?: string[] }): string =>
    asset.names?.some((name) => name.endsWith('.css')) === true
      ? 'chunk-[hash][extname]'
      : '[name]-[hash][extname]',
};

function ownPlugin(indexes: readonly string[], resolved: (config: ResolvedConfig) => void): object {
  return {
    name: 'bunserve',
    enforce: 'post',
    config: (config: UserConfig) => {
      const { build } = config;
      const isNamed =
        build?.assetsDir !== undefined ||
        build?.rollupOptions?.output !== undefined ||
        build?.rolldownOptions?.output !== undefined;
      // A page of the project that the program does not import is none of ours.
      delete build?.rollupOptions?.input;
      delete build?.rolldownOptions?.input;
      return {
        build: {
          write: false,
          rolldownOptions: { input: [...indexes], ...(isNamed ? {} : { output: NAMES }) },
        },
      };
    },
    configResolved: resolved,
  };
}

/** @param indexes absolute paths of HTML files below `root` */
export async function buildSite(root: string, indexes: readonly string[]): Promise<BuiltSite> {
  for (const index of indexes) {
    // The bundler names no file that it cannot find.
    if (!fs.existsSync(index)) throw new Error(`${index}: no such file`);
  }
  const vite = await loadVite(root);
  let config: ResolvedConfig | undefined;
  const hasConfig = configFileIn(root) !== undefined;
  const result = await vite.build({
    root,
    mode: 'production',
    logLevel: 'warn',
    clearScreen: false,
    ...(hasConfig ? {} : { publicDir: false }),
    plugins: [
      await automaticPlugins(root),
      ownPlugin(indexes, (resolved) => {
        config = resolved;
      }),
    ],
  });
  const output = [result].flat().flatMap((each) => each.output);
  return siteOf(root, indexes, output, config as unknown as ResolvedConfig);
}

async function siteOf(
  root: string,
  indexes: readonly string[],
  output: BuiltFile[],
  config: ResolvedConfig,
): Promise<BuiltSite> {
  // Of an address elsewhere (a CDN) the files are served all the same.
  const base = config.base.startsWith('/') ? config.base : '/';
  const pages: BuiltSite['pages'] = [];
  const files: SiteFile[] = [];
  const names = new Map(
    indexes.map((index) => [path.relative(root, index).split(path.sep).join('/'), index]),
  );
  for (const each of output) {
    const file = await compressed({
      path: base + encodeURI(each.fileName),
      bytes: bytesOf(each),
      isImmutable: HASHED.test(each.fileName),
    });
    const index = names.get(each.fileName);
    if (index === undefined) files.push(file);
    else pages.push({ index, file: { ...file, isImmutable: false } });
  }
  const { publicDir } = config;
  const hasPublic = publicDir !== '' && fs.existsSync(publicDir);
  return { pages, files, publicDir: hasPublic ? publicDir : '', base };
}

function finished(
  start: (done: (error: Error | null, result: Uint8Array) => void) => void,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) =>
    start((error, result) => (error === null ? resolve(result) : reject(error))),
  );
}

/** With copies, where these are worth a Vary. */
async function compressed(file: SiteFile): Promise<SiteFile> {
  const { bytes } = file;
  if (bytes.length < MIN_COMPRESSED || !COMPRESSIBLE.test(file.path)) return file;
  const zlib = process.getBuiltinModule('node:zlib');
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  const params = { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const [gzip, brotli] = await Promise.all([
    finished((done) => zlib.gzip(bytes, { level: 9 }, done)),
    finished((done) => zlib.brotliCompress(bytes, { params }, done)),
  ]);
  const isSmaller = (copy: Uint8Array): boolean => copy.length < bytes.length * 0.95;
  return {
    ...file,
    ...(isSmaller(gzip) ? { gzip } : {}),
    ...(isSmaller(brotli) ? { brotli } : {}),
  };
}
