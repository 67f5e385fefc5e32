// The examples of the documentation of Bun.serve, as written but for ports, paths and what they
// print: each is served, asked, and its answers are compared with Bun's. Those with sql, sleep and
// SQLite are docs-programs.test.ts's, HTML imports, TLS and WebSockets have tests of their own.
import { request } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from 'bun';
import { runCases } from './shown.mjs';

const { Bun } = globalThis;
const folder = mkdtempSync(join(tmpdir(), 'bunserve-docs-'));

/** Status, what says what the body is, and the body. */
async function shownAnswer(response) {
  const names = ['content-type', 'location', 'x-ready', 'content-range', 'content-length'];
  const headers = names.map((name) => response.headers.get(name));
  return [response.status, ...headers, await response.text()];
}

/** Serves options at a free port and asks for each target, such as "PUT /path". */
async function asked(options, ...targets) {
  const server = Bun.serve({ port: 0, development: false, ...options });
  try {
    return await answersOf(server, ...targets);
  } finally {
    await server.stop(true);
  }
}

async function answersOf(server, ...targets) {
  const answers = [];
  for (const target of targets) {
    const [method, path, body] = target.split(' ');
    const url = new URL(path, server.url);
    const response = await fetch(url, { method, body, redirect: 'manual' });
    answers.push(await shownAnswer(response));
  }
  return answers;
}

/** GET / over a unix socket. */
function overSocket(socketPath) {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: '/' }, (response) => {
      let text = '';
      response.on('data', (data) => (text += data));
      response.on('end', () => resolve([response.statusCode, text]));
    })
      .on('error', reject)
      .end();
  });
}

