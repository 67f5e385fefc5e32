// SPDX-License-Identifier: MIT
// examples/first.mjs, run by the command of `npm start`: every route answers as the documentation
// of Bun.serve says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../helpers/free-port.js';
import type { HttpMessage } from '../../helpers/http-message.js';
import { RawClient } from '../../helpers/raw-client.js';
import { get, post, request } from '../../helpers/with-server.js';
import { root, startFile, type Program } from './program.js';

const scripts = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } }
).scripts;

let program: Program;
let port = 0;

beforeAll(async () => {
  const [node, ...args] = scripts.start.split(' ');
  expect(node).toBe('node');
  port = await freePort();
  program = startFile(args, { env: { BUN_PORT: String(port) } });
  await untilListening();
});
afterAll(() => program.kill());

/** The example prints nothing: its server is there when it can be reached. */
async function untilListening(): Promise<void> {
  for (;;) {
    try {
      (await RawClient.connect({ port })).destroy();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function answer(send: string): Promise<HttpMessage> {
  const client = await RawClient.connect({ port });
  await client.write(send);
  await client.untilMessages(1);
  client.destroy();
  return client.messages[0] as HttpMessage;
}

function header(message: HttpMessage, name: string): string | undefined {
  return message.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

const json = 'application/json;charset=utf-8';
const plain = 'text/plain;charset=utf-8';

test.each([
  ['a static route', get('/api/status'), 200, plain, 'OK'],
  ['a dynamic route', get('/users/123'), 200, plain, 'Hello User 123!'],
  ['an encoded param', get('/users/J%C3%BCrgen%20B'), 200, plain, 'Hello User Jürgen B!'],
  ['invalid UTF-8 in it', get('/users/%FF'), 200, plain, 'Hello User \ufffd!'],
  ['GET of a method object', get('/api/posts'), 200, plain, 'List posts'],
  ['POST of it', post('/api/posts', '{"title":"é"}'), 200, json, '{"created":true,"title":"é"}'],
  ['a method it lacks', request('PUT', '/api/posts', ''), 404, json, '{"message":"Not found"}'],
  ['the wildcard', get('/api/nothing/here'), 404, json, '{"message":"Not found"}'],
  ['the fallback', get('/nothing'), 404, plain, 'Not Found'],
  ['no empty param', get('/users/'), 404, plain, 'Not Found'],
])('%s', async (_, send, status, type, body) => {
  const message = await answer(send);
  expect([message.status, header(message, 'content-type')]).toEqual([status, type]);
  expect(message.body.toString()).toBe(body);
});

test('the redirect', async () => {
  const message = await answer(get('/blog/hello'));
  expect([message.status, header(message, 'location')]).toEqual([302, '/blog/hello/world']);
});

test('the buffered file', async () => {
  const message = await answer(get('/favicon.ico'));
  expect(header(message, 'content-type')).toBe('image/x-icon');
  expect(message.body).toEqual(readFileSync(join(root, 'examples', 'favicon.ico')));
});

test('a body that is no JSON is an error of the handler, the server goes on', async () => {
  expect((await answer(post('/api/posts', '{'))).status).toBe(500);
  expect((await answer(get('/api/status'))).status).toBe(200);
});
