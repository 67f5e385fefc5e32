// SPDX-License-Identifier: MIT
//
// The package as a user gets it: packed with a prebuilt binary, installed into an empty folder with
// no install scripts, imported in every way it offers, asked once. Uses npm itself; the binary is the
// one this checkout built, under the name that prebuildify gives it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Manifest {
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly gypfile: boolean;
}

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

function findRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : findRoot(dirname(from));
}

const root = findRoot(dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const folder = mkdtempSync(join(tmpdir(), 'bunserve-pack-'));
const consumer = join(folder, 'consumer');
let packed: Packed;

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What `npm publish` would see after `npm run prebuild`. */
function stage(): string {
  const staged = join(folder, 'staged');
  for (const name of [...manifest.files, 'package.json', '.npmignore', 'LICENSE']) {
    const from = join(root, name);
    if (existsSync(from) && name !== 'prebuilds') {
      cpSync(from, join(staged, name), { recursive: true });
    }
  }
  const binary = join(staged, 'prebuilds', `${process.platform}-${process.arch}`);
  mkdirSync(binary, { recursive: true });
  const musl = existsSync('/etc/alpine-release');
  const name = join(binary, `bunserve.${musl ? 'musl' : 'glibc'}.node`);
  run('strip', ['-o', name, join(root, 'build', 'Release', 'bunserve.node')], root);
  return staged;
}

const ASK = `
  const server = serve({ port: 0, routes: { '/users/:id': (req) => new Response(req.params.id) } });
  const answer = await fetch(new URL('/users/42', server.url));
  console.log(answer.status, await answer.text());
  await server.stop();
`;

beforeAll(() => {
  const output = run('npm', ['pack', '--json', '--ignore-scripts'], stage());
  const parsed = JSON.parse(output) as Packed[] | Record<string, Packed>;
  packed = Object.values(parsed)[0] as Packed;
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{"name":"consumer","private":true}\n');
  const tarball = join(folder, 'staged', packed.filename);
  run('npm', ['install', '--ignore-scripts', '--prefer-offline', tarball], consumer);
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('has no script that runs at install', () => {
    for (const name of ['preinstall', 'install', 'postinstall']) {
      expect(manifest.scripts).not.toHaveProperty(name);
    }
    expect(manifest.gypfile).toBe(false);
    expect(Object.keys(manifest.dependencies)).toEqual(['node-gyp-build']);
  });

  it('carries types, the binary and our sources, and nothing third-party or of the tests', () => {
    const paths = packed.files.map((file) => file.path);
    expect(paths).toEqual(
      expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/cli.js', 'LICENSE']),
    );
    expect(paths.some((path) => path.endsWith('.node'))).toBe(true);
    expect(paths).toContain('deps/uSockets/src/loop.cpp');
    const wrong = paths.filter((path) =>
      /^(test|bench|build|out|node_modules)\/|openssl\/|simdutf\.(h|cpp)$|\.pyc$|tsbuildinfo/.test(
        path,
      ),
    );
    expect(wrong).toEqual([]);
    // Above this, binaries belong in packages of their own.
    expect(packed.size).toBeLessThan(15 * 1024 * 1024);
  });

  it('contains no path of the machine that built it', () => {
    const installed = join(consumer, 'node_modules', 'bunserve');
    const leaks = packed.files
      .map((file) => file.path)
      .filter((path) => readFileSync(join(installed, path)).includes(root));
    expect(leaks).toEqual([]);
  });

  it('serves a request after import', () => {
    writeFileSync(join(consumer, 'esm.mjs'), `import { serve } from 'bunserve';\n${ASK}`);
    expect(run(process.execPath, ['esm.mjs'], consumer)).toBe('200 42\n');
  });

  it('serves a request after require()', () => {
    const text = `const { serve } = require('bunserve');\n(async () => {${ASK}})();\n`;
    writeFileSync(join(consumer, 'common.cjs'), text);
    const flags = ['--disable-warning=ExperimentalWarning', 'common.cjs'];
    expect(run(process.execPath, flags, consumer)).toBe('200 42\n');
  });

  it('installs the global Bun by --import bunserve/register', () => {
    writeFileSync(join(consumer, 'global.mjs'), `const { serve } = Bun;\n${ASK}`);
    const output = run(process.execPath, ['--import', 'bunserve/register', 'global.mjs'], consumer);
    expect(output).toBe('200 42\n');
  });

  it('finds its router and its package.json by subpath', () => {
    const text = `
      import * as router from 'bunserve/router';
      import { createRequire } from 'node:module';
      const { name } = createRequire(import.meta.url)('bunserve/package.json');
      console.log(name, Object.keys(router).length > 0);
    `;
    writeFileSync(join(consumer, 'subpaths.mjs'), text);
    expect(run(process.execPath, ['subpaths.mjs'], consumer)).toBe('bunserve true\n');
  });

  it('runs the command', () => {
    writeFileSync(join(consumer, 'command.mjs'), `import { serve } from 'bun';\n${ASK}`);
    const command = join(consumer, 'node_modules', '.bin', 'bunserve');
    expect(run(command, ['command.mjs'], consumer)).toBe('200 42\n');
  });

  it('type-checks in a strict project that checks our declarations too', () => {
    const text = `
      import { serve } from 'bunserve';
      const server = serve({ port: 0, routes: { '/users/:id': (req) => new Response(req.params.id) } });
      export const url: URL = server.url;
    `;
    writeFileSync(join(consumer, 'typed.mts'), text);
    const options = {
      compilerOptions: {
        ...{ strict: true, noEmit: true, target: 'ES2022', lib: ['ES2023'], skipLibCheck: false },
        ...{ module: 'NodeNext', moduleResolution: 'NodeNext', types: ['node'] },
        typeRoots: [join(root, 'node_modules', '@types')],
      },
      files: ['typed.mts'],
    };
    writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify(options));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    let complaints = '';
    try {
      run(process.execPath, [tsc, '-p', '.'], consumer);
    } catch (error) {
      complaints = (error as { stdout: string }).stdout;
    }
    // Declarations of others are not under test.
    const ours = complaints
      .split('\n')
      .filter((line) => /^(typed|node_modules\/bunserve)/.test(line));
    expect(ours).toEqual([]);
  });
});
