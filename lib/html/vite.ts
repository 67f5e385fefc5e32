// SPDX-License-Identifier: MIT
//
// Finding Vite and what goes with it, and as much of their interface as is used here. They belong to
// the program: a server without HTML imports never loads them, and one that was built ahead of time
// needs none.

import { missingPeer } from '../errors.js';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HotChannel } from './hot-channel.js';

const path = process.getBuiltinModule('node:path');
const fs = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');
const { pathToFileURL } = process.getBuiltinModule('node:url');

export interface ViteConfig {
  root: string;
  base: string;
  publicDir: string;
  configFile?: string | undefined;
  webSocketToken: string;
}

export interface ViteDevServer {
  config: ViteConfig;
  middlewares: {
    (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void): void;
  };
  watcher: { on(event: 'all', listener: () => void): void };
  environments: { client: { hot: object; addSafeModule?(id: string): void } };
  transformIndexHtml(url: string, html: string, originalUrl?: string): Promise<string>;
  close(): Promise<void>;
}

export interface ViteLogger {
  info(message: string, options?: { timestamp?: boolean }): void;
  warn(message: string): void;
  error(message: string, options?: { timestamp?: boolean; error?: Error | null }): void;
}

export interface BuiltFile {
  type: 'chunk' | 'asset';
  fileName: string;
  code?: string;
  source?: string | Uint8Array;
}

export interface Vite {
  version: string;
  createServer(config: object): Promise<ViteDevServer>;
  build(config: object): Promise<{ output: BuiltFile[] } | { output: BuiltFile[] }[]>;
  createLogger(level: string, options: object): ViteLogger;
  DevEnvironment: new (
    name: string,
    config: object,
    context: { hot: boolean; transport: HotChannel },
  ) => { hot: object };
}

const CONFIG_FILES = ['js', 'mjs', 'ts', 'cjs', 'mts', 'cts'].map((end) => `vite.config.${end}`);

export function configFileIn(folder: string): string | undefined {
  return CONFIG_FILES.map((name) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

/**
 * The folder that an HTML file's project is: the nearest one with a configuration of Vite or a
 * package.json, or else its own.
 */
export function projectOf(index: string): string {
  const own = path.dirname(index);
  for (let folder = own; ; folder = path.dirname(folder)) {
    if (configFileIn(folder) !== undefined) return folder;
    if (fs.existsSync(path.join(folder, 'package.json'))) return folder;
    if (path.dirname(folder) === folder) return own;
  }
}

function resolveFrom(folder: string, name: string): string | undefined {
  try {
    return createRequire(path.join(folder, 'index.js')).resolve(name);
  } catch {
    return undefined;
  }
}

/** Where Vite is, seen from a project or the program. */
function viteFile(root: string): string {
  const main = process.argv[1];
  const places = [root, ...(main === undefined ? [] : [path.dirname(path.resolve(main))])];
  for (const place of [...places, process.cwd()]) {
    const file = resolveFrom(place, 'vite');
    if (file !== undefined) return file;
  }
  throw missingPeer('Importing HTML', 'vite');
}

/** @throws an error that names the command which installs Vite */
export function assureVite(root: string): void {
  viteFile(root);
}

export async function loadVite(root: string): Promise<Vite> {
  return (await import(pathToFileURL(viteFile(root)).href)) as Vite;
}

/** Plugins that a project without a configuration of its own gets because they are installed. */
const AUTOMATIC = ['@vitejs/plugin-react', '@tailwindcss/vite'];

export async function automaticPlugins(root: string): Promise<unknown[]> {
  if (configFileIn(root) !== undefined) return [];
  const plugins: unknown[] = [];
  for (const name of AUTOMATIC) {
    const file = resolveFrom(root, name);
    if (file === undefined) continue;
    const { default: plugin } = (await import(pathToFileURL(file).href)) as {
      default: () => unknown;
    };
    plugins.push(plugin());
  }
  return plugins;
}
