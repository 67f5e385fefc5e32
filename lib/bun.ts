// SPDX-License-Identifier: MIT
//
// The `Bun` object: what programs written for Bun's server find under that name. What a server needs
// to start is here; the rest are stand-ins that load their file when they are used.

import { notProvided } from './errors.js';
import { type BunFile, file } from './file/bun-file.js';
import { write } from './file/bun-write.js';
import { cookiesPart } from './late.js';
import { serve } from './serve.js';
import type * as Late from './bun-late.js';
import type * as LateSql from './sql.js';

/** Asks for a garbage collection, which Node does under `--expose-gc` only; the heap's size in bytes. */
function gc(_force = false): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}

const here = {
  serve,
  file,
  write,
  env: process.env,
  gc,
  shrink: () => undefined,
};

const standardStreams: (BunFile | undefined)[] = [];

function standardStream(fd: number): BunFile {
  return (standardStreams[fd] ??= file(fd));
}

/** Whether stdout is a terminal with colours. Opening it also loads streams (3 ms of a start). */
function hasColors(): boolean {
  try {
    if (!process.getBuiltinModule('node:fs').fstatSync(1).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return Boolean(process.stdout.isTTY && process.stdout.hasColors());
}

/** Values that are read when they are asked for: the command sets some, others load a file. */
const values = {
  Cookie: () => cookiesPart().Cookie,
  CookieMap: () => cookiesPart().CookieMap,
  argv: () => process.argv,
  cwd: () => process.cwd(),
  embeddedFiles: (): Blob[] => [],
  enableANSIColors: hasColors,
  isMainThread: () => process.getBuiltinModule('node:worker_threads').isMainThread,
  isStandaloneExecutable: () => false,
  main: () => process.argv[1] ?? '',
  stderr: () => standardStream(2),
  stdin: () => standardStream(0),
  stdout: () => standardStream(1),
  // The release of Bun whose behaviour this follows.
  revision: () => 'a7733435cf40429e3b35c36072769df2052b80f1',
  version: () => '1.4.5',
};

type Loaded = Record<string, unknown>;

/** File in dist/ -> what it has: functions, those with members of their own, objects. */
const late = [
  {
    file: './bun-late.js',
    functions:
      'allocUnsafe concatArrayBuffers deepEquals deflateSync escapeHTML fetch fileURLToPath ' +
      'gunzipSync gzipSync inflateSync nanoseconds pathToFileURL randomUUIDv5 randomUUIDv7 ' +
      'readableStreamToArray readableStreamToArrayBuffer readableStreamToBlob ' +
      'readableStreamToBytes readableStreamToFormData readableStreamToJSON readableStreamToText ' +
      'resolve resolveSync sha sleep sleepSync stripANSI which zstdCompress zstdCompressSync ' +
      'zstdDecompress zstdDecompressSync',
    classes: 'CryptoHasher MD5 SHA1 SHA224 SHA256 SHA384 SHA512 SHA512_256 hash inspect',
    objects: 'password semver',
  },
  { file: './sql.js', functions: '', classes: 'SQL', objects: '' },
];

/** Names of Bun's that have nothing behind them; using one throws. */
const missing = {
  functions:
    '$ Archive ArrayBufferSink FetchSession FileSystemRouter Glob Image MD4 ModuleGraph ' +
    'RedisClient S3Client Terminal Transpiler WebView build color connect cron deepMatch ' +
    'generateHeapSnapshot indexOfLine jest listen mmap openInEditor peek plugin registerMacro ' +
    'sliceAnsi spawn spawnSync stringWidth udpSocket wrapAnsi',
  objects: 'CSRF FFI JSON5 JSONC JSONL TOML XML YAML dns markdown redis s3 secrets unsafe',
};

function load(name: string): Loaded {
  const { createRequire } = process.getBuiltinModule('node:module');
  return createRequire(import.meta.url)(name) as Loaded;
}

function lateFunction(name: string, from: () => Loaded): unknown {
  let real: ((...args: unknown[]) => unknown) | undefined;
  const call = (...args: unknown[]): unknown =>
    (real ??= from()[name] as (...args: unknown[]) => unknown)(...args);
  return Object.defineProperty(call, 'name', { value: name });
}

/** Every operation on the stand-in is one on what it stands for. */
function standIn(target: object, get: () => object): unknown {
  const handler: Record<string, unknown> = {};
  for (const trap of Object.getOwnPropertyNames(Reflect)) {
    const operation = (Reflect as unknown as Record<string, (...args: unknown[]) => unknown>)[trap];
    if (typeof operation !== 'function') continue;
    handler[trap] = (_: object, ...args: unknown[]) => operation(get(), ...args);
  }
  // A class's prototype is fixed, which a proxy may only say of what its target has.
  handler.getOwnPropertyDescriptor = (_: object, key: string | symbol) => {
    const found = Reflect.getOwnPropertyDescriptor(get(), key);
    return found && { ...found, configurable: true };
  };
  return new Proxy(target, handler);
}

// What is asked of any value that is printed, awaited, compared or imported.
const HARMLESS = new Set<unknown>([
  'then',
  'toJSON',
  'name',
  'constructor',
  'asymmetricMatch',
  '$$typeof',
]);

function absent(name: string, target: object): unknown {
  const fail = (): never => {
    throw notProvided(`Bun.${name}`);
  };
  return new Proxy(target, {
    apply: fail,
    construct: fail,
    set: fail,
    get: (own, key, receiver) =>
      typeof key === 'symbol' || HARMLESS.has(key)
        ? (Reflect.get(own, key, receiver) as unknown)
        : fail(),
  });
}

const members = new Map<string, () => unknown>();
const words = (text: string): string[] => text.split(' ').filter(Boolean);

for (const { file: name, functions, classes, objects } of late) {
  let loaded: Loaded | undefined;
  const from = (): Loaded => (loaded ??= load(name));
  for (const one of words(functions)) members.set(one, () => lateFunction(one, from));
  for (const one of words(classes)) {
    // Bound functions can be called and constructed, and have no prototype that a proxy must keep.
    const target = function () {}.bind(undefined);
    members.set(one, () => standIn(target, () => from()[one] as object));
  }
  for (const one of words(objects)) {
    members.set(one, () => standIn({}, () => from()[one] as object));
  }
}
const defaultSql = standIn(function () {}.bind(undefined), () =>
  (load('./sql.js') as typeof LateSql).defaultClient(),
);
members.set('sql', () => defaultSql);
members.set('postgres', () => defaultSql);
for (const one of words(missing.functions)) {
  members.set(one, () =>
    absent(
      one,
      Object.defineProperty(function () {}, 'name', { value: one }),
    ),
  );
}
for (const one of words(missing.objects)) members.set(one, () => absent(one, {}));

type Values = { readonly [Name in keyof typeof values]: ReturnType<(typeof values)[Name]> };
interface Sql {
  /** Connects with the first query, to $DATABASE_URL or what else the environment names. */
  sql: LateSql.SQLClient;
  /** The old name of `sql`. */
  postgres: LateSql.SQLClient;
  SQL: LateSql.SQLConstructor;
}
export type BunNamespace = typeof here & typeof Late & Values & Sql;

function makeBun(): BunNamespace {
  const bun: object = { ...here };
  for (const [name, get] of Object.entries(values)) {
    Object.defineProperty(bun, name, { get, enumerable: true, configurable: true });
  }
  for (const [name, make] of members) {
    let made: unknown;
    const get = (): unknown => (made ??= make());
    const set = (value: unknown): void => void (made = value);
    Object.defineProperty(bun, name, { get, set, enumerable: true, configurable: true });
  }
  return bun as BunNamespace;
}

export const Bun = makeBun();
