// SPDX-License-Identifier: MIT
// Proxies: a request goes on to another server, whole or in parts, with whatever its client said
// about the connection it came on. In processes of their own, with our classes as globals, with ours
// imported, and with Node's own.
import { runProgram } from './program.js';

const SETUP = `
  import { createServer } from 'node:http';
  import { connect } from 'node:net';
  const upstream = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => (body += data));
    request.on('end', () => {
      const { headers, method, url } = request;
      const framing = headers['content-length'] ?? headers['transfer-encoding'] ?? null;
      response.end(JSON.stringify([method, url, headers['x-a'] ?? null, framing, body]));
    });
  });
  await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const target = 'http://127.0.0.1:' + upstream.address().port + '/target';
  const options = { port: 0, hostname: '127.0.0.1', development: false };
  const raw = (server, head, body) => new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(head.join('\\r\\n') + '\\r\\n\\r\\n' + body));
    let received = '';
    socket.on('data', (data) => {
      received += data;
      const [, , answer] = /^(HTTP.1.1 100 Continue\\r\\n\\r\\n)?HTTP[^]*?\\r\\n\\r\\n([^]+)$/.exec(received) ?? [];
      if (answer) { socket.destroy(); resolve(answer); }
    });
    socket.on('close', () => resolve(received));
  });
`;

const FORWARD = `
  const ways = {
    request: (req) => fetch(new Request(target, req)),
    init: (req) => fetch(target, req),
    parts: (req) => fetch(target, { method: req.method, headers: req.headers, body: req.body }),
    copied: (req) => fetch(target, { method: req.method, headers: Object.fromEntries(req.headers), body: req.body }),
    iterated: (req) => fetch(target, { method: req.method, headers: req.headers.entries(), body: req.body }),
    read: async (req) => fetch(target, { method: req.method, headers: req.headers, body: req.body && await req.text() }),
    changed: async (req) => fetch(target, { method: req.method, headers: req.headers, body: req.body && 'changed ' + await req.text() }),
  };
  const server = serve({ ...options, fetch: async (req) => {
    try {
      return await ways[new URL(req.url).pathname.slice(1)](req);
    } catch (error) {
      return new Response(error + ' ' + error.cause?.message);
    }
  } });
  const fields = {
    none: [],
    'of a connection': ['Connection: keep-alive, X-B', 'Keep-Alive: timeout=5', 'TE: trailers', 'X-B: 1'],
    close: ['Connection: close'],
    upgrade: ['Connection: Upgrade', 'Upgrade: h2c'],
    length: ['Content-Length: 4'],
    chunked: ['Transfer-Encoding: chunked'],
    expect: ['Expect: 100-continue', 'Content-Length: 4'],
  };
  const bodies = { length: 'body', chunked: '2\\r\\nbo\\r\\n2\\r\\ndy\\r\\n0\\r\\n\\r\\n', expect: 'body' };
  const answers = {};
  for (const way of Object.keys(ways)) {
    for (const [kind, lines] of Object.entries(fields)) {
      const method = kind in bodies ? 'POST' : 'GET';
      const head = [method + ' /' + way + ' HTTP/1.1', 'Host: proxy.example', 'X-A: 1', ...lines];
      (answers[way] ??= {})[kind] = await raw(server, head, bodies[kind] ?? '');
    }
  }
  report(answers);
  process.exit();
`;

const got = JSON.stringify(['GET', '/target', '1', null, '']);
const posted = (framing: string, body = 'body'): string =>
  JSON.stringify(['POST', '/target', '1', framing, body]);
const streamed = { length: posted('4'), chunked: posted('chunked'), expect: posted('4') };
const read = { length: posted('4'), chunked: posted('4'), expect: posted('4') };
const changed = {
  length: posted('12', 'changed body'),
  chunked: posted('12', 'changed body'),
  expect: posted('12', 'changed body'),
};
const bodyless = { none: got, 'of a connection': got, close: got, upgrade: got };

const expected = {
  ...Object.fromEntries(
    ['request', 'init', 'parts', 'copied', 'iterated'].map((way) => [
      way,
      { ...bodyless, ...streamed },
    ]),
  ),
  read: { ...bodyless, ...read },
  changed: { ...bodyless, ...changed },
};

test.each([
  ['our classes as globals', 'const { serve } = Bun;', ['--import', 'bunserve/register']],
  ['ours, imported', "import { fetch, Request, serve } from 'bunserve';", []],
  [
    "Node's Request, our fetch() and server",
    "import { fetch, serve } from 'bunserve'; const { Request } = globalThis;",
    [],
  ],
])('with %s', async (_, imports, flags) => {
  const ending = await runProgram(imports + SETUP + FORWARD, {
    flags: [...flags, '--no-warnings'],
  });
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ending.stdout)).toEqual(expected);
});

// Up to Node 22. Later its classes keep what they are in private fields and take nobody else's
// requests whole, only by their parts.
const takesWhole = Number(process.versions.node.split('.', 1)[0]) < 24;

test("with Node's own classes and fetch()", async () => {
  const ending = await runProgram(
    `import { serve } from 'bunserve'; ${SETUP}
    const ways = {
      parts: (req) => fetch(req.url.replace('/parts', '/whole'), { method: req.method, headers: { 'x-a': req.headers.get('x-a') }, body: req.body, duplex: 'half' }),
      init: (req) => fetch(target, req),
      request: (req) => fetch(new Request(target, req)),
      copy: async (req) => { const copy = new Request(req); return new Response([copy.method, copy.headers.get('x-a'), await copy.text()].join()); },
      clone: async (req) => { const copy = new Request(req.clone(), { headers: { 'x-a': '2' } }); return new Response([copy.headers.get('x-a'), await copy.text(), await req.text()].join()); },
      itself: (req) => fetch(req),
    };
    let isProxied = false;
    const server = serve({ ...options, fetch: async (req) => {
      const way = new URL(req.url).pathname.slice(1);
      if (way === 'whole' || isProxied) return new Response('whole ' + req.method + (await req.text()));
      isProxied = way === 'itself';
      try {
        return await ways[way](req);
      } catch (error) {
        isProxied = false;
        return new Response(error.name);
      }
    } });
    const answers = {};
    for (const way of Object.keys(ways)) {
      answers[way] = await raw(server, ['POST /' + way + ' HTTP/1.1', 'Host: 127.0.0.1:' + server.port, 'X-A: 1', 'Content-Length: 4'], 'body');
    }
    report(answers);
    process.exit();`,
    { flags: ['--no-warnings'] },
  );
  expect(ending).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ending.stdout)).toEqual({
    parts: 'whole POSTbody',
    init: posted('4'),
    request: posted('4'),
    copy: takesWhole ? 'POST,1,body' : 'TypeError',
    clone: takesWhole ? '2,body,body' : 'TypeError',
    itself: takesWhole ? 'whole POSTbody' : 'TypeError',
  });
});
