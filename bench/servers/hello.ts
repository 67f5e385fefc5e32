// SPDX-License-Identifier: MIT
// The smallest program in TypeScript, written for Bun: started by Bun and by the bunserve command.
interface Environment {
  BENCH_PORT?: string;
}
const { BENCH_PORT }: Environment = process.env;

// Not `export default`: Bun would say so on stdout, where the client's figure goes.
Bun.serve({
  port: Number(BENCH_PORT),
  hostname: '127.0.0.1',
  fetch: (): Response => new Response('Bun!'),
});
