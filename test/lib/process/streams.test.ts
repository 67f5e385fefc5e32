// SPDX-License-Identifier: MIT
// Streams under `bunserve/register`: Bun's direct sources, on the server and read like any other,
// and the documentation's proxy with a real server behind it.
import { runProgram } from './program.js';

const flags = ['--import', 'bunserve/register', '--no-warnings'];

async function told(code: string): Promise<unknown> {
  const ending = await runProgram(code, { flags });
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ending.stdout) as unknown;
}

test('a direct source writes to the client, and hears when that leaves', async () => {
  const seen = await told(`
    const log = [];
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    let left;
    const gone = new Promise((resolve) => (left = resolve));
    const server = Bun.serve({ port: 0, fetch(request) {
      const isEndless = request.url.endsWith('/endless');
      return new Response(new ReadableStream({
        type: 'direct',
        async pull(controller) {
          log.push(controller.write('one'));
          controller.flush();
          await turn();
          if (isEndless) await gone;
          log.push(controller.write(new TextEncoder().encode(', two')));
          log.push(await controller.flush(true));
        },
        cancel(reason) { log.push(reason.name); left(); },
      }));
    } });
    const text = await (await fetch(server.url)).text();
    const abort = new AbortController();
    const response = await fetch(new URL('/endless', server.url), { signal: abort.signal });
    await response.body.getReader().read();
    abort.abort();
    await gone;
    await turn();
    await server.stop(true);
    report([text, log]);
  `);
  expect(seen).toEqual(['one, two', [3, 5, 5, 3, 'AbortError', 0, 0]]);
});

test('a direct source is an ordinary stream to everybody else', async () => {
  const seen = await told(`
    const make = () => new ReadableStream({ type: 'direct', async pull(controller) {
      controller.write('a');
      await 0;
      controller.write(new Uint8Array([66]));
      controller.end();
    } });
    const text = await new Response(make()).text();
    const chunks = [];
    for await (const chunk of make()) chunks.push(Buffer.from(chunk).toString());
    const failing = new ReadableStream({ type: 'direct', pull() { throw new Error('from pull'); } });
    const failure = await new Response(failing).text().catch((error) => error.message);
    let reason;
    const cancelled = new ReadableStream({ type: 'direct', pull() {}, cancel: (given) => (reason = given) });
    await cancelled.cancel('enough');
    class Own extends ReadableStream { get mine() { return true; } }
    const own = new Own({ start(controller) { controller.enqueue('own'); controller.close(); } });
    const kinds = [make(), own, new ReadableStream(), new Blob(['x']).stream(), ReadableStream.from(['y'])];
    const refused = (() => { try { new ReadableStream({ type: 'else' }); } catch (error) { return error.name; } })();
    report({
      text, chunks: chunks.join('|'), failure, reason,
      own: [own.mine, await new Response(own.pipeThrough(new TextEncoderStream())).text()],
      instances: kinds.map((stream) => stream instanceof ReadableStream),
      names: [ReadableStream.name, typeof ReadableStream, Object.prototype.toString.call(make())],
      refused,
    });
  `);
  expect(seen).toEqual({
    text: 'aB',
    chunks: 'a|B',
    failure: 'from pull',
    reason: 'enough',
    own: [true, 'own'],
    instances: [true, true, true, true, true],
    names: ['ReadableStream', 'function', '[object ReadableStream]'],
    refused: 'TypeError',
  });
});

test('a proxy passes on what fetch() gives: pieces as they come, nothing about its own coding', async () => {
  const seen = await told(`
    import { createServer } from 'node:http';
    import { gzipSync } from 'node:zlib';
    let finish;
    const held = new Promise((resolve) => (finish = resolve));
    const source = createServer(async (request, response) => {
      if (request.url === '/gzip') {
        const packed = gzipSync('unpacked');
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length, 'x-a': '1' });
        response.end(packed);
      } else if (request.url === '/known') {
        response.writeHead(200, { 'content-length': 200000 });
        response.end('k'.repeat(200000));
      } else if (request.url === '/cut') {
        response.writeHead(200, { 'content-length': 100 });
        response.write('part', () => response.destroy());
      } else {
        response.write('first');
        await held;
        response.end('last');
      }
    });
    await new Promise((resolve) => source.listen(0, '127.0.0.1', resolve));
    const origin = 'http://127.0.0.1:' + source.address().port;
    const server = Bun.serve({ port: 0, fetch: (request) => fetch(origin + new URL(request.url).pathname, { method: request.method }) });
    const raw = (path, method = 'GET') => fetch(new URL(path, server.url), { method, headers: { 'accept-encoding': 'identity' } });
    const shown = (response) => ['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'x-a'].map((name) => response.headers.get(name));
    const gzip = await raw('/gzip');
    const known = await raw('/known');
    const head = await raw('/known', 'HEAD');
    const slow = (await raw('/slow')).body.getReader();
    const first = Buffer.from((await slow.read()).value).toString();
    finish();
    const last = Buffer.from((await slow.read()).value).toString();
    console.error = () => undefined;
    const cut = await raw('/cut').then((response) => response.text()).catch((error) => error.name);
    report({
      gzip: [await gzip.text(), ...shown(gzip)],
      known: [(await known.text()).length, ...shown(known)],
      head: shown(head).slice(0, 2),
      slow: [first, last],
      cut,
    });
    source.close();
    source.closeAllConnections();
    await server.stop(true);
  `);
  expect(seen).toEqual({
    gzip: ['unpacked', null, null, 'chunked', null, '1'],
    known: [200_000, null, '200000', null, null, null],
    head: [null, '200000'],
    slow: ['first', 'last'],
    cut: 'TypeError',
  });
});
