// SPDX-License-Identifier: MIT
// WebSockets of a real framework, unchanged, on us and on real Bun: the same messages must get the
// same answers.
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import WebSocket from 'ws';
import { Program, root } from '../process/program.js';

const file = join(root, 'test', 'lib', 'apps', 'programs', 'elysia-sockets.mjs');

type Step =
  | { readonly open: string; readonly as: string }
  | { readonly send: string | Buffer; readonly as: string }
  /** So many messages since the socket opened. */
  | { readonly await: number; readonly as: string }
  | { readonly close: number; readonly as: string }
  | { readonly ended: true; readonly as: string };

const plays: Readonly<Record<string, readonly Step[]>> = {
  'text, JSON and bytes come back': [
    { open: '/echo', as: 'a' },
    { send: 'hello', as: 'a' },
    { send: '{"a":[1]}', as: 'a' },
    { send: '42', as: 'a' },
    { send: '', as: 'a' },
    { send: Buffer.from([0, 1, 255]), as: 'a' },
    { await: 5, as: 'a' },
  ],
  'messages are checked': [
    { open: '/typed', as: 'a' },
    { send: '{"n":21}', as: 'a' },
    { send: '{"n":"x"}', as: 'a' },
    { send: 'no JSON', as: 'a' },
    { await: 3, as: 'a' },
  ],
  'rooms with params and queries': [
    { open: '/rooms/tea?name=ann', as: 'a' },
    { await: 1, as: 'a' },
    { open: '/rooms/tea?name=bob', as: 'b' },
    { await: 1, as: 'b' },
    { open: '/rooms/milk?name=eve', as: 'c' },
    { await: 1, as: 'c' },
    { send: 'hi', as: 'a' },
    { await: 2, as: 'a' },
    { await: 2, as: 'b' },
    { close: 1000, as: 'b' },
    { ended: true, as: 'b' },
    { await: 3, as: 'a' },
  ],
  'who is not let in': [{ open: '/guarded', as: 'a' }],
  'who is': [
    { open: '/guarded?key=open', as: 'a' },
    { send: 'in', as: 'a' },
    { await: 1, as: 'a' },
  ],
  'what is returned is sent': [
    { open: '/returns', as: 'a' },
    { send: 'x', as: 'a' },
    { await: 1, as: 'a' },
  ],
  'a close of the server': [
    { open: '/closes', as: 'a' },
    { send: 'x', as: 'a' },
    { ended: true, as: 'a' },
  ],
  'no such socket': [{ open: '/none', as: 'a' }],
  'a page is no socket': [{ open: '/', as: 'a' }],
};

class Client {
  readonly seen: string[] = [];
  #socket!: WebSocket;
  #wake: () => void = () => undefined;
  #hasEnded = false;

  async open(url: string): Promise<void> {
    this.#socket = new WebSocket(url);
    this.#socket.on('message', (data: Buffer, isBinary) => {
      this.seen.push(isBinary ? data.toString('hex') : data.toString());
      this.#wake();
    });
    const ended = new Promise<void>((resolve) => {
      this.#socket.on('error', (error) => {
        this.seen.push(error.message);
        this.#hasEnded = true;
        resolve();
      });
    });
    this.#socket.on('close', (code, reason) => {
      if (!this.#hasEnded) this.seen.push(`close ${code} ${reason.toString()}`);
      this.#hasEnded = true;
      this.#wake();
    });
    await Promise.race([once(this.#socket, 'open').catch(() => undefined), ended]);
  }

  send(data: string | Buffer): void {
    this.#socket.send(data);
  }

  close(code: number): void {
    this.#socket.close(code);
  }

  async until(count: number): Promise<void> {
    while (this.seen.length < count && !this.#hasEnded) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async untilEnd(): Promise<void> {
    while (!this.#hasEnded) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  drop(): void {
    this.#socket.terminate();
  }
}

async function play(port: number, steps: readonly Step[]): Promise<Record<string, string[]>> {
  const clients = new Map<string, Client>();
  for (const step of steps) {
    const client = clients.get(step.as) ?? new Client();
    clients.set(step.as, client);
    if ('open' in step) await client.open(`ws://127.0.0.1:${port}${step.open}`);
    else if ('send' in step) client.send(step.send);
    else if ('await' in step) await client.until(step.await);
    else if ('close' in step) client.close(step.close);
    else await client.untilEnd();
  }
  const seen = Object.fromEntries([...clients].map(([name, client]) => [name, [...client.seen]]));
  for (const client of clients.values()) client.drop();
  return seen;
}

async function answers(program: Program): Promise<unknown> {
  try {
    const { port } = await program.next<{ port: number }>();
    const all: Record<string, unknown> = {};
    for (const [name, steps] of Object.entries(plays)) all[name] = await play(port, steps);
    return all;
  } finally {
    program.kill();
    await program.exit();
  }
}

async function bunPath(): Promise<string> {
  const finder = pathToFileURL(join(root, 'scripts', 'bun-path.mjs')).href;
  const { bunPath: find } = (await import(finder)) as { bunPath: () => string };
  return find();
}

test('sockets of Elysia answer as on Bun', async () => {
  const flags = ['--import', 'bunserve/register', '--no-warnings'];
  const ours = await answers(new Program([file], { flags }));
  const bun = await answers(new Program([file], { node: await bunPath() }));
  expect(ours).toEqual(bun);
});
