// SPDX-License-Identifier: MIT
// The examples that need no browser, started as their first lines say.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, startFile, type Program } from '../process/program.js';

const CLI = join(root, 'dist', 'cli.js');

let folder = '';
let program: Program | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bunserve-example-'));
});
afterEach(async () => {
  program?.kill();
  await program?.exit();
  rmSync(folder, { recursive: true });
});

async function start(name: string, env: Record<string, string> = {}): Promise<string> {
  cpSync(join(root, 'examples', name), join(folder, name), { recursive: true });
  const options = { cwd: folder, env: { BUN_PORT: '0', PORT: '0', ...env } };
  program = startFile([CLI, join(name, 'server.ts')], options);
  return (await program.line()).replace('Listening on ', '');
}

test('rest-api', async () => {
  const url = await start('rest-api', { DATABASE: join(folder, 'posts.db') });
  const ask = async (path: string, method = 'GET', body?: unknown) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, url), init);
    const text = await answer.text();
    return {
      status: answer.status,
      value: (text === '' ? undefined : JSON.parse(text)) as unknown,
    };
  };
  expect(await ask('/api/posts')).toEqual({ status: 200, value: [] });
  const created = await ask('/api/posts', 'POST', { title: ' Grüße ', content: 'it\'s "it"' });
  expect(created).toMatchObject({ status: 201, value: { title: 'Grüße', content: 'it\'s "it"' } });
  const { id } = created.value as { id: string };
  const path = `/api/posts/${id}`;
  expect(await ask(path)).toEqual({ status: 200, value: created.value });
  expect(await ask('/api/posts')).toEqual({ status: 200, value: [created.value] });
  const changed = { title: 'other', content: '' };
  expect(await ask(path, 'PUT', changed)).toMatchObject({ status: 200, value: { id, ...changed } });
  for (const body of [{}, { title: '' }, { title: 'x', content: 5 }, null, 'x']) {
    expect(await ask('/api/posts', 'POST', body)).toMatchObject({ status: 400 });
  }
  expect((await ask('/api/posts?limit=x')).status).toBe(400);
  expect((await ask('/api/posts?offset=1')).value).toEqual([]);
  expect(await ask(path, 'DELETE')).toEqual({ status: 204, value: undefined });
  for (const [method, body] of [['GET'], ['DELETE'], ['PUT', changed]] as const) {
    expect([method, (await ask(path, method, body)).status]).toEqual([method, 404]);
  }
  expect((await ask('/elsewhere')).status).toBe(404);
});

test('files', async () => {
  const url = await start('files');
  const video = join(folder, 'files', 'public', 'a <b>.mp4');
  writeFileSync(video, 'frame '.repeat(1000));
  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; headers: unknown; body: string }>(
      (resolve, reject) => {
        const sent = request(
          new URL(path, url),
          { headers, rejectUnauthorized: false },
          (answer) => {
            let body = '';
            answer.setEncoding('utf8').on('data', (piece: string) => (body += piece));
            answer.on('end', () =>
              resolve({ status: answer.statusCode, headers: answer.headers, body }),
            );
          },
        );
        sent.on('error', reject).end();
      },
    );
  const page = await ask('/');
  expect(page.body).toContain('a &lt;b&gt;.mp4</a>');
  expect(page.body).toContain('src="/files/a%20%3Cb%3E.mp4"></video>');
  expect(JSON.parse((await ask('/api/files')).body)).toHaveLength(2);
  const part = await ask('/files/a%20%3Cb%3E.mp4', { range: 'bytes=6-11' });
  expect(part).toMatchObject({
    status: 206,
    headers: { 'content-range': 'bytes 6-11/6000', 'content-type': 'video/mp4' },
    body: 'frame ',
  });
  for (const path of ['/files/../server.ts', '/files/..%2fkey.pem', '/files/.hidden', '/x']) {
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
  }
});
