// SPDX-License-Identifier: MIT
// Pages in production: built at the start or ahead of time, and answered without JavaScript.
import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { root, startFile } from '../process/program.js';
import { ask, PAGES, VITE_ONLY } from './pages.js';
import { Project } from './project.js';
import { connectRaw } from './raw.js';

const run = promisify(execFile);
const CLI = join(root, 'dist', 'cli.js');
const production = { env: { NODE_ENV: 'production' } };

async function withProject(
  files: Readonly<Record<string, string>>,
  packages: readonly string[],
  use: (project: Project) => Promise<void>,
): Promise<void> {
  const project = new Project(files, packages);
  try {
    await use(project);
  } finally {
    await project.remove();
  }
}

/** What is the same however the pages were built. */
async function checkSite(url: string): Promise<void> {
  const page = await fetch(url);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html;charset=utf-8']);
  const html = await page.text();
  expect(html).toContain('src="/uploads/a.png"');
  // Every method, as in Bun.
  expect((await ask(url, { method: 'POST' })).body).toBe(html);
  expect((await ask(`${url}app/x`)).body).toBe(html);
  expect((await ask(`${url}app/api`)).body).toBe('api');
  expect((await ask(`${url}app/off`)).status).toBe(404);
  expect((await ask(`${url}method`, { method: 'POST' })).body).toBe('posted');
  expect((await ask(`${url}body`)).body).toContain('<title>Second</title>');
  expect((await ask(`${url}_bun/pages/main.ts`)).body).toBe('fallback /_bun/pages/main.ts');

  const [css] = /\/chunk-[\w-]+\.css/.exec(html) as RegExpExecArray;
  const plain = await connectRaw(url, css);
  expect(plain.headers).toMatchObject({
    'content-type': 'text/css;charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  });
  const etags = new Set([plain.headers.etag]);
  for (const [coding, decode] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const coded = await connectRaw(url, css, `Accept-Encoding: ${coding}`);
    expect(coded.headers).toMatchObject({ 'content-encoding': coding, vary: 'Accept-Encoding' });
    expect(decode(coded.body)).toEqual(plain.body);
    expect(coded.body.length).toBeLessThan(plain.body.length);
    etags.add(coded.headers.etag);
    const condition = `If-None-Match: ${coded.headers.etag}`;
    const again = await connectRaw(url, css, `Accept-Encoding: ${coding}`, condition);
    expect([again.status, again.body.length]).toEqual([304, 0]);
  }
  expect(etags.size).toBe(3);
}

test('built at the start, and the environment is left alone', async () => {
  await withProject(PAGES, VITE_ONLY, async (project) => {
    const { url } = await project.serve(['server.mjs'], production);
    await checkSite(url);
    expect(existsSync(join(project.folder, '.bunserve'))).toBe(false);
  });
});

test('started from elsewhere: Vite is the one beside the program', async () => {
  await withProject(PAGES, VITE_ONLY, async (project) => {
    const main = join(project.folder, 'server.mjs');
    const { url } = await project.serve([main], { ...production, cwd: tmpdir() });
    await checkSite(url);
  });
});

test('built ahead of time: the server needs neither Vite nor the scripts', async () => {
  await withProject(PAGES, VITE_ONLY, async (project) => {
    const options = { cwd: project.folder };
    const build = [CLI, 'build', 'pages/index.html', 'pages/other.html'];
    const { stdout } = await run(process.execPath, build, options);
    expect(stdout).toMatch(/chunk-[\w-]+\.css {2}\d+ bytes, \d+ with brotli/);
    // All but what the program names.
    for (const name of ['node_modules', 'shared.ts', 'pages/main.ts', 'pages/style.css']) {
      rmSync(join(project.folder, name), { recursive: true });
    }
    const { url } = await project.serve(['server.mjs'], production);
    await checkSite(url);
  });
});

test('bunserve build says what is wrong, and spares what is not its own', async () => {
  await withProject({ ...PAGES, 'out/mine.txt': 'x' }, VITE_ONLY, async (project) => {
    for (const [args, message] of [
      [[], /no HTML file was named/],
      [['none.html'], /no such file/],
      [['shared.ts'], /is no HTML file/],
      [['--what', 'pages/index.html'], /unknown option --what/],
      [['--outdir', 'out', 'pages/index.html'], /is not empty, and not of an earlier build/],
    ] as const) {
      const failed = await run(process.execPath, [CLI, 'build', ...args], {
        cwd: project.folder,
      }).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 1 });
      expect((failed as { stderr: string }).stderr).toMatch(message);
    }
    expect(existsSync(join(project.folder, 'out', 'mine.txt'))).toBe(true);
    project.write('shared.ts', 'export const shared = ;');
    const broken = await run(process.execPath, [CLI, 'build', 'pages/index.html'], {
      cwd: project.folder,
    }).catch((error: unknown) => error);
    expect(broken).toMatchObject({ code: 1 });
    const { stderr } = broken as { stderr: string };
    expect(stderr).toMatch(/^bunserve build: [^]*shared\.ts/m);
    expect(stderr).not.toMatch(/node:internal|\n {4}at /);
  });
});

