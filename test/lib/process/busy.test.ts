// SPDX-License-Identifier: MIT
// A program that keeps its loop busy for long: what clients sent meanwhile is not late.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RawClient } from '../../helpers/raw-client.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { get, text } from '../../helpers/with-server.js';
import { startProgram } from './program.js';

// Nothing but a file can tell the program anything while it is kept busy.
const BUSY = `
  import { existsSync } from 'node:fs';
  import { serve, Response } from 'bunserve';
  const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  const keepBusy = () => {
    while (!existsSync(process.env.FLAG)) pause(5);
    // The connection's time is over after that.
    pause(2100);
  };
  const server = serve({
    port: 0, hostname: '127.0.0.1', development: false, idleTimeout: 1,
    fetch(request) {
      if (request.url.endsWith('/busy')) setImmediate(keepBusy);
      return new Response('ok');
    },
  });
  report(server.port);
`;

test.each(['', 'portable'])(
  'what came while the program kept the loop busy is in time: backend %p',
  async (backend) => {
    const flag = join(temporaryFolder(), 'go');
    const program = startProgram(BUSY, { env: { FLAG: flag, BUNSERVE_BACKEND: backend } });
    try {
      const client = await RawClient.connect({ port: await program.next<number>() });
      await client.write(get('/busy'));
      await client.untilMessages(1);
      await client.write(get('/'));
      writeFileSync(flag, '');
      await client.untilMessages(2);
      expect(client.messages.map(text)).toEqual(['ok', 'ok']);
      client.destroy();
    } finally {
      program.kill();
    }
  },
);
