// SPDX-License-Identifier: MIT
// When a process with a server ends: ref(), unref(), stop(), process.exit() at bad moments. Each
// program is a process of its own; its exit code is the result.
import { RawClient } from '../../helpers/raw-client.js';
import { get, post, text } from '../../helpers/with-server.js';
import { runProgram, startProgram, type Program } from './program.js';

const START = `
  import { serve, Response } from 'bunserve';
  const base = { port: 0, hostname: '127.0.0.1', development: false };
  const start = (options) => {
    const server = serve({ ...base, ...options });
    report(server.port);
    return server;
  };
`;

const programs: Program[] = [];
afterEach(() => programs.splice(0).forEach((program) => program.kill()));

async function start(code: string): Promise<[Program, number]> {
  const program = startProgram(START + code);
  programs.push(program);
  return [program, await program.next<number>()];
}

const clean = { code: 0, signal: null, stderr: '' };

describe('ref and unref', () => {
  test('a server keeps its process alive until stop()', async () => {
    const [program, port] = await start(`
      const server = start({ fetch: () => new Response('alive') });
      process.stdin.on('data', () => server.stop());
    `);
    for (let i = 0; i < 3; i++) {
      const client = await RawClient.connect({ port });
      await client.write(get('/'));
      await client.untilMessages(1);
      expect(text(client.messages[0])).toBe('alive');
      client.destroy();
    }
    program.command('stop');
    expect(await program.exit()).toMatchObject(clean);
  });

  test('stop() with a connection that is idle', async () => {
    const [program, port] = await start(`
      const server = start({ fetch: () => new Response('alive') });
      process.stdin.on('data', () => server.stop());
    `);
    const client = await RawClient.connect({ port });
    await client.write(get('/'));
    await client.untilMessages(1);
    program.command('stop');
    expect(await program.exit()).toMatchObject(clean);
    await client.untilEnd();
  });

  test.each([
    ['unref()', 'start({ fetch }).unref();'],
    ['stop()', 'start({ fetch }).stop();'],
    ['stop(true)', 'start({ fetch }).stop(true);'],
    ['Symbol.dispose', 'start({ fetch })[Symbol.dispose]();'],
    ['unref() twice', 'start({ fetch }).unref().unref();'],
    ['ref() twice, unref() once', 'start({ fetch }).ref().ref().unref();'],
    ['unref() after stop()', 'const s = start({ fetch }); s.stop(); s.unref();'],
    ['ref() after stop()', 'const s = start({ fetch }); await s.stop(); s.ref();'],
    [
      'no listen: a refused port',
      'try { serve({ ...base, fetch, port: -1 }) } catch { report(0); }',
    ],
    [
      'no listen: an address in use',
      `const s = start({ fetch });
       for (let i = 0; i < 10; i++) { try { serve({ ...base, fetch, port: s.port }); } catch {} }
       s.unref();`,
    ],
    ['two servers, both unref', 'start({ fetch }).unref(); serve({ ...base, fetch }).unref();'],
  ])('ends by itself: %s', async (_, code) => {
    const ending = await runProgram(`${START} const fetch = () => new Response('x'); ${code}`);
    expect(ending).toMatchObject(clean);
  });

  test('of two servers one still holds the process', async () => {
    const [program, port] = await start(`
      const fetch = () => new Response('x');
      serve({ ...base, fetch }).unref();
      const server = start({ fetch });
      serve({ ...base, fetch }).stop(true);
      process.stdin.on('data', () => server.unref());
    `);
    const client = await RawClient.connect({ port });
    await client.write(get('/'));
    await client.untilMessages(1);
    client.destroy();
    program.command('go');
    expect(await program.exit()).toMatchObject(clean);
  });

  test('a pending request holds the process of an unref server, an idle connection does not', async () => {
    const [program, port] = await start(`
      const server = start({
        async fetch() {
          server.unref();
          report('inside');
          await commanded('go');
          return new Response('late');
        },
      });
    `);
    const client = await RawClient.connect({ port });
    await client.write(get('/'));
    expect(await program.next()).toBe('inside');
    program.command('go');
    await client.untilMessages(1);
    expect(text(client.messages[0])).toBe('late');
    expect(await program.exit()).toMatchObject(clean);
    await client.untilEnd();
  });
});

describe('process.exit()', () => {
  const moments: [string, string][] = [
    ['in a handler', 'fetch: () => process.exit(3)'],
    ['in an async handler', 'fetch: async () => { await null; process.exit(3); }'],
    [
      'later, the request pending',
      'fetch: () => { setImmediate(() => process.exit(3)); return new Promise(() => {}); }',
    ],
    ['in error()', "fetch: () => { throw new Error('x'); }, error: () => process.exit(3)"],
    [
      'while a body is collected',
      'fetch: async (req) => { setImmediate(() => process.exit(3)); await req.text(); }',
    ],
    [
      'after a large answer was begun',
      'fetch: () => { setImmediate(() => process.exit(3)); return new Response(new Uint8Array(32e6)); }',
    ],
    [
      'inside stop(true)',
      "fetch: (req, server) => { req.signal.addEventListener('abort', () => process.exit(3)); server.stop(true); }",
    ],
    [
      'inside reload()',
      'fetch: (req, server) => { server.reload({ get fetch() { process.exit(3); } }); }',
    ],
  ];
  test.each(moments)('%s', async (_, options) => {
    const [program, port] = await start(`start({ ${options} });`);
    const others = await Promise.all([1, 2, 3].map(() => RawClient.connect({ port })));
    await others[0]?.write('GET / HT');
    const client = await RawClient.connect({ port });
    await client.write(post('/', 'abcdef').slice(0, -3));
    expect(await program.exit()).toMatchObject({ code: 3, signal: null, stderr: '' });
    await client.untilEnd();
    for (const other of [client, ...others]) other.destroy();
  });

  test('with fifty connections under way, from a signal', async () => {
    const [program, port] = await start(`
      start({ fetch: (req) => req.url.endsWith('/wait') ? new Promise(() => {}) : new Response('x'.repeat(1e6)) });
      process.on('SIGTERM', () => process.exit(4));
    `);
    const clients = await Promise.all(
      Array.from({ length: 50 }, () => RawClient.connect({ port })),
    );
    await Promise.all(clients.map((client, i) => client.write(get(i % 2 === 0 ? '/wait' : '/'))));
    process.kill(program.pid, 'SIGTERM');
    expect(await program.exit()).toMatchObject({ code: 4, signal: null, stderr: '' });
    for (const client of clients) client.destroy();
  });

  test('a natural end runs beforeExit and exit handlers', async () => {
    const ending = await runProgram(`${START}
      const server = start({ fetch: () => new Response('x') });
      process.on('beforeExit', () => report('beforeExit'));
      process.on('exit', (code) => report('exit ' + code));
      await server.stop();
    `);
    expect(ending).toMatchObject(clean);
    expect(ending.stdout.split('\n').slice(1, 3)).toEqual(['"beforeExit"', '"exit 0"']);
  });
});
