// SPDX-License-Identifier: MIT
// Programs of the documentation that use sleep, sql and bun:sqlite, under the command and under Bun:
// as written, but for the types and a port that is free.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bunFile } from '../../helpers/bun-file.js';
import { freePort } from '../../helpers/free-port.js';
import { startPostgres } from '../../helpers/postgres.js';
import { withFolder } from '../../helpers/folder.js';
import { root } from '../process/program.js';
import { nodeFile, NODES } from './compared.js';

const CLI = join(root, 'dist', 'cli.js');

interface Answer {
  status: number;
  type: string | null;
  body: string;
}
type Ask = (path: string, init?: RequestInit) => Promise<Answer>;

/** Serves a program until `use` is done. */
async function served<T>(
  command: readonly string[],
  code: string,
  env: NodeJS.ProcessEnv,
  use: (ask: Ask) => Promise<T>,
  files: Readonly<Record<string, string>> = {},
): Promise<T> {
  const port = await freePort();
  const program = code.replace(/port: 3001/, `port: ${port}`);
  return withFolder({ ...files, 'server.mjs': program }, async (folder) => {
    const [file, ...args] = command as [string, ...string[]];
    const child = spawn(file, [...args, join(folder, 'server.mjs')], {
      cwd: folder,
      env: { ...process.env, NODE_ENV: '', BUN_PORT: String(port), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    let hasEnded = false;
    const ended = new Promise<void>((resolve) =>
      child.once('close', () => resolve(void (hasEnded = true))),
    );
    const ask: Ask = async (path, init) => {
      for (;;) {
        try {
          const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
          const { status, headers } = response;
          return { status, type: headers.get('content-type'), body: await response.text() };
        } catch (error) {
          // It is starting.
          if (hasEnded) throw new Error(`the program ended: ${errors}`, { cause: error });
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    };
    try {
      return await use(ask);
    } finally {
      child.kill();
      await ended;
    }
  });
}

/** The same questions to Bun and to us on every version of Node. */
async function compare(
  code: string,
  use: (ask: Ask) => Promise<unknown>,
  env: NodeJS.ProcessEnv = {},
  files: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const expected = await served([bunFile()], code, env, use, files);
  for (const major of NODES) {
    const node = await nodeFile(major);
    expect([major, await served([node, CLI], code, env, use, files)]).toEqual([major, expected]);
  }
  return expected;
}

const REST_API = `
import { Database } from "bun:sqlite";

const db = new Database("posts.db");
db.exec(\`
  CREATE TABLE IF NOT EXISTS posts (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at TEXT NOT NULL
  )
\`);

Bun.serve({
  routes: {
    // List posts
    "/api/posts": {
      GET: () => {
        const posts = db.query("SELECT * FROM posts").all();
        return Response.json(posts);
      },

      // Create post
      POST: async req => {
        const post = await req.json();
        const id = crypto.randomUUID();

        db.query(
          \`INSERT INTO posts (id, title, content, created_at)
           VALUES (?, ?, ?, ?)\`,
        ).run(id, post.title, post.content, new Date().toISOString());

        return Response.json({ id, ...post }, { status: 201 });
      },
    },

    // Get post by ID
    "/api/posts/:id": req => {
      const post = db
        .query("SELECT * FROM posts WHERE id = ?")
        .get(req.params.id);

      if (!post) {
        return new Response("Not Found", { status: 404 });
      }

      return Response.json(post);
    },
  },

  error(error) {
    console.error(error);
    return new Response("Internal Server Error", { status: 500 });
  },
});
`;

test('the REST API', async () => {
  const post = { title: 'Grüße', content: 'it\'s "quoted"' };
  const answers = await compare(REST_API, async (ask) => {
    const empty = await ask('/api/posts');
    const created = await ask('/api/posts', { method: 'POST', body: JSON.stringify(post) });
    const { id, ...rest } = JSON.parse(created.body) as { id: string };
    const list = JSON.parse((await ask('/api/posts')).body) as Record<string, unknown>[];
    const one = JSON.parse((await ask(`/api/posts/${id}`)).body) as Record<string, unknown>;
    const { created_at: at, id: own, ...fields } = one;
    return {
      ...{ empty, created: [created.status, created.type, rest], fields, count: list.length },
      sameAsListed: JSON.stringify(list[0]) === JSON.stringify(one),
      shapes: [own === id, Number.isNaN(Date.parse(String(at)))],
      missing: await ask('/api/posts/none'),
      noTitle: await ask('/api/posts', { method: 'POST', body: '{"content":"x"}' }),
      noJson: await ask('/api/posts', { method: 'POST', body: '{' }),
    };
  });
  expect(answers).toMatchObject({
    ...{ fields: post, count: 1, sameAsListed: true, shapes: [true, false] },
    ...{ missing: { status: 404 }, noTitle: { status: 500 } },
  });
});

// The documentation asks every request for a Range; one without is an error of the program.
const FILES = `
Bun.serve({
  routes: {
    // Serve a file by buffering it in memory
    "/favicon.ico": new Response(await Bun.file("./favicon.ico").bytes(), {
      headers: {
        "Content-Type": "image/x-icon",
      },
    }),
    "/hello": () => {
      return new Response(Bun.file("./hello.txt"));
    },
  },
  fetch(req) {
    // parse \`Range\` header
    const [start = 0, end = Infinity] = req.headers
      .get("Range") // Range: bytes=0-100
      .split("=") // ["Range: bytes", "0-100"]
      .at(-1) // "0-100"
      .split("-") // ["0", "100"]
      .map(Number); // [0, 100]

    // return a slice of the file
    const bigFile = Bun.file("./big-video.mp4");
    return new Response(bigFile.slice(start, end));
  },
});
`;

test('files: buffered, streamed, and in parts', async () => {
  const files = {
    'favicon.ico': 'icon',
    'hello.txt': 'Hello, file!',
    'big-video.mp4': '0123456789'.repeat(100_000),
  };
  const ranged = (range: string): RequestInit => ({ headers: { Range: range } });
  const answers = await compare(
    FILES,
    async (ask) => ({
      icon: await ask('/favicon.ico'),
      hello: await ask('/hello'),
      first: await ask('/video', ranged('bytes=0-100')),
      middle: await ask('/video', ranged('bytes=500000-500010')),
      beyond: await ask('/video', ranged('bytes=999990-2000000')),
    }),
    {},
    files,
  );
  expect(answers).toMatchObject({
    icon: { status: 200, type: 'image/x-icon', body: 'icon' },
    hello: { status: 200, type: 'text/plain;charset=utf-8', body: 'Hello, file!' },
    first: { status: 206, type: 'video/mp4', body: '0123456789'.repeat(10) },
    middle: { status: 206, body: '0123456789' },
    beyond: { status: 206, body: '0123456789' },
  });
});

const SLEEP = `
import { sleep, serve } from "bun";
serve({
  async fetch(req) {
    const start = performance.now();
    await sleep(10);
    const end = performance.now();
    return new Response(\`Slept for \${end - start}ms\`);
  },
});
`;

test('sleep', async () => {
  const answers = await compare(SLEEP, async (ask) => {
    const { status, body } = await ask('/');
    const [, time] = /^Slept for ([\d.]+)ms$/.exec(body) ?? [];
    return [status, Number(time) >= 10];
  });
  expect(answers).toEqual([200, true]);
});

const VERSION_ASYNC = `
import { sql, serve } from "bun";

serve({
  port: 3001,
  routes: {
    "/api/version": async () => {
      const [version] = await sql\`SELECT version()\`;
      return Response.json(version);
    },
  },
});
`;

const VERSION_PROMISE = `
import { sql, serve } from "bun";

serve({
  routes: {
    "/api/version": () => {
      return new Promise(resolve => {
        setTimeout(async () => {
          const [version] = await sql\`SELECT version()\`;
          resolve(Response.json(version));
        }, 100);
      });
    },
  },
});
`;

test('sql in routes', async () => {
  const postgres = await startPostgres();
  try {
    for (const code of [VERSION_ASYNC, VERSION_PROMISE]) {
      const env = { DATABASE_URL: postgres.url };
      const answers = await compare(code, (ask) => ask('/api/version'), env);
      expect(answers).toMatchObject({ status: 200, type: 'application/json;charset=utf-8' });
      expect((answers as Answer).body).toMatch(/^\{"version":"PostgreSQL /);
    }
  } finally {
    await postgres.stop();
  }
});
