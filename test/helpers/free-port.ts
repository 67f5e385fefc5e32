// SPDX-License-Identifier: MIT
// Ports for programs that must be told one. Not from the range from which the system itself takes
// those of clients and of listeners on port 0: between the check and the program's start somebody
// else would get it now and then. Test processes that run at the same time take different ones.
import { createServer } from 'node:net';

// Linux gives out 32768 and above.
const FIRST = 20_000;
const EACH = 64;
const BLOCKS = 190;
const block = FIRST + (process.pid % BLOCKS) * EACH;
let given = 0;

function isFree(port: number): Promise<boolean> {
  const holder = createServer();
  return new Promise((resolve) => {
    holder.once('error', () => resolve(false));
    holder.listen(port, '127.0.0.1', () => holder.close(() => resolve(true)));
  });
}

/** A port nobody listens on, and a different one each time. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < EACH; tried++) {
    const port = block + (given++ % EACH);
    if (await isFree(port)) return port;
  }
  throw new Error(`ports ${block} to ${block + EACH - 1} are all taken`);
}
