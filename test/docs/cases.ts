// SPDX-License-Identifier: MIT
// What becomes of each code block of the documentation when it is run: how little it is changed
// first, what it is asked, and how much of the answers is compared with Bun's.

export interface Ask {
  path: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** What the bodies are known to differ in: times, ids, pages of the two runtimes. */
  bodies?: 'differ';
}

export interface DocsCase {
  /** Number of the block. */
  block: number;
  /** Text replaced before it is run, only what a machine without the internet forces. */
  changes?: readonly (readonly [from: string, to: string])[];
  /** Put in front: the block goes on from an earlier one, or leaves something out. */
  before?: string;
  /** `served`: answers requests. `ends`: by itself. `fails`: with an error, in Bun too. `types`: only. */
  outcome: 'served' | 'ends' | 'fails' | 'types';
  /** Syntax errors are each compiler's own. */
  errors?: 'differ';
  /** Arguments of the command. */
  args?: readonly string[];
  env?: 'BUN_PORT' | 'PORT' | 'NODE_PORT' | 'none';
  protocol?: 'https' | 'unix';
  /** Node's own does not take what Bun answers. */
  client?: 'curl';
  needs?: 'postgres' | 'vite';
  asks?: readonly Ask[];
}

const get = (path: string): Ask => ({ path });
const post = (path: string, value: unknown): Ask => ({
  path,
  method: 'POST',
  body: JSON.stringify(value),
});
const json = (ask: Ask): Ask => ({ ...ask, bodies: 'differ' });

const OWN_SERVER = 'const server = Bun.serve({ fetch: () => new Response("ok") });\n';
const PORT = 'PORT_OF_THE_TEST';