test('source that cannot be built: an error in the terminal and for visitors, the rest goes on', async () => {
  await withProject({ ...PAGES, 'shared.ts': 'export const = 1' }, VITE_ONLY, async (project) => {
    const { url, program } = await project.serve(['server.mjs'], production);
    const answer = await ask(url);
    expect(answer).toEqual({ status: 500, type: 'text/plain', body: 'Something went wrong!' });
    expect(program.stderr).toMatch(/shared\.ts/);
    expect((await ask(`${url}app/api`)).body).toBe('api');
  });
});

test('without Vite: one line that says how to get it; without HTML nobody asks', async () => {
  const plain = `
    const server = Bun.serve({ fetch: () => new Response('plain') });
    console.log(server.url.href);`;
  await withProject({ ...PAGES, 'plain.mjs': plain }, [], async (project) => {
    for (const env of [{}, production.env]) {
      const program = startFile([CLI, 'server.mjs'], {
        cwd: project.folder,
        env: { BUN_PORT: '0', ...env },
      });
      const { code, stdout, stderr } = await program.exit();
      expect({ code, stdout, stderr }).toEqual({
        code: 1,
        stdout: '',
        stderr: 'Importing HTML needs the package vite. Install it: npm install vite\n',
      });
    }
    const { url } = await project.serve(['plain.mjs']);
    expect((await ask(url)).body).toBe('plain');
  });
});

test("a project with Vite's configuration: its base, its public folder, its plugins", async () => {
  const files = {
    ...PAGES,
    'vite.config.js': `
      export default {
        base: '/front/',
        define: { 'import.meta.env.GREETING': '"from the configuration"' },
      };`,
    'shared.ts': 'export const shared = import.meta.env.GREETING;',
    'public/robots.txt': 'User-agent: *',
    'public/.hidden': 'never seen',
  };
  await withProject(files, VITE_ONLY, async (project) => {
    const { url } = await project.serve(['server.mjs'], production);
    const { body: html } = await ask(url);
    const [script] = /\/front\/[\w-]+\.js/.exec(html) as RegExpExecArray;
    const { body } = await ask(new URL(script, url).href);
    expect(body + html).toContain('/front/');
    const texts = await Promise.all(
      [...html.matchAll(/\/front\/[\w-]+\.js/g)].map(([path]) => ask(new URL(path, url).href)),
    );
    expect(texts.map((each) => each.body).join('')).toContain('from the configuration');
    expect((await ask(`${url}front/robots.txt`)).body).toBe('User-agent: *');
    expect((await ask(`${url}front/.hidden`)).status).toBe(404);
  });
});
