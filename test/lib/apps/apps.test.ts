// SPDX-License-Identifier: MIT
// Applications of real frameworks, unchanged, on us and on real Bun: the same requests must get the
// same answers.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Program, root } from '../process/program.js';

const programs = join(root, 'test', 'lib', 'apps', 'programs');

interface Ask {
  readonly path: string;
  readonly init?: RequestInit;
}

function form(): FormData {
  const data = new FormData();
  data.append('a', 'é');
  data.append('file', new File(['content é'], 'a.txt', { type: 'text/plain' }));
  return data;
}

function json(body: string): RequestInit {
  return { method: 'POST', body, headers: { 'content-type': 'application/json' } };
}

const asks: readonly Ask[] = [
  { path: '/' },
  { path: '/', init: { method: 'HEAD' } },
  { path: '/json', init: { headers: { 'x-agent': 'test' } } },
  { path: '/html' },
  { path: '/text' },
  { path: '/plain' },
  { path: '/users/5/a/b?q=1&r=%C3%A9' },
  { path: '/users/%C3%A9/x' },
  { path: '/secure' },
  { path: '/redirect' },
  { path: '/nothing' },
  { path: '/bytes' },
  { path: '/cookie', init: { headers: { cookie: 'seen=1; old=2' } } },
  { path: '/cookie' },
  { path: '/address' },
  { path: '/response' },
  { path: '/api/json', init: json('{"x":[1,"é"]}') },
  { path: '/api/json', init: { ...json('{}'), headers: { origin: 'http://example.com' } } },
  { path: '/api/valid', init: json('{"ok":true}') },
  { path: '/api/valid', init: json('{"ok":false}') },
  { path: '/api/json', init: { method: 'OPTIONS', headers: { origin: 'http://example.com' } } },
  { path: '/api/form', init: { method: 'POST', body: form() } },
  { path: '/echo', init: { method: 'POST', body: Uint8Array.of(0, 1, 255) } },
  { path: '/echo', init: { method: 'POST', body: 'x'.repeat(100_000) } },
  { path: '/twice', init: { method: 'PUT', body: 'twice' } },
  { path: '/fail' },
  { path: '/denied' },
  { path: '/sub/x' },
  { path: '/mounted/y' },
  { path: '/missing' },
  { path: '/', init: { method: 'DELETE' } },
];

// What a body brings along: a Response wrapped into another keeps its type in ours, and becomes
// "application/octet-stream" in Bun, where `headers` does not have it (`response-content-type`).
const automaticType = /^(text\/plain;\s?charset=utf-8|application\/octet-stream)$/i;

function isCompared([name, value]: readonly [string, string]): boolean {
  if (name === 'content-type') return !automaticType.test(value);
  return !['date', 'connection', 'keep-alive'].includes(name);
}

async function answer(origin: string, { path, init }: Ask): Promise<unknown> {
  const response = await fetch(origin + path, { redirect: 'manual', ...init });
  const headers = [...response.headers].filter(isCompared);
  const text = (await response.text()).replaceAll(origin, 'origin');
  return { path, method: init?.method, status: response.status, headers, text };
}

async function answers(program: Program): Promise<unknown[]> {
  try {
    const { port } = await program.next<{ port: number }>();
    const all: unknown[] = [];
    for (const ask of asks) all.push(await answer(`http://127.0.0.1:${port}`, ask));
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

describe('an application', () => {
  it.each(['hono', 'itty-router', 'h3', 'elysia'])('of %s answers as on Bun', async (name) => {
    const file = join(programs, `${name}.mjs`);
    const flags = ['--import', 'bunserve/register', '--no-warnings'];
    const ours = await answers(new Program([file], { flags }));
    expect(ours).toEqual(await answers(new Program([file], { node: await bunPath() })));
  });
});
