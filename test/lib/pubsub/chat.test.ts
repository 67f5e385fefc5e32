// SPDX-License-Identifier: MIT
// examples/chat: two processes and one Redis, which is killed and comes back, and the command that
// starts all of it.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import { startRedis, type Daemon } from '../../helpers/daemon.js';
import { root, startFile, type Program } from '../process/program.js';

const CLI = join(root, 'dist', 'cli.js');
const EXAMPLE = join(root, 'examples', 'chat', 'server.mjs');

interface Said {
  name: string;
  text: string;
}

/** Somebody in a room, and all that was said to them. */
class Guest {
  readonly heard: string[] = [];
  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const { name, text } = JSON.parse(data.toString()) as Said;
      this.heard.push(`${name}: ${text}`);
    });
  }

  static async enter(port: string, name: string): Promise<Guest> {
    const guest = new Guest(new WebSocket(`ws://localhost:${port}/rooms/lobby?name=${name}`));
    await once(guest.socket, 'open');
    return guest;
  }

  async hears(line: string): Promise<void> {
    while (!this.heard.includes(line)) await once(this.socket, 'message');
  }
}

async function portOf(program: Program): Promise<string> {
  const line = await program.line();
  const [, port] = /^chat on http:\/\/localhost:(\d+)\/$/.exec(line) ?? [];
  if (port === undefined) throw new Error(line);
  return port;
}

async function link(port: string): Promise<string> {
  const response = await fetch(`http://localhost:${port}/status`);
  return ((await response.json()) as { link: string }).link;
}

async function becomes(state: string, ...ports: string[]): Promise<void> {
  for (const port of ports) {
    while ((await link(port)) !== state) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What is said is heard in the other process, once its subscription has arrived. */
async function meet(a: Guest, b: Guest, word: string): Promise<void> {
  const timer = setInterval(() => {
    a.socket.send(word);
    b.socket.send(word);
  }, 10);
  await Promise.all([a.hears(`bob: ${word}`), b.hears(`ann: ${word}`)]);
  clearInterval(timer);
}

test('two processes are one chat, also after Redis was gone', async () => {
  const redis: Daemon = await startRedis();
  const env = { REDIS_URL: redis.address };
  const programs = [0, 1].map(() => startFile([CLI, '--port', '0', EXAMPLE], { env }));
  try {
    const [one, two] = (await Promise.all(programs.map(portOf))) as [string, string];
    await becomes('open', one, two);
    const [ann, bob] = [await Guest.enter(one, 'ann'), await Guest.enter(two, 'bob')];
    await meet(ann, bob, 'hello');
    await redis.kill();
    await becomes('down', one, two);
    const cat = await Guest.enter(one, 'cat');
    await ann.hears('cat: came in');
    cat.socket.send('still here?');
    await ann.hears('cat: still here?');
    expect(bob.heard).not.toContain('cat: still here?');
    await redis.start();
    await becomes('open', one, two);
    await meet(ann, bob, 'again');
    cat.socket.close();
    await bob.hears('cat: has left');
    // Each line once, for those who said it as well.
    expect(ann.heard.filter((line) => line === 'cat: still here?')).toHaveLength(1);
    expect(bob.heard.filter((line) => line === 'cat: has left')).toHaveLength(1);
    ann.socket.terminate();
    bob.socket.terminate();
  } finally {
    for (const program of programs) program.kill();
    await redis.stop();
  }
});

test('npm run example:chat', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const [node, ...args] = (scripts['example:chat'] as string).split(' ');
  expect(node).toBe('node');
  const program = startFile([...args, '0', '0']);
  try {
    const [one, two] = [await portOf(program), await portOf(program)];
    await becomes('open', one, two);
    const page = await (await fetch(`http://localhost:${one}/`)).text();
    expect(page).toContain('<title>Chat</title>');
    const [ann, bob] = [await Guest.enter(one, 'ann'), await Guest.enter(two, 'bob')];
    await meet(ann, bob, 'hello');
    const closed = Promise.all([once(ann.socket, 'close'), once(bob.socket, 'close')]);
    process.kill(program.pid, 'SIGINT');
    await closed;
    expect(await program.exit()).toMatchObject({ code: 0, signal: null });
  } finally {
    program.kill();
  }
});
