// SPDX-License-Identifier: MIT
// What a soak has to work with: options, a server process, figures and checks, and their table.
import { ServerProcess } from './server-process.mjs';

/** Runs a soak and prints its table; whether all checks passed. */
export async function soaking(about, run) {
  console.log(`  ${about}`);
  const soak = new Soak(process.argv.slice(3));
  try {
    await run(soak);
  } finally {
    await soak.end();
  }
  return soak.report();
}

class Soak {
  #rows = [];
  #servers = [];
  #options = new Map();

  /** Words like `count=1000`. */
  constructor(options) {
    for (const option of options) {
      const [key, value = ''] = option.split('=');
      this.#options.set(key, value);
    }
  }

  /** A number that may be given as `name=value`. */
  option(name, otherwise) {
    return this.#options.has(name) ? Number(this.#options.get(name)) : otherwise;
  }

  /** Starts lib/app.mjs with more environment. */
  async serve(env = {}) {
    const server = await ServerProcess.start(env);
    this.#servers.push(server);
    return server;
  }

  /** Shows how far it is; the line is written over. */
  progress(text) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K  ${text}`);
  }

  figure(name, value) {
    this.#rows.push({ name, value: String(value), verdict: '' });
  }

  check(name, value, isRight) {
    this.#rows.push({ name, value: String(value), verdict: isRight ? 'ok' : 'FAILED' });
  }

  /** Memory and native counters are where they were. `rss` is the growth allowed, in MiB. */
  checkBaseline(before, after, rss) {
    const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
    const grown = after.rss - before.rss;
    this.figure('RSS before / after', `${mib(before.rss)} / ${mib(after.rss)} MiB`);
    this.check(`RSS growth below ${rss} MiB`, `${mib(grown)} MiB`, grown < rss * 2 ** 20);
    const buffers = after.external + after.arrayBuffers - before.external - before.arrayBuffers;
    this.check('memory outside the heap below 4 MiB', `${mib(buffers)} MiB`, buffers < 4 * 2 ** 20);
    this.check('descriptors as before', `${before.fds} / ${after.fds}`, after.fds <= before.fds);
    this.check('pending requests', after.pending, after.pending === 0);
    this.check('unhandled rejections and exceptions', after.unhandled, after.unhandled === 0);
  }

  async end() {
    for (const server of this.#servers.splice(0)) {
      const { code, stderr } = await server.stop();
      this.check('the server ended in good order', code, code === 0);
      this.check('nothing on its stderr', stderr === '' ? 'nothing' : stderr, stderr === '');
    }
  }

  /** Prints the table; whether all checks passed. */
  report() {
    this.progress('');
    for (const { name, value, verdict } of this.#rows) {
      console.log(`  ${name.padEnd(44)} ${value.padEnd(28)} ${verdict}`);
    }
    const checks = this.#rows.filter(({ verdict }) => verdict !== '');
    const failed = checks.filter(({ verdict }) => verdict !== 'ok').length;
    console.log(`  ${checks.length - failed} passed, ${failed} failed`);
    return failed === 0;
  }
}
