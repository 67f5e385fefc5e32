// SPDX-License-Identifier: MIT
// The published package: what is in it, that it needs no script and no build, and that programs,
// CommonJS, the command and TypeScript find everything.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { launch, Project, visit } from '../html/project.js';
import { root, startFile, type Ending } from '../process/program.js';
import { installPackage, namesIn, type Installation } from './installed.js';

const run = promisify(execFile);

let user: Installation;
beforeAll(async () => {
  user = await installPackage();
});
afterAll(() => user.remove());

/** Runs a program in the user's folder. */
async function program(name: string, code: string, ...flags: string[]): Promise<Ending> {
  writeFileSync(join(user.folder, name), code);
  return startFile([name], { cwd: user.folder, flags: ['--no-warnings', ...flags] }).exit();
}

const SERVE = `
  const server = serve({ port: 0, hostname: '127.0.0.1', routes: { '/users/:id': (req) => new Response('Hello ' + req.params.id) } });
  fetch(new URL('/users/5', server.url)).then((r) => r.text()).then((text) => { console.log(text); return server.stop(); });
`;
const served = { code: 0, signal: null, stdout: 'Hello 5\n', stderr: '' };

describe('content', () => {
  test('top-level names', () => {
    const names = new Set(user.packed.files.map(({ path }) => path.split('/')[0] as string));
    const allowed = [
      'LICENSE',
      'NOTICE',
      'README.md',
      'binding.gyp',
      'deps',
      'dist',
      'package.json',
      'prebuilds',
      'scripts',
      'src-native',
      'types',
    ];
    expect([...names].filter((name) => !allowed.includes(name))).toEqual([]);
    expect([...names]).toEqual(expect.arrayContaining(['LICENSE', 'dist', 'package.json']));
  });

  test('no tests, sources of TypeScript, fetched sources or leftovers', () => {
    const paths = user.packed.files.map(({ path }) => path);
    const foreign =
      /(?:^|\/)(?:test|node_modules|__pycache__)\/|(?<!\.d)\.ts$|\.tsbuildinfo$|\.(?:o|a|tgz|xz)$/;
    expect(paths.filter((path) => foreign.test(path))).toEqual([]);
    expect(user.packed.unpackedSize).toBeLessThan(8e6);
  });

  test('every export, type and command is there', () => {
    const folder = join(user.folder, 'node_modules', 'bunserve');
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      exports: Record<string, string | Record<string, string>>;
      bin: Record<string, string>;
      types: string;
    };
    const targets = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    );
    for (const path of [...targets, ...Object.values(manifest.bin), manifest.types]) {
      expect([path, existsSync(join(folder, path))]).toEqual([path, true]);
    }
  });

  test('nothing runs at installation', () => {
    const folder = join(user.folder, 'node_modules', 'bunserve');
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
      gypfile: boolean;
      dependencies: Record<string, string>;
    };
    expect(
      Object.keys(manifest.scripts).filter((name) => /^(?:pre|post)?install$/.test(name)),
    ).toEqual([]);
    // With a binding.gyp npm would build by itself otherwise.
    expect(manifest.gypfile).toBe(false);
    expect(Object.keys(manifest.dependencies)).toEqual([
      '@oxc-project/runtime',
      'node-gyp-build',
      'oxc-transform',
      'smol-toml',
    ]);
    expect(namesIn(folder)).not.toContain('build');
  });

  test('no path of this machine', () => {
    const folder = join(user.folder, 'node_modules', 'bunserve');
    const found = user.packed.files
      .map(({ path }) => path)
      .filter((path) => !path.startsWith('prebuilds/') && existsSync(join(folder, path)))
      .filter((path) => readFileSync(join(folder, path)).includes(`${root}/`));
    expect(found).toEqual([]);
  });
});

