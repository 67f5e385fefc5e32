// SPDX-License-Identifier: MIT
// The smallest program in TypeScript, written for Bun: started by Bun and by the bunserve command.
interface Environment {
  BENCH_PORT?: string;
}
const { BENCH_PORT }: Environment = process.env;

export default {
  port: Number(BENCH_PORT),
  hostname: '127.0.0.1',
  fetch: (): Response => new Response('Bun!'),
};
