// SPDX-License-Identifier: MIT
// The WebSocket examples of Bun's documentation, on us and on Bun.
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import WebSocket from 'ws';
import { Program, root } from '../process/program.js';

const file = join(root, 'test', 'lib', 'websocket', 'programs', 'docs.mjs');

async function connect(port: number): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}/`);
  await once(client, 'open');
  return client;
}

async function next(client: WebSocket): Promise<string> {
  const [data] = (await once(client, 'message')) as [Buffer];
  return data.toString();
}

const page = async (port: number): Promise<string> =>
  (await fetch(`http://127.0.0.1:${port}/`)).text();

async function seen(program: Program): Promise<unknown> {
  const clients: WebSocket[] = [];
  const open = async (port: number): Promise<WebSocket> => {
    const client = await connect(port);
    clients.push(client);
    return client;
  };
  try {
    const { ports } = await program.next<{ ports: [number, number, number, number] }>();
    const [metrics, counting, publishing, configured] = ports;
    await open(metrics);
    await open(metrics);
    const first = await page(metrics);
    const member = await open(counting);
    member.send('hello');
    const subscribed = await next(member);
    const second = await page(counting);
    const [a, b] = [await open(publishing), await open(publishing)];
    const heard = Promise.all([next(a), next(b)]);
    a.send('go');
    const third = await heard;
    const client = await open(configured);
    const answers: string[] = [];
    client.ping('p');
    answers.push(await next(client));
    client.pong('q');
    answers.push(await next(client));
    client.send('x'.repeat(1000));
    answers.push(await next(client));
    client.send('x'.repeat(64 * 1024 + 1));
    const [code] = (await once(client, 'close')) as [number];
    return { first, subscribed, second, third, answers, code };
  } finally {
    for (const client of clients) client.terminate();
    program.kill();
    await program.exit();
  }
}

test('the examples do what they say, as on Bun', async () => {
  const finder = pathToFileURL(join(root, 'scripts', 'bun-path.mjs')).href;
  const { bunPath } = (await import(finder)) as { bunPath: () => string };
  const ours = await seen(new Program([file], { flags: ['--import', 'bunserve/register'] }));
  expect(ours).toMatchObject({
    first: 'Active requests: 1\nActive WebSockets: 2',
    second: '1 users in chat',
    third: ['Hello everyone!', 'Hello everyone!'],
    code: 1009,
  });
  expect(await seen(new Program([file], { node: bunPath() }))).toEqual(ours);
});
