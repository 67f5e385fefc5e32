// SPDX-License-Identifier: MIT
// What every application shares: the same requests are asked of it under either runtime, and the
// first line of stdout tells the port.

/** Serves a fetch handler and says where; it lives as long as its stdin. */
export function listen(fetch) {
  const { port } = Bun.serve({ port: 0, hostname: '127.0.0.1', development: false, fetch });
  process.stdout.write(`${JSON.stringify({ port })}\n`);
  process.stdin.on('end', () => process.exit(0));
  process.stdin.resume();
}
