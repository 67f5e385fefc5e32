// SPDX-License-Identifier: MIT
// Our TLS library beside Node's own OpenSSL in one process: servers and clients of node:tls and
// node:https at work in the same moments as ours, in the main thread and in workers.
import { startProgram } from '../process/program.js';
import { Authority } from '../../helpers/certificates.js';

const authority = new Authority();
authority.issue('localhost', { names: ['localhost', '127.0.0.1'] });

const COMMON = `
  const { readFileSync } = await import('node:fs');
  const https = await import('node:https');
  const tls = await import('node:tls');
  const { once } = await import('node:events');
  const { createHash } = await import('node:crypto');
  const pem = (name) => readFileSync(${JSON.stringify(authority.folder)} + '/' + name + '.pem', 'utf8');
  const own = { key: pem('localhost-key'), cert: pem('localhost') };
  const ca = pem('ca');
  const content = Buffer.alloc(300_000, 'side by side ');
  const wanted = createHash('sha256').update(content).digest('hex');
  const theirs = https.createServer(own, (req, res) => req.pipe(res)).listen(0, '127.0.0.1');
  const echo = tls.createServer(own, (socket) => socket.on('error', () => 0).pipe(socket)).listen(0, '127.0.0.1');
  await Promise.all([once(theirs, 'listening'), once(echo, 'listening')]);
  // Ours, asked by itself, by theirs, and asking theirs.
  const ours = Bun.serve({
    port: 0, hostname: '127.0.0.1', tls: own,
    routes: { '/static': new Response(content) },
    async fetch(req, server) {
      if (new URL(req.url).pathname === '/proxied') return new Response(await asked(theirs.address().port, '/', await req.bytes()));
      return new Response(await req.bytes(), { headers: { protocol: server.tls(req).protocol } });
    },
  });
  function asked(port, path, body, agent = false) {
    return new Promise((resolve, reject) => {
      const sent = https.request({ host: '127.0.0.1', port, path, method: body ? 'POST' : 'GET', ca, agent }, (res) => {
        const parts = [];
        res.on('data', (part) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts))).on('error', reject);
      });
      sent.on('error', reject).end(body);
    });
  }
  function echoed(body) {
    return new Promise((resolve, reject) => {
      const parts = [];
      const socket = tls.connect({ host: '127.0.0.1', port: echo.address().port, ca, allowHalfOpen: true }, () => socket.end(body));
      socket.on('data', (part) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts))).on('error', reject);
    });
  }
  const hash = (bytes) => createHash('sha256').update(bytes).digest('hex') === wanted;
  async function round() {
    const all = await Promise.all([
      asked(ours.port, '/', content), asked(ours.port, '/static'), asked(ours.port, '/proxied', content),
      asked(theirs.address().port, '/', content), echoed(content),
      asked(ours.port, '/', content, https.globalAgent),
    ]);
    return all.every(hash);
  }
  async function rounds(count) {
    let right = 0;
    for (let i = 0; i < count; i++) right += await round();
    return right;
  }
  async function end() {
    https.globalAgent.destroy();
    await ours.stop(true);
    theirs.close();
    echo.close();
  }
`;

const REGISTER = ['--import', 'bunserve/register'];

test('in one thread', async () => {
  const code = `${COMMON}
    report({ right: await rounds(30) });
    await end();`;
  const program = startProgram(code, { flags: REGISTER });
  expect(await program.next()).toEqual({ right: 30 });
  expect(await program.exit()).toMatchObject({ code: 0, stderr: '' });
});

test('in workers, some of which end in the middle', async () => {
  const steady = `${COMMON}
    const { parentPort } = await import('node:worker_threads');
    parentPort.postMessage(await rounds(15));
    await end();`;
  // Only ours: Node 20 itself crashes when a worker is ended in the middle of its node:tls.
  const brief = `
    const { parentPort, workerData } = await import('node:worker_threads');
    const content = Buffer.alloc(3_000_000, 'brief ');
    const { port } = Bun.serve({ ...workerData, port: 0, fetch: () => new Response(content) });
    parentPort.postMessage(port);`;
  const code = `${COMMON}
    const { Worker } = await import('node:worker_threads');
    const url = (source) => new URL('data:text/javascript,' + encodeURIComponent(source));
    const start = (source) => new Worker(url(source), { workerData: { tls: own, hostname: '127.0.0.1' } });
    const steady = [1, 2].map(() => start(${JSON.stringify(steady)}));
    const results = steady.map((one) => once(one, 'message'));
    const exits = steady.map((one) => once(one, 'exit'));
    const mine = rounds(15);
    let cut = 0;
    for (let i = 0; i < 5; i++) {
      const worker = start(${JSON.stringify(brief)});
      const [port] = await once(worker, 'message');
      await asked(port, '/');
      const underWay = [1, 2, 3, 4].map(() => asked(port, '/').catch(() => cut++));
      await new Promise(setImmediate);
      await worker.terminate();
      await Promise.all(underWay);
    }
    const all = { mine: await mine, theirs: (await Promise.all(results)).flat() };
    report({ ...all, exits: (await Promise.all(exits)).flat(), wereCut: cut > 0 });
    await end();`;
  const program = startProgram(code, { flags: REGISTER });
  const expected = { mine: 15, theirs: [15, 15], exits: [0, 0], wereCut: true };
  expect(await program.next()).toEqual(expected);
  expect(await program.exit()).toMatchObject({ code: 0, stderr: '' });
});