const cases = {
  'Bun.serve()': () =>
    asked(
      {
        routes: {
          '/api/status': new Response('OK'),
          '/users/:id': (req) => new Response(`Hello User ${req.params.id}!`),
          '/api/posts': {
            GET: () => new Response('List posts'),
            POST: async (req) => {
              const body = await req.json();
              return Response.json({ created: true, ...body });
            },
          },
          '/api/*': Response.json({ message: 'Not found' }, { status: 404 }),
          '/blog/hello': Response.redirect('/blog/hello/world'),
        },
        fetch() {
          return new Response('Not Found', { status: 404 });
        },
      },
      'GET /api/status',
      'GET /users/J%C3%BCrgen%20%FF',
      'GET /api/posts',
      'POST /api/posts {"a":1}',
      'PUT /api/posts {}',
      'GET /api/none/such',
      'GET /blog/hello',
      'GET /blog/hello/world',
    ),
  'Type-safe route parameters': () => {
    const both = (req) => {
      const { orgId, repoId } = req.params;
      return Response.json({ orgId, repoId });
    };
    const pattern = '/orgs/:orgId/repos/:repoId';
    const routes = { [pattern]: both, [`${pattern}/settings`]: both };
    return asked({ routes }, 'GET /orgs/a%2Fb/repos/%E2%9C%93', 'GET /orgs/1/repos/2/settings');
  },
  'Static responses': () =>
    asked(
      {
        routes: {
          '/health': new Response('OK'),
          '/ready': new Response('Ready', { headers: { 'X-Ready': '1' } }),
          '/blog': Response.redirect('https://bun.sh/blog'),
          '/api/config': Response.json({ version: '1.0.0', env: 'production' }),
        },
      },
      'GET /health',
      'GET /ready',
      'GET /blog',
      'GET /api/config',
      'POST /health x',
      'GET /none',
    ),
  'Static responses: reload of `static`': async () => {
    let time = 0;
    const options = () => ({
      static: { '/api/time': new Response(`time ${time++}`) },
      fetch() {
        return new Response('404!');
      },
    });
    const server = Bun.serve({ port: 0, ...options() });
    const before = await answersOf(server, 'GET /api/time', 'GET /');
    server.reload(options());
    const after = await answersOf(server, 'GET /api/time', 'GET /');
    await server.stop(true);
    return [before, after];
  },
  'Static responses: streams are refused, a Blob is buffered': async () => {
    const time = new Response(
      new ReadableStream({
        async pull(controller) {
          await Promise.resolve();
          controller.enqueue(new TextEncoder().encode('now'));
          controller.close();
        },
      }),
    );
    let refused;
    try {
      Bun.serve({ port: 0, static: { '/api/data': time }, fetch: () => new Response() });
    } catch (error) {
      refused = error;
    }
    const blob = await time.blob();
    const routes = { '/api/data': new Response(blob) };
    const [[status, , , , , length, text]] = await asked({ static: routes }, 'GET /api/data');
    return [refused, status, length, text];
  },
  'Route precedence': () =>
    asked(
      {
        routes: {
          '/api/users/me': () => new Response('Current user'),
          '/api/users/:id': (req) => new Response(`User ${req.params.id}`),
          '/api/*': () => new Response('API catch-all'),
          '/*': () => new Response('Global catch-all'),
        },
      },
      'GET /api/users/me',
      'GET /api/users/5',
      'GET /api/users/',
      'GET /api/x',
      'GET /x',
    ),
  'Per-HTTP Method Routes': () =>
    asked(
      {
        routes: {
          '/api/posts': {
            GET: () => new Response('List posts'),
            POST: async (req) => {
              const post = await req.json();
              return Response.json({ id: 'new', ...post });
            },
            PUT: async (req) => {
              const updates = await req.json();
              return Response.json({ updated: true, ...updates });
            },
            DELETE: () => new Response(null, { status: 204 }),
          },
          '/api/version': () => Response.json({ version: '1.0.0' }),
        },
      },
      'GET /api/posts',
      'HEAD /api/posts',
      'POST /api/posts {"title":"t"}',
      'PUT /api/posts {"title":"u"}',
      'DELETE /api/posts',
      'PATCH /api/posts {}',
      'GET /api/version',
      'PUT /api/version',
    ),
  'Hot Route Reloading': async () => {
    const version = (text) => ({ routes: { '/api/version': () => Response.json({ text }) } });
    const server = Bun.serve({ port: 0, ...version('1.0.0') });
    const before = await answersOf(server, 'GET /api/version');
    server.reload(version('2.0.0'));
    const after = await answersOf(server, 'GET /api/version');
    await server.stop(true);
    return [before, after];
  },
  'Error Handling': () =>
    asked(
      {
        routes: {
          '/api/risky': () => {
            throw new Error('Something went wrong');
          },
        },
        error(error) {
          return new Response(`Internal Error: ${error.message}`, {
            status: 500,
            headers: { 'Content-Type': 'text/plain' },
          });
        },
      },
      'GET /api/risky',
    ),
  'fetch request handler': () =>
    asked(
      {
        fetch(req) {
          const url = new URL(req.url);
          if (url.pathname === '/') return new Response('Home page!');
          if (url.pathname === '/blog') return new Response('Blog!');
          return new Response('404!');
        },
      },
      'GET /',
      'GET /blog?x',
      'GET /x',
    ),
  'fetch request handler: forwarding': async () => {
    const other = Bun.serve({ port: 0, fetch: () => Response.json({ from: 'other' }) });
    const { url } = other;
    const answers = await asked({ fetch: () => fetch(url) }, 'GET /');
    await other.stop(true);
    return answers.map(([status, type, ...rest]) => [status, type, rest.at(-1)]);
  },
  'fetch request handler: the server': async () => {
    const [[status, , , , , , text]] = await asked(
      {
        hostname: '127.0.0.1',
        fetch(req, server) {
          const ip = server.requestIP(req);
          return new Response(`Your IP is ${ip.address} ${ip.family} ${typeof ip.port}`);
        },
      },
      'GET /',
    );
    return [status, text];
  },
  'Changing the port and hostname': async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response('404!') });
    const { port, url, hostname, protocol } = server;
    const other = serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('404!') });
    const shown = [
      [typeof port, port > 0, url.href === `http://localhost:${port}/`, hostname, protocol],
      [other.url.href === `http://127.0.0.1:${other.port}/`, other.hostname],
    ];
    await Promise.all([server.stop(), other.stop()]);
    return shown;
  },
  'Unix domain sockets': async () => {
    const unix = join(folder, 'my-socket.sock');
    const server = Bun.serve({ unix, fetch: () => new Response('404!') });
    const answer = await overSocket(unix);
    await server.stop(true);
    return answer;
  },
  'Abstract namespace sockets': async () => {
    const unix = `\0my-abstract-socket-${process.pid}`;
    const server = Bun.serve({ unix, fetch: () => new Response('404!') });
    // Bun's own client of node:http knows no abstract sockets.
    const { url, address, port } = server;
    const shown = [url.protocol, address === unix, port];
    await server.stop(true);
    return shown;
  },
  'Error handling: `error` callback': async () => {
    const options = {
      fetch() {
        throw new Error('woops!');
      },
      error(error) {
        return new Response(`<pre>${error}\n${typeof error.stack}</pre>`, {
          headers: { 'Content-Type': 'text/html' },
        });
      },
    };
    return [await asked(options, 'GET /'), await asked({ ...options, development: true }, 'GET /')];
  },
  idleTimeout: () => asked({ idleTimeout: 10, fetch: () => new Response('Bun!') }, 'GET /'),
  'Streaming files': async () => {
    const path = join(folder, 'hello.txt');
    writeFileSync(path, 'Hello, files!');
    return asked({ fetch: () => new Response(Bun.file(path)) }, 'GET /', 'HEAD /');
  },
  'Streaming files: slice()': async () => {
    const path = join(folder, 'big-video.mp4');
    writeFileSync(path, '0123456789');
    const server = Bun.serve({
      port: 0,
      fetch(req) {
        const [start = 0, end = Infinity] = req.headers
          .get('Range')
          .split('=')
          .at(-1)
          .split('-')
          .map(Number);
        const bigFile = Bun.file(path);
        return new Response(bigFile.slice(start, end));
      },
    });
    const answers = [];
    for (const Range of ['bytes=0-4', 'bytes=5-100']) {
      answers.push(await shownAnswer(await fetch(server.url, { headers: { Range } })));
    }
    await server.stop(true);
    return answers;
  },
  'server.stop()': async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response('Hello!') });
    const { url } = server;
    const answer = await shownAnswer(await fetch(url));
    const stopped = [await server.stop(), await server.stop(true)];
    const refused = await fetch(url).then(
      () => 'answered',
      () => 'refused',
    );
    return [answer, stopped, refused];
  },
  'server.ref() and server.unref()': async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response('Hello!') });
    const same = [server.unref() === server, server.ref() === server];
    await server.stop(true);
    return same;
  },
  'server.reload()': async () => {
    const version = (text) => ({
      routes: { '/api/version': Response.json({ version: text }) },
      fetch: () => new Response(text),
    });
    const server = Bun.serve({ port: 0, ...version('v1') });
    const before = await answersOf(server, 'GET /api/version', 'GET /');
    server.reload(version('v2'));
    const after = await answersOf(server, 'GET /api/version', 'GET /');
    await server.stop(true);
    return [before, after];
  },
  'server.timeout(Request, seconds)': () =>
    asked(
      {
        async fetch(req, server) {
          server.timeout(req, 60);
          await req.text();
          return new Response('Done!');
        },
      },
      'POST / body',
    ),
  'server.requestIP(Request)': async () => {
    const handler = (req, server) => {
      const address = server.requestIP(req);
      if (address) return new Response(`Client IP: ${typeof address.port}`);
      return new Response('Unknown client');
    };
    const unix = join(folder, 'ip.sock');
    const server = Bun.serve({ unix, fetch: handler });
    const answers = [await asked({ fetch: handler }, 'GET /'), await overSocket(unix)];
    await server.stop(true);
    return answers;
  },
  'Server Metrics': () =>
    asked(
      {
        fetch(req, server) {
          return new Response(
            `Active requests: ${server.pendingRequests}\n` +
              `Active WebSockets: ${server.pendingWebSockets}\n` +
              `${server.subscriberCount('chat')} users in chat`,
          );
        },
        websocket: {
          message(ws) {
            ws.subscribe('chat');
          },
        },
      },
      'GET /',
    ),
  'Reference: server.fetch()': async () => {
    const server = Bun.serve({
      port: 0,
      fetch: async (req) => new Response(`${req.method} ${await req.text()}`),
    });
    const made = new Request(server.url, { method: 'POST', body: 'x' });
    const texts = [await server.fetch('/path'), await server.fetch(made)].map((one) => one.text());
    const shown = await Promise.all(texts);
    await server.stop(true);
    return shown;
  },
};

try {
  await runCases(cases, process.argv[2]);
} finally {
  rmSync(folder, { recursive: true });
}
// Bun waits for the connections that its node:http keeps.
process.exit();