export const CASES: readonly DocsCase[] = [
  {
    block: 1,
    outcome: 'served',
    asks: [
      ...['/api/status', '/users/J%C3%BCrgen', '/users/%FF', '/api/posts', '/blog/hello'].map(get),
      ...['/favicon.ico', '/api/unknown', '/else'].map(get),
      post('/api/posts', { title: 'x' }),
      { path: '/api/posts', method: 'PUT', body: '{}' },
    ],
  },
  { block: 2, outcome: 'types' },
  {
    block: 3,
    outcome: 'served',
    changes: [['3001', PORT]],
    needs: 'postgres',
    asks: [get('/api/version')],
  },
  { block: 4, outcome: 'served', needs: 'postgres', asks: [get('/api/version')] },
  {
    block: 5,
    outcome: 'served',
    asks: [get('/orgs/a%20b/repos/c'), get('/orgs/a/repos/c/settings'), get('/orgs/a')],
  },
  {
    block: 6,
    outcome: 'served',
    asks: ['/health', '/ready', '/blog', '/api/config', '/x'].map(get),
  },
  { block: 7, outcome: 'served', asks: [json(get('/api/time')), get('/x')] },
  {
    block: 8,
    outcome: 'served',
    changes: [['https://api.example.com/v1/data', 'UPSTREAM']],
    asks: [get('/api/data'), get('/x')],
  },
  {
    block: 9,
    outcome: 'served',
    asks: ['/api/users/me', '/api/users/7', '/api/x', '/x', '/'].map(get),
  },
  {
    block: 10,
    outcome: 'served',
    asks: [
      get('/api/posts'),
      json(post('/api/posts', { a: 1 })),
      { path: '/api/posts', method: 'PUT', body: '{"b":2}' },
      { path: '/api/posts', method: 'DELETE' },
      { path: '/api/posts', method: 'PATCH', body: '{}' },
    ],
  },
  { block: 11, outcome: 'served', asks: [get('/api/version')] },
  { block: 12, outcome: 'served', asks: [get('/api/version')] },
  { block: 13, outcome: 'served', asks: [get('/api/risky')] },
  { block: 14, outcome: 'served', needs: 'vite', asks: [json(get('/')), get('/x')] },
  {
    block: 15,
    outcome: 'served',
    asks: [
      get('/api/posts'),
      json(post('/api/posts', { title: 'a', content: 'b' })),
      json(get('/api/posts')),
      get('/api/posts/none'),
      post('/api/posts', { content: 'b' }),
    ],
  },
  { block: 16, outcome: 'types' },
  { block: 17, outcome: 'served', asks: ['/', '/blog', '/x'].map(get) },
  { block: 18, outcome: 'served', asks: [json(get('/'))] },
  {
    block: 19,
    outcome: 'served',
    changes: [['https://example.com', 'UPSTREAM']],
    asks: [get('/')],
  },
  { block: 20, outcome: 'served', asks: [json(get('/'))] },
  {
    block: 21,
    outcome: 'served',
    changes: [
      ['8080', PORT],
      ['mydomain.com', 'localhost'],
    ],
    asks: [get('/')],
  },
  { block: 22, outcome: 'served', changes: [['0, //', `${PORT}, //`]], asks: [get('/')] },
  { block: 23, outcome: 'served', before: OWN_SERVER, asks: [get('/')] },
  { block: 24, outcome: 'served', args: [`--port=${PORT}`], env: 'none', asks: [get('/')] },
  { block: 25, outcome: 'served', env: 'BUN_PORT', asks: [get('/')] },
  { block: 26, outcome: 'served', env: 'PORT', asks: [get('/')] },
  { block: 27, outcome: 'served', env: 'NODE_PORT', asks: [get('/')] },
  {
    block: 28,
    outcome: 'served',
    changes: [['/tmp/my-socket.sock', 'FOLDER/my-socket.sock']],
    protocol: 'unix',
    asks: [get('/')],
  },
  {
    block: 29,
    outcome: 'served',
    changes: [['\\0my-abstract-socket', `\\0my-abstract-socket-${PORT}`]],
    protocol: 'unix',
    asks: [get('/')],
  },
  { block: 30, outcome: 'served', asks: [json(get('/'))] },
  { block: 31, outcome: 'served', asks: [json(get('/'))] },
  { block: 32, outcome: 'ends' },
  { block: 33, outcome: 'served', protocol: 'https', asks: [get('/')] },
  // `fs` is not imported, and of two keys there is one certificate.
  { block: 34, outcome: 'fails' },
  {
    block: 35,
    outcome: 'served',
    changes: [['./key.pem', './encrypted-key.pem']],
    protocol: 'https',
    asks: [get('/')],
  },
  { block: 36, outcome: 'served', protocol: 'https', asks: [get('/')] },
  // The next two leave out the handler.
  { block: 37, outcome: 'fails' },
  { block: 38, outcome: 'fails' },
  { block: 39, outcome: 'fails' },
  { block: 40, outcome: 'served', asks: [get('/')] },
  { block: 41, outcome: 'served', asks: [get('/')] },
  { block: 42, outcome: 'served', args: ['--hot'], asks: [get('/')] },
  {
    block: 43,
    outcome: 'served',
    asks: [get('/'), { path: '/', headers: { range: 'bytes=2-5' } }],
  },
  {
    block: 44,
    outcome: 'served',
    asks: [
      { path: '/', headers: { range: 'bytes=0-100' } },
      { path: '/', headers: { range: 'bytes=5000-' }, bodies: 'differ' },
      json(get('/')),
    ],
  },
  { block: 45, outcome: 'ends' },
  { block: 46, outcome: 'served', before: OWN_SERVER, asks: [get('/')] },
  { block: 47, outcome: 'served', asks: ['/api/version', '/x'].map(get) },
  // In a comment of the documentation: neither runtime has server.abort().
  { block: 48, outcome: 'served', asks: [get('/'), json(get('/slow'))] },
  // Its `await` is in a function that is not async.
  { block: 49, outcome: 'fails', errors: 'differ' },
  { block: 50, outcome: 'served', asks: [json(get('/'))] },
  { block: 51, outcome: 'served', asks: [get('/')] },
  { block: 52, outcome: 'served', asks: [get('/')] },
  // To a handler that returns nothing Bun gives an answer with two lengths.
  { block: 53, outcome: 'served', client: 'curl', asks: [get('/')] },
  { block: 54, outcome: 'fails' },
  { block: 55, outcome: 'served', changes: [['3000', PORT]], asks: [get('/')] },
  { block: 56, outcome: 'served', changes: [['8080', PORT]], asks: [get('/')] },
  { block: 57, outcome: 'types' },
];
