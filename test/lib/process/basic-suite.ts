// SPDX-License-Identifier: MIT
// What every backend of the loop must do. Test files of one backend each call this; a process has
// one backend, chosen when its first server starts.
import { readdirSync, readlinkSync } from 'node:fs';
import { Response, type Server } from 'bunserve';
import { LARGE, SlowReader } from '../response/slow-reader.js';
import {
  connectTo,
  exchange,
  gate,
  get,
  post,
  startServer,
  text,
} from '../../helpers/with-server.js';

/** Event polls of this process: libuv's own, and the one that the nested backend adds. */
export function pollCount(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => target === 'anon_inode:[eventpoll]').length;
}

export function defineBasicSuite(): void {
  let server: Server;
  let release = gate<Response>();
  beforeEach(() => {
    release = gate<Response>();
    server = startServer({
      routes: {
        '/static': new Response('static'),
        '/users/:id': (req) => new Response(req.params.id),
        '/wait': () => release.promise as never,
        '/large': () => new Response(Buffer.alloc(LARGE, 'x')),
        '/large-static': new Response(Buffer.alloc(LARGE, 'y')),
        '/echo': async (req) => new Response(await req.text()),
      },
      fetch: (req) => new Response(`fetch ${new URL(req.url).pathname}`),
    });
  });
  afterEach(() => server.stop(true));

  test('routes, pipelined and split into single bytes', async () => {
    const send = get('/static') + get('/users/a%20b') + post('/echo', 'body') + get('/x');
    const expected = ['static', 'a b', 'body', 'fetch /x'];
    expect((await exchange(server, send, 4)).map(text)).toEqual(expected);
    const client = await connectTo(server);
    await client.writeInPieces(send, 1);
    await client.untilMessages(4);
    expect(client.messages.map(text)).toEqual(expected);
    client.destroy();
  });

  test('two hundred connections at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, i) => exchange(server, get(`/users/${i}`).repeat(3), 3)),
    );
    answers.forEach((messages, i) => expect(messages.map(text)).toEqual(Array(3).fill(`${i}`)));
  });

  test('requests behind a pending one are held', async () => {
    const client = await connectTo(server);
    await client.write(get('/wait') + get('/static'));
    await exchange(server, get('/static'));
    expect(client.received).toEqual([]);
    release.open(new Response('late'));
    await client.untilMessages(2);
    expect(client.messages.map(text)).toEqual(['late', 'static']);
    client.destroy();
  });

  test.each(['/large', '/large-static'])('a slow reader: %s', async (path) => {
    const reader = await SlowReader.begin(server, get(path));
    await exchange(server, get('/static'));
    const { messages, fault } = await reader.finish();
    expect([fault, messages[0]?.body.length]).toEqual([null, LARGE]);
    reader.destroy();
  });

  test('a large upload', async () => {
    const body = 'u'.repeat(5 * 1024 * 1024);
    const [message] = await exchange(server, post('/echo', body));
    expect(text(message) === body).toBe(true);
  });

  test('clients that leave', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => connectTo(server)));
    await Promise.all(clients.map((client) => client.write(get('/wait'))));
    while (server.pendingRequests < 20) await exchange(server, get('/static'));
    for (const client of clients) client.destroy();
    while (server.pendingRequests > 0) await exchange(server, get('/static'));
  });

  test('malformed bytes', async () => {
    const [message] = await exchange(server, 'GET / HTTP/1.1\r\nbad\r\n\r\n');
    expect(message?.status).toBe(400);
  });

  test('graceful stop', async () => {
    const client = await connectTo(server);
    await client.write(get('/wait'));
    while (server.pendingRequests < 1) await exchange(server, get('/static'));
    const stopped = server.stop();
    release.open(new Response('last'));
    await Promise.all([stopped, client.untilEnd()]);
    expect(client.messages.map(text)).toEqual(['last']);
  });
}
