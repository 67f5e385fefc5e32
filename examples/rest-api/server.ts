// Posts in SQLite, as a REST API: `bunserve server.ts`, then
//   curl -d '{"title":"Hi","content":"there"}' localhost:3000/api/posts
import { Database } from 'bun:sqlite';

interface Post {
  id: string;
  title: string;
  content: string;
  created_at: string;
}

const db = new Database(process.env.DATABASE ?? 'posts.db', { create: true, strict: true });
db.exec('PRAGMA journal_mode = WAL');
db.exec(`
  CREATE TABLE IF NOT EXISTS posts (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at TEXT NOT NULL
  )
`);

const all = db.query(
  'SELECT * FROM posts ORDER BY created_at DESC, id LIMIT $limit OFFSET $offset',
);
const one = db.query('SELECT * FROM posts WHERE id = $id');
const insert = db.query('INSERT INTO posts VALUES ($id, $title, $content, $created_at)');
const update = db.query('UPDATE posts SET title = $title, content = $content WHERE id = $id');
const remove = db.query('DELETE FROM posts WHERE id = $id');

class BadRequest extends Error {}

async function readPost(req: Request): Promise<Pick<Post, 'title' | 'content'>> {
  const value: unknown = await req.json().catch(() => undefined);
  const { title, content } = (value ?? {}) as Partial<Post>;
  if (typeof title !== 'string' || title.trim() === '') throw new BadRequest('a title, please');
  if (typeof content !== 'string') throw new BadRequest('content has to be a text');
  return { title: title.trim(), content };
}

function count(value: string | null, fallback: number, most: number): number {
  const number = Number(value ?? fallback);
  if (!Number.isInteger(number) || number < 0) throw new BadRequest('a number, please');
  return Math.min(number, most);
}

const notFound = () => Response.json({ error: 'Not found' }, { status: 404 });

const server = Bun.serve({
  routes: {
    '/api/posts': {
      GET: (req) => {
        const { searchParams } = new URL(req.url);
        const limit = count(searchParams.get('limit'), 20, 100);
        const offset = count(searchParams.get('offset'), 0, Number.MAX_SAFE_INTEGER);
        return Response.json(all.all({ limit, offset }));
      },
      POST: async (req) => {
        const post: Post = {
          id: crypto.randomUUID(),
          ...(await readPost(req)),
          created_at: new Date().toISOString(),
        };
        insert.run({ ...post });
        const headers = { location: `/api/posts/${post.id}` };
        return Response.json(post, { status: 201, headers });
      },
    },
    '/api/posts/:id': {
      GET: (req) => {
        const post = one.get({ id: req.params.id });
        return post ? Response.json(post) : notFound();
      },
      PUT: async (req) => {
        const { id } = req.params;
        const { changes } = update.run({ id, ...(await readPost(req)) });
        return changes === 0 ? notFound() : Response.json(one.get({ id }));
      },
      DELETE: (req) => {
        const { changes } = remove.run({ id: req.params.id });
        return changes === 0 ? notFound() : new Response(null, { status: 204 });
      },
    },
  },
  fetch: notFound,
  error(error) {
    if (error instanceof BadRequest)
      return Response.json({ error: error.message }, { status: 400 });
    console.error(error);
    return Response.json({ error: 'Internal Server Error' }, { status: 500 });
  },
});

console.log(`Listening on ${server.url}`);
