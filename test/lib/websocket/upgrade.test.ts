// SPDX-License-Identifier: MIT
// From request to socket, as far as it is not compared with Bun: failures afterwards, limits.
import { once } from 'node:events';
import { join } from 'node:path';
import { serve } from 'bunserve';
import WebSocket from 'ws';
import { Program, root } from '../process/program.js';

const base = { port: 0, hostname: '127.0.0.1', development: false } as const;

const connect = async (server: { readonly port?: number | undefined }): Promise<WebSocket> => {
  const client = new WebSocket(`ws://127.0.0.1:${server.port}/`);
  await once(client, 'open');
  return client;
};

test.each(['throws', 'rejects'])('a handler that %s after upgrade() is heard of', async (kind) => {
  const file = join(root, 'test', 'lib', 'websocket', 'programs', 'fails.mjs');
  const program = new Program([file, kind], { flags: ['--import', 'bunserve/register'] });
  try {
    const { port } = await program.next<{ port: number }>();
    const client = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(client, 'open');
    client.send('still there?');
    const [answer] = (await once(client, 'message')) as [Buffer];
    expect(answer.toString()).toBe('still there?');
    client.terminate();
  } finally {
    program.kill();
  }
  const { stderr } = await program.exit();
  expect(stderr).toContain('after the upgrade');
});

test('maxConnections counts sockets', async () => {
  const server = serve({
    ...base,
    maxConnections: 2,
    fetch: (req, self) => (self.upgrade(req) ? undefined : new Response('x')),
    websocket: { message: (ws, message) => void ws.send(message) },
  });
  try {
    const clients = [await connect(server), await connect(server)];
    await expect(connect(server)).rejects.toThrow();
    clients[0]!.close();
    await once(clients[0]!, 'close');
    // The server has heard of the end before the next connection is accepted, or right after it.
    let third: WebSocket | undefined;
    while (third === undefined) third = await connect(server).catch(() => undefined);
    third.send('room');
    const [answer] = (await once(third, 'message')) as [Buffer];
    expect(answer.toString()).toBe('room');
    for (const client of [clients[1]!, third]) client.terminate();
  } finally {
    await server.stop(true);
  }
});
