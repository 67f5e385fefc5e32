// SPDX-License-Identifier: MIT
// Pub/sub between the processes of a node:cluster that a program made itself.
import { once } from 'node:events';
import { join } from 'node:path';
import WebSocket from 'ws';
import { root, startFile, type Program } from '../process/program.js';
import { next } from './bus.js';

const file = join(root, 'test/lib/pubsub/programs/cluster.mjs');

/** What the processes say, by the beginning of the line. */
class Talk {
  readonly #lines: string[] = [];
  constructor(readonly program: Program) {}

  async until(start: string): Promise<string> {
    for (;;) {
      const at = this.#lines.findIndex((line) => line.startsWith(start));
      if (at >= 0) return (this.#lines.splice(at, 1)[0] as string).slice(start.length + 1);
      this.#lines.push(await this.program.line());
    }
  }
}

async function connect(port: string): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}/`);
  await once(client, 'open');
  return client;
}

/** Sends until it is heard; the sockets' subscriptions are known then. */
async function reaches(from: WebSocket, to: WebSocket): Promise<void> {
  const heard = once(to, 'message');
  const timer = setInterval(() => from.send('probe'), 5);
  await heard;
  clearInterval(timer);
  const last = `last ${Math.random()}`;
  const done = new Promise<void>((resolve) =>
    to.on('message', (data: Buffer) => {
      if (data.toString() === last) resolve();
    }),
  );
  from.send(last);
  await done;
  to.removeAllListeners('message');
}

test.each(['json', 'advanced'])('workers and primary, serialization %s', async (serialization) => {
  const program = startFile([file, serialization, 'relay']);
  const talk = new Talk(program);
  try {
    const ports = [await talk.until('one listens'), await talk.until('two listens')];
    await Promise.all([talk.until('one open'), talk.until('two open')]);
    const [one, two] = [await connect(ports[0]!), await connect(ports[1]!)];
    await reaches(one, two);
    await reaches(two, one);
    for (const message of ['text \u2713', Buffer.from([0, 128, 255]), '', 'x'.repeat(3e6)]) {
      const received = next(two);
      one.send(message);
      expect((await received).length).toBe(message.length);
    }
    const heard: unknown[] = [];
    two.on('message', (data: Buffer, isBinary) => heard.push(isBinary ? data : data.toString()));
    const sent = Array.from({ length: 2_000 }, (_, i) => (i % 2 ? Buffer.from([i & 255]) : `${i}`));
    // The sender's process hears nothing of its own, so that each arrives once.
    const echoes: unknown[] = [];
    one.on('message', (data: Buffer) => echoes.push(data.toString()));
    for (const message of sent) one.send(message);
    while (heard.length < sent.length) await once(two, 'message');
    expect(heard).toEqual(sent);
    program.command('publish primary');
    while (echoes.length < 1) await once(one, 'message');
    expect(echoes).toEqual(['primary']);

    // One that is gone is not waited for.
    const closed = once(one, 'close');
    program.command('kill one');
    await closed;
    const after = next(two);
    program.command('publish after');
    while ((await after) !== 'after') await next(two);
    two.terminate();
  } finally {
    program.kill();
  }
});

test('a primary without the adapter is told apart from one that is slow', async () => {
  const program = startFile([file, 'json', 'none']);
  const talk = new Talk(program);
  try {
    const port = await talk.until('one listens');
    await talk.until('one ERR_BUNSERVE_PUBSUB_NO_PRIMARY');
    // This process goes on alone.
    const [first, second] = [await connect(port), await connect(port)];
    await reaches(first, second);
  } finally {
    program.kill();
  }
});