describe('use', () => {
  test('ESM', async () => {
    const code = `import { serve, Response } from 'bunserve'; ${SERVE}`;
    expect(await program('main.mjs', code)).toMatchObject(served);
  });

  test('CommonJS', async () => {
    const code = `const { serve, Response } = require('bunserve'); ${SERVE}`;
    expect(await program('main.cjs', code)).toMatchObject(served);
  });

  test("plain, with Node's Response", async () => {
    expect(await program('plain.mjs', `import { serve } from 'bunserve'; ${SERVE}`)).toMatchObject(
      served,
    );
  });

  test('bunserve/register', async () => {
    const code = `import { serve } from 'bun'; ${SERVE}`;
    const flags = ['--import', 'bunserve/register'];
    expect(await program('register.mjs', code, ...flags)).toMatchObject(served);
  });

  test('the command', async () => {
    const code = `import { serve } from 'bun'; ${SERVE}`;
    writeFileSync(join(user.folder, 'command.mjs'), code);
    const command = join(user.folder, 'node_modules', '.bin', 'bunserve');
    const { stdout } = await run(command, ['command.mjs'], { cwd: user.folder });
    expect(stdout).toBe(served.stdout);
  });

  test('inner modules are not to be had', async () => {
    const code = `
      for (const name of ['bunserve/dist/index.js', 'bunserve/lib/serve.js', 'bunserve/src-native/addon.cpp']) {
        await import(name).then(() => console.log('found', name), (e) => console.log(e.code));
      }`;
    const { stdout } = await program('inner.mjs', code);
    expect(stdout).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED\n'.repeat(3));
  });
});

describe('React and an HTML import, with Vite beside it', () => {
  test.each(['development', 'production'])('%s', async (mode) => {
    const project = Project.ofExample('react');
    const modules = join(project.folder, 'node_modules');
    cpSync(join(user.folder, 'node_modules'), modules, { recursive: true, verbatimSymlinks: true });
    project.command = join(modules, '.bin', 'bunserve');
    const browser = await launch();
    try {
      const { url } = await project.serve(['server.ts'], { env: { NODE_ENV: mode } });
      const { page, trouble } = await visit(browser, url);
      await page.getByText('Be the first to sign.').waitFor();
      await page.getByRole('button', { name: /^Waved/ }).click();
      await page.getByRole('button', { name: 'Waved 1 times' }).waitFor();
      expect(trouble).toEqual([]);
    } finally {
      await browser.close();
      await project.remove();
    }
  });
});

describe('TypeScript', () => {
  const source = `
    import { serve, Response, type BunRequest, type Server } from 'bunserve';
    import 'bunserve/register';
    const handler = (req: BunRequest<'/users/:id'>): Response => new Response(req.params.id);
    export const server: Server = serve({
      routes: { '/users/:id': handler, '/x/:a': (req) => new Response(req.params.a) },
      // @ts-expect-error seconds are a number
      idleTimeout: '5',
    });
  `;
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

  test.each([
    ['ESM', 'types.mts', { module: 'nodenext' }],
    ['CommonJS', 'types.cts', { module: 'nodenext' }],
    ['a bundler', 'types.ts', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('%s', async (_, file, options) => {
    writeFileSync(join(user.folder, file), source);
    const compilerOptions = {
      ...{
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
      },
      // Our declarations are checked too, Node's are not ours.
      ...{
        skipLibCheck: false,
        target: 'es2022',
        lib: ['es2023', 'esnext.disposable'],
        types: ['node'],
      },
      typeRoots: [join(dirname(dirname(dirname(tsc))), '@types')],
      ...options,
    };
    writeFileSync(
      join(user.folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: [file] }),
    );
    const checked = run(process.execPath, [tsc, '-p', user.folder]);
    expect(
      await checked.then(
        () => 'no errors',
        (error: { stdout: string }) => error.stdout,
      ),
    ).toBe('no errors');
  });
});

test('without a binary for this machine the error says what to do', async () => {
  const prebuilds = join(user.folder, 'node_modules', 'bunserve', 'prebuilds');
  renameSync(prebuilds, `${prebuilds}-away`);
  try {
    const code = "await import('bunserve').catch((e) => { console.log(e.code, e.message); });";
    const { code: exitCode, stdout } = await program('bare.mjs', code);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ERR_BUNSERVE_NO_BINARY bunserve: no native addon for \w+-\w+ \(Node /);
    expect(stdout).toContain('Build it with `npm run rebuild`');
  } finally {
    renameSync(`${prebuilds}-away`, prebuilds);
  }
});
