// SPDX-License-Identifier: MIT
// A front-end project in a temporary folder, served by the command, and looked at with Chromium.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { root, startFile, type Program, type ProgramOptions } from '../process/program.js';

const PACKAGES = [
  ...['react', 'react-dom', 'scheduler', 'vite', '@vitejs', '@tailwindcss', 'tailwindcss'],
];

export type Files = Readonly<Record<string, string>>;

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'bunserve-html-'));
  /** The script that serves it; the checkout's unless it has bunserve installed. */
  command = join(root, 'dist', 'cli.js');
  readonly #programs: Program[] = [];

  /** @param packages what is installed; Vite is when this is not given */
  constructor(files: Files, packages: readonly string[] = PACKAGES) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
    for (const name of packages) {
      const link = join(this.folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), link);
    }
  }

  /** With the files of an example. */
  static ofExample(name: string, packages: readonly string[] = PACKAGES): Project {
    const project = new Project({}, packages);
    cpSync(join(root, 'examples', name), project.folder, {
      recursive: true,
      filter: (file) => !/node_modules|\.bunserve/.test(file.slice(root.length)),
    });
    return project;
  }

  write(name: string, content: string): void {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  edit(name: string, from: string, to: string): void {
    const text = readFileSync(join(this.folder, name), 'utf8');
    if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
    this.write(name, text.replace(from, to));
  }

  /** Starts the command on a free port; the program's first line has the URL in it. */
  async serve(
    args: readonly string[],
    options: ProgramOptions = {},
  ): Promise<{ program: Program; url: string }> {
    const program = startFile([this.command, ...args], {
      cwd: this.folder,
      ...options,
      env: { BUN_PORT: '0', ...options.env },
    });
    this.#programs.push(program);
    const [url] = /https?:\/\/\S+/.exec(await program.line()) as RegExpExecArray;
    return { program, url };
  }

  async remove(): Promise<void> {
    for (const program of this.#programs) program.kill();
    await Promise.all(this.#programs.map((program) => program.exit()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function launch(): Promise<Browser> {
  // Without a sandbox of its own it also runs as root, in a container.
  const executablePath = process.env.BUNSERVE_CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

export interface Visit {
  page: Page;
  /** What went wrong in it: errors of the console, of scripts and of requests. */
  trouble: string[];
}

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const page = await (await browser.newContext(options)).newPage();
  const trouble: string[] = [];
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') trouble.push(line.text());
  });
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('response', (answer) => {
    if (answer.status() >= 400) trouble.push(`${answer.status()} ${answer.url()}`);
  });
  await page.goto(url);
  return { page, trouble };
}
