// SPDX-License-Identifier: MIT
// Programs in a Node process of their own: for exit codes, globals, loaders, workers and memory.
// A program talks by `report(value)`, one JSON line on stdout, and listens with
// `await commanded(word)`, a line on its stdin; stdin keeps no process alive.
// Knows nothing of HTTP.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The folder with our package.json: the package is imported by its own name from there. */
export const root = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : findRoot(dirname(from));
}

export interface ProgramOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Another Node. */
  readonly node?: string;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

// In front of every program that is given as text. The end of stdin is the end of the test runner.
const PRELUDE = `
  const report = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
  let heard = '';
  const listeners = new Set();
  process.stdin.setEncoding('utf8').on('data', (text) => { heard += text; listeners.forEach((f) => f()); });
  process.stdin.on('end', () => process.exit(99));
  process.stdin.unref?.();
  const commanded = (word) => new Promise((resolve) => {
    const look = () => { if (heard.split('\\n').includes(word)) { listeners.delete(look); resolve(); } };
    listeners.add(look);
    look();
  });
`;

export class Program {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: string[] = [];
  readonly #ending: Promise<Ending>;
  #wake: () => void = () => undefined;
  #hasEnded = false;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], options: ProgramOptions) {
    this.#child = spawn(options.node ?? process.execPath, [...(options.flags ?? []), ...args], {
      cwd: options.cwd ?? root,
      // What the test runner set for itself is not the program's business.
      env: { ...process.env, NODE_ENV: '', NODE_OPTIONS: '', ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.on('data', (data: Buffer) => (this.#stdout += data.toString()));
    this.#child.stderr.on('data', (data: Buffer) => (this.#stderr += data.toString()));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    // A test that was given up must not leave its programs behind.
    const kill = (): void => this.kill();
    process.once('exit', kill);
    this.#ending = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        process.off('exit', kill);
        this.#hasEnded = true;
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
        this.#wake();
      });
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The next line of stdout. */
  async line(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#wake = () => {
        if (this.#lines.length > 0) resolve();
        else if (this.#hasEnded) reject(new Error(`the program ended: ${this.#stderr}`));
      };
      this.#wake();
    });
    return this.#lines.shift() as string;
  }

  /** The next value the program reports. */
  async next<T>(): Promise<T> {
    return JSON.parse(await this.line()) as T;
  }

  command(word: string): void {
    this.#child.stdin.write(`${word}\n`);
  }

  /** Waits for the program to end by itself. */
  exit(): Promise<Ending> {
    return this.#ending;
  }

  /** Makes sure that it is gone. */
  kill(): void {
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
  }
}

/** Starts module code, which may use `report` and `commanded`. */
export function startProgram(code: string, options: ProgramOptions = {}): Program {
  return new Program(['--input-type=module', '--eval', PRELUDE + code], options);
}

/** Starts `node file ...args`. */
export function startFile(args: readonly string[], options: ProgramOptions = {}): Program {
  return new Program(args, options);
}

/** Runs module code to its end. */
export function runProgram(code: string, options: ProgramOptions = {}): Promise<Ending> {
  return startProgram(code, options).exit();
}
