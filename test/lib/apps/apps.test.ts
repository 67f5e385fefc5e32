// SPDX-License-Identifier: MIT
// Applications of real frameworks, unchanged, on us and on real Bun: the same requests must get the
// same answers.

import { answersOfBoth, type Ask } from './both-runtimes.js';

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
  { path: '/', init: () => ({ method: 'HEAD' }) },
  { path: '/json', init: () => ({ headers: { 'x-agent': 'test' } }) },
  { path: '/html' },
  { path: '/text' },
  { path: '/plain' },
  { path: '/users/5/a/b?q=1&r=%C3%A9' },
  { path: '/users/%C3%A9/x' },
  { path: '/secure' },
  { path: '/redirect' },
  { path: '/nothing' },
  { path: '/bytes' },
  { path: '/cookie', init: () => ({ headers: { cookie: 'seen=1; old=2' } }) },
  { path: '/cookie' },
  { path: '/address' },
  { path: '/response' },
  { path: '/api/json', init: () => json('{"x":[1,"é"]}') },
  { path: '/api/json', init: () => ({ ...json('{}'), headers: { origin: 'http://example.com' } }) },
  { path: '/api/valid', init: () => json('{"ok":true}') },
  { path: '/api/valid', init: () => json('{"ok":false}') },
  {
    path: '/api/json',
    init: () => ({ method: 'OPTIONS', headers: { origin: 'http://example.com' } }),
  },
  { path: '/api/form', init: () => ({ method: 'POST', body: form() }) },
  { path: '/echo', init: () => ({ method: 'POST', body: Uint8Array.of(0, 1, 255) }) },
  { path: '/echo', init: () => ({ method: 'POST', body: 'x'.repeat(100_000) }) },
  { path: '/twice', init: () => ({ method: 'PUT', body: 'twice' }) },
  { path: '/fail' },
  { path: '/denied' },
  { path: '/sub/x' },
  { path: '/mounted/y' },
  { path: '/missing' },
  { path: '/', init: () => ({ method: 'DELETE' }) },
];

describe('an application', () => {
  it.each(['hono', 'itty-router', 'h3', 'elysia'])('of %s answers as on Bun', async (name) => {
    const { ours, bun } = await answersOfBoth(name, asks);
    expect(ours).toEqual(bun);
  });
});
