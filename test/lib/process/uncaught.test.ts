// SPDX-License-Identifier: MIT
// Errors outside of handlers: the server causes none of its own, and lives through the program's.
import { RawClient } from '../../helpers/raw-client.js';
import { get, post, text } from '../../helpers/with-server.js';
import { startProgram, type Program } from './program.js';

const PROGRAM = `
  import { serve, Response } from 'bunserve';
  const stray = [];
  process.on('uncaughtException', (error) => stray.push('exception: ' + error?.message));
  process.on('unhandledRejection', (error) => stray.push('rejection: ' + error?.message));
  process.on('warning', (warning) => stray.push('warning: ' + warning.message));
  const never = () => new Promise(() => {});
  const boom = () => { throw new Error('boom'); };
  const routes = {
    '/sync': boom,
    '/async': async () => boom(),
    '/nothing': () => undefined,
    '/used': (() => { const once = new Response('x'); return () => once; })(),
    '/network-error': () => Response.error(),
    '/stream': () => new Response(new ReadableStream({ pull: boom })),
    '/blob': () => new Response(new Blob(['x'])),
    '/wait': never,
    '/signal': (req) => { req.signal; return never(); },
    '/read': async (req) => new Response(await req.text()),
    '/json': async (req) => Response.json(await req.json()),
    '/tee': async (req) => { const copy = req.clone(); return new Response(await req.text() + await copy.text()); },
    '/twice': async (req) => { await req.text(); return new Response(await req.text()); },
    '/large': () => new Response('x'.repeat(8e6)),
    '/timer': () => { setTimeout(() => { throw new Error('of the program'); }); return new Response('x'); },
    '/floating': () => { Promise.reject(new Error('of the program')); return new Response('x'); },
    '/stray': () => Response.json(stray.splice(0)),
  };
  const modes = {
    plain: {},
    handled: { error: (e) => new Response('handled', { status: 500 }) },
    throwing: { error: boom },
    rejecting: { error: async () => boom() },
    silent: { error: () => undefined },
  };
  console.error = () => {};
  const servers = Object.values(modes).map((mode) => serve({ port: 0, hostname: '127.0.0.1', development: false, idleTimeout: 0, routes, ...mode }));
  report(servers.map((server) => server.port));
  await commanded('stop');
  await Promise.all(servers.map((server) => server.stop(true)));
  await new Promise((resolve) => setImmediate(resolve));
  report(stray);
`;

let program: Program;
let ports: number[] = [];
beforeAll(async () => {
  program = startProgram(PROGRAM);
  ports = await program.next<number[]>();
});
afterAll(() => program.kill());

async function ask(port: number, send: string): Promise<RawClient> {
  const client = await RawClient.connect({ port });
  await client.write(send);
  return client;
}

async function answer(port: number, send: string): Promise<string> {
  const client = await ask(port, send);
  await client.untilMessages(1);
  client.destroy();
  const [message] = client.messages;
  return `${message?.status} ${text(message)}`;
}

async function stray(): Promise<unknown> {
  return JSON.parse((await answer(ports[0] as number, get('/stray'))).slice(4));
}

test('failing handlers of every kind, with every kind of error()', async () => {
  for (const port of ports) {
    const paths = ['/sync', '/async', '/nothing', '/used', '/used', '/network-error', '/blob'];
    for (const path of paths) expect(await answer(port, get(path))).toMatch(/^(200|204|500) /);
    // Nothing of the response has left, and nothing but a reset tells that it never will, as in Bun.
    expect(await answer(port, get('/stream'))).toMatch(/^undefined/);
    const bodies = [post('/json', '{'), post('/twice', 'x'), post('/tee', 'x'), post('/read', 'x')];
    for (const send of bodies) expect(await answer(port, send)).toMatch(/^(200|500) /);
  }
  expect(await stray()).toEqual([]);
});

test('clients that leave at every moment', async () => {
  for (const port of ports) {
    const moments = [
      get('/wait'),
      get('/signal'),
      get('/large'),
      get('/wait') + get('/sync'),
      'GET /wait HTTP/1.1\r\nHo',
      ...['/read', '/json', '/tee', '/twice', '/signal', '/sync'].map((path) =>
        post(path, 'abcdef').slice(0, -2),
      ),
      `${post('/read', '').replace('Content-Length: 0', 'Transfer-Encoding: chunked')}zz\r\n`,
    ];
    for (const send of moments) {
      const client = await ask(port, send);
      await answer(port, get('/blob'));
      client.destroy();
    }
  }
  await answer(ports[0] as number, get('/blob'));
  expect(await stray()).toEqual([]);
});

test('errors of the program itself are its own, and the server goes on', async () => {
  expect(await answer(ports[0] as number, get('/timer'))).toBe('200 x');
  expect(await answer(ports[0] as number, get('/floating'))).toBe('200 x');
  const seen: unknown[] = [];
  while (seen.length < 2) seen.push(...((await stray()) as unknown[]));
  expect(seen.sort()).toEqual(['exception: of the program', 'rejection: of the program']);
  expect(await answer(ports[0] as number, get('/blob'))).toBe('200 x');
});

test('stop(true) in the middle of everything', async () => {
  const clients = await Promise.all(
    ports.flatMap((port) =>
      [get('/wait'), get('/signal'), get('/large'), post('/read', 'abc').slice(0, -1), 'GET'].map(
        (send) => ask(port, send),
      ),
    ),
  );
  await answer(ports[0] as number, get('/blob'));
  program.command('stop');
  expect(await program.next()).toEqual([]);
  expect(await program.exit()).toMatchObject({ code: 0, signal: null });
  for (const client of clients) client.destroy();
});
