// SPDX-License-Identifier: MIT
// A real Bun process that runs programs: peer.js, one JSON line in, one line out.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { root } from '../../process/program.js';
import type { Outcome, Program } from './language.js';

async function bunPath(): Promise<string> {
  const finder = pathToFileURL(join(root, 'scripts', 'bun-path.mjs')).href;
  const { bunPath: find } = (await import(finder)) as { bunPath: () => string };
  return find();
}

export class BunPeer {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting: {
    resolve: (outcomes: Outcome[]) => void;
    reject: (error: Error) => void;
  }[] = [];
  #stderr = '';

  private constructor(command: string) {
    const script = fileURLToPath(new URL('./peer.js', import.meta.url));
    // The end of its stdin ends it, however this process goes.
    this.#child = spawn(command, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.on('data', (data: Buffer) => (this.#stderr += data.toString()));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as Outcome[]);
    });
    this.#child.once('close', (code) => {
      const error = new Error(`Bun ended with ${code}: ${this.#stderr}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  static async start(): Promise<BunPeer> {
    return new BunPeer(await bunPath());
  }

  run(program: Program): Promise<Outcome[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(program)}\n`);
    });
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await closed;
  }
}
