// SPDX-License-Identifier: MIT
// What every application shares: the same requests are asked of it under either runtime, and the
// first line of stdout tells the port.
import { createHash } from 'node:crypto';

const { APP_TLS: tls } = process.env;
const options = {
  ...{ port: 0, hostname: '127.0.0.1', development: false },
  ...(tls && { tls: JSON.parse(tls) }),
};

/** Tells the port. The program lives as long as its stdin. */
export function announce({ port }) {
  process.stdout.write(`${JSON.stringify({ port })}\n`);
  process.stdin.on('end', () => process.exit(0));
  process.stdin.resume();
}

/** Serves a fetch handler. */
export function listen(fetch) {
  announce(Bun.serve({ ...options, fetch }));
}

/** Runs `app.listen()` of Elysia's Bun adapter, as it is. */
export function listenApp(app) {
  app.listen({ ...options, reusePort: false });
  app.modules.then(() => announce(app.server));
}

/** A turn of the event loop: what is streamed has several pieces then. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Pieces of `size` bytes that tell their place. */
export function piece(index, size = 64 * 1024) {
  return new Uint8Array(size).fill(index);
}

/** Length and hash of what `chunks` gives, at the pace of whoever reads it. */
export async function digest(chunks) {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** What a form has: texts as they are, files by their facts. */
export async function describeForm(form) {
  const entries = [];
  for (const [name, value] of form) {
    if (typeof value === 'string') entries.push([name, value]);
    else entries.push([name, value.name, value.size, await digest(value.stream())]);
  }
  return entries;
}

/** Tells once whether the client of an endless stream has left. */
export function departure() {
  let leave;
  const left = new Promise((resolve) => (leave = resolve));
  return { leave: () => leave('left'), left };
}
