// SPDX-License-Identifier: MIT
// The server under test, in a process of its own. It is told one word a line on stdin and answers
// with one line of JSON each.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const app = fileURLToPath(new URL('app.mjs', import.meta.url));

export class ServerProcess {
  #child;
  #waiting = [];
  #stderr = '';
  #ended;
  port = 0;

  constructor(env) {
    this.#child = spawn(process.execPath, ['--expose-gc', app], {
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.on('data', (data) => (this.#stderr = (this.#stderr + data).slice(-2000)));
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.(JSON.parse(line));
    });
  }

  static async start(env) {
    const server = new ServerProcess(env);
    const { port } = await server.#next();
    server.port = port;
    return server;
  }

  get pid() {
    return this.#child.pid;
  }

  #next() {
    const answer = new Promise((resolve) => this.#waiting.push(resolve));
    const gone = this.#ended.then((code) => {
      throw new Error(`the server ended with ${code}: ${this.#stderr}`);
    });
    return Promise.race([answer, gone]);
  }

  tell(word) {
    this.#child.stdin.write(`${word}\n`);
    return this.#next();
  }

  /** Memory and counters, once nothing is under way and garbage is collected. */
  counters() {
    return this.tell('counters');
  }

  /** The same at once. */
  glance() {
    return this.tell('glance');
  }

  async stop() {
    this.#child.stdin.end('stop\n');
    const code = await this.#ended;
    return { code, stderr: this.#stderr.trim() };
  }
}
