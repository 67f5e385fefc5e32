// SPDX-License-Identifier: MIT
// The package as users get it: packed, and installed into an empty folder without running any
// script and without the network.
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../process/program.js';

const run = promisify(execFile);
// A registry that answers nobody: whatever would need one fails at once.
const quiet = ['--ignore-scripts', '--offline', '--no-audit', '--no-fund', '--silent'];

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    npm_config_loglevel: 'silent',
    npm_config_registry: 'http://localhost:9/',
  };
  const { stdout } = await run('npm', [...args, ...quiet], { cwd, env, maxBuffer: 64e6 });
  return stdout;
}

interface PackReport {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** Packs a folder; the tarball's path and what is in it. */
async function pack(folder: string, to: string): Promise<{ tarball: string; report: PackReport }> {
  const output = await npm(folder, 'pack', '--json', '--pack-destination', to);
  const [report] = JSON.parse(output) as [PackReport];
  return { tarball: join(to, report.filename), report };
}

export interface Installation {
  /** The user's folder: node_modules and nothing else. */
  readonly folder: string;
  readonly packed: PackReport;
  readonly remove: () => void;
}

/** The name prebuildify gives the binary of this machine; node-gyp-build looks for it. */
function prebuildPath(): string {
  return join('prebuilds', `${process.platform}-${process.arch}`, 'node.glibc.node');
}

/** What npm would fetch, from where it was installed already: with the compiler's binary of this machine. */
function dependencies(): string[] {
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  const names = Object.keys(
    (JSON.parse(manifest) as { dependencies: Record<string, string> }).dependencies,
  );
  const binaries = readdirSync(join(root, 'node_modules', '@oxc-transform'));
  return [...names, ...binaries.map((name) => `@oxc-transform/${name}`)];
}

/** A tarball as npm's registry has it, of a package that is installed: npm packs checkouts only. */
async function archive(name: string, to: string): Promise<string> {
  const tarball = join(to, `${name.replaceAll(/[@/]/g, '-')}.tgz`);
  const source = join(root, 'node_modules', name);
  await run('tar', ['czf', tarball, '--transform', 's,^\\.,package,', '-C', source, '.']);
  return tarball;
}

/** Packs the checkout and installs it, with the addon it built unless it has prebuilt ones. */
export async function installPackage(): Promise<Installation> {
  const work = mkdtempSync(join(tmpdir(), 'bunserve-pack-'));
  const folder = join(work, 'user');
  mkdirSync(folder);
  const { tarball, report } = await pack(root, work);
  await run('tar', ['xzf', tarball, '-C', work]);
  const content = join(work, 'package');
  if (!existsSync(join(content, 'prebuilds'))) {
    mkdirSync(join(content, prebuildPath(), '..'), { recursive: true });
    copyFileSync(join(root, 'build', 'Release', 'bunserve.node'), join(content, prebuildPath()));
  }
  const own = await pack(content, work);
  const others = await Promise.all(dependencies().map((name) => archive(name, work)));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await npm(folder, 'install', ...others, own.tarball);
  return { folder, packed: report, remove: () => rmSync(work, { recursive: true, force: true }) };
}

export function namesIn(folder: string): string[] {
  return readdirSync(folder).sort();
}
