// SPDX-License-Identifier: MIT
// Servers in worker threads: each thread has a loop of its own, which goes with it whatever was
// under way. Fifty threads one after another must leave nothing in the process.
import { runProgram, startProgram } from './program.js';

const MAIN = `
  import { readdirSync } from 'node:fs';
  import { once } from 'node:events';
  import net from 'node:net';
  import { Worker } from 'node:worker_threads';
  import { serve, Response } from 'bunserve';

  const WORKER = \`
    const { parentPort } = require('node:worker_threads');
    import('bunserve').then(({ serve, Response }) => {
      const options = { port: 0, hostname: '127.0.0.1', development: false };
      const server = serve({
        ...options,
        routes: { '/static': new Response('static'), '/exit': () => process.exit(7) },
        fetch: (req) => req.url.endsWith('/wait') ? new Promise(() => {}) : new Response('x'.repeat(9e6)),
      });
      serve({ ...options, fetch: () => new Response('second') });
      parentPort.on('message', async (word) => {
        if (word === 'stop') { await server.stop(); process.exit(0); }
        if (word === 'return') { await server.stop(true); parentPort.close(); }
      });
      parentPort.postMessage(server.port);
    });
  \`;
  const startWorker = async () => {
    const worker = new Worker(WORKER, { eval: true, execArgv: [] });
    const [port] = await once(worker, 'message');
    return { worker, port };
  };
  // Resolves with the first bytes of the answer, and leaves the connection as it is.
  const ask = (port, path) => new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET ' + path + ' HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n');
    if (path === '/wait') socket.once('connect', () => setImmediate(resolve, socket));
    else { socket.once('data', (data) => { socket.answer = data.toString('latin1'); socket.pause(); resolve(socket); }); socket.once('close', () => resolve(socket)); }
  });
  const counters = () => { gc(); return { fds: readdirSync('/proc/self/fd').length, rss: process.memoryUsage().rss }; };
  const main = serve({ port: 0, hostname: '127.0.0.1', development: false, fetch: () => new Response('main') });
`;

const ENDINGS = `
  const endings = {
    // Servers open, an idle connection, a pending request, a half-sent answer.
    terminate: async ({ worker }) => worker.terminate(),
    stop: async ({ worker }) => { worker.postMessage('stop'); return (await once(worker, 'exit'))[0]; },
    exitInHandler: async ({ worker, port }) => { const exited = once(worker, 'exit'); ask(port, '/exit'); return (await exited)[0]; },
  };
  const codes = {};
  async function round(kind) {
    const started = await startWorker();
    const sockets = [await ask(started.port, '/static')];
    if (!sockets[0].answer.endsWith('static')) throw new Error('wrong answer');
    if (kind !== 'stop') sockets.push(await ask(started.port, '/wait'), await ask(started.port, '/large'));
    const code = await endings[kind](started);
    (codes[kind] ??= new Set()).add(code);
    for (const socket of sockets) socket.destroy();
  }
`;

test('started and ended fifty times', async () => {
  const program = startProgram(
    `${MAIN}${ENDINGS}
    const kinds = Object.keys(endings);
    for (let i = 0; i < 6; i++) await round(kinds[i % kinds.length]);
    const before = counters();
    for (let i = 0; i < 50; i++) await round(kinds[i % kinds.length]);
    const after = counters();
    const answer = (await ask(main.port, '/')).answer;
    report({ before, after, answer, codes: Object.fromEntries(Object.entries(codes).map(([k, v]) => [k, [...v]])) });
    process.exit(0);
  `,
    { flags: ['--expose-gc'] },
  );
  try {
    interface Counters {
      fds: number;
      rss: number;
    }
    interface Report {
      before: Counters;
      after: Counters;
      answer: string;
      codes: Record<string, number[]>;
    }
    const { before, after, answer, codes } = await program.next<Report>();
    expect(codes).toEqual({ terminate: [1], stop: [0], exitInHandler: [7] });
    expect(answer).toMatch(/main$/);
    expect(after.fds).toBeLessThanOrEqual(before.fds + 2);
    // A loop with its buffers, or one large body, per thread would be far more.
    expect(after.rss - before.rss).toBeLessThan(48e6);
    expect(await program.exit()).toMatchObject({ code: 0, signal: null, stderr: '' });
  } finally {
    program.kill();
  }
});

test('a thread ends by itself when its servers are stopped', async () => {
  const ending = await runProgram(
    `${MAIN}
    const { worker } = await startWorker();
    const exited = once(worker, 'exit');
    worker.postMessage('stop');
    report((await exited)[0]);
    main.stop();
  `,
    { flags: ['--expose-gc'] },
  );
  expect(ending).toMatchObject({ code: 0, signal: null, stderr: '', stdout: '0\n' });
});

test('the process may exit while threads serve', async () => {
  const ending = await runProgram(`${MAIN}
    const started = await Promise.all([1, 2, 3, 4].map(startWorker));
    await Promise.all(started.map(({ port }) => ask(port, '/wait')));
    await Promise.all(started.map(({ port }) => ask(port, '/large')));
    process.exit(5);
  `);
  expect(ending).toMatchObject({ code: 5, signal: null, stderr: '' });
});

test('several threads serve at once, on one port with reusePort', async () => {
  const ending = await runProgram(`
    import { once } from 'node:events';
    import { Worker } from 'node:worker_threads';
    const code = \`
      const { parentPort, workerData } = require('node:worker_threads');
      import('bunserve').then(({ serve, Response }) => {
        const fetch = () => new Response('from ' + workerData.name);
        const server = serve({ port: workerData.port, hostname: '127.0.0.1', reusePort: true, fetch });
        parentPort.postMessage(server.port);
      });
    \`;
    const workers = [];
    let port = 0;
    for (const name of ['a', 'b', 'c']) {
      const worker = new Worker(code, { eval: true, execArgv: [], workerData: { name, port } });
      workers.push(worker);
      [port] = await once(worker, 'message');
    }
    const names = new Set();
    for (let i = 0; i < 200; i++) {
      const answer = await fetch('http://127.0.0.1:' + port + '/', { headers: { connection: 'close' } });
      names.add(await answer.text());
    }
    await Promise.all(workers.map((worker) => worker.terminate()));
    report([...names].sort());
  `);
  expect(ending).toMatchObject({ code: 0, stderr: '', stdout: '["from a","from b","from c"]\n' });
});
