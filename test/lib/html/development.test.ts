// SPDX-License-Identifier: MIT
// Pages in development: what answers what, who may ask, and what is never handed out.
import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import { WebSocket } from 'ws';
import { bunFile } from '../../helpers/bun-file.js';
import { startFile, type Program } from '../process/program.js';
import { ask, PAGES, VITE_ONLY } from './pages.js';
import { Project } from './project.js';
import { connectRaw } from './raw.js';

const HTML = 'text/html;charset=utf-8';

let project: Project;
let program: Program;
let url = '';

beforeAll(async () => {
  project = new Project(PAGES, VITE_ONLY);
  ({ program, url } = await project.serve(['server.mjs']));
});
afterAll(() => project.remove());

test('pages, their methods, and the routes beside them', async () => {
  const page = await ask(url);
  expect([page.status, page.type]).toEqual([200, HTML]);
  expect(page.body).toContain('<title>First</title>');
  expect((await ask(`${url}app/deep/er?x=1`)).body).toBe(page.body);
  expect((await ask(url, { method: 'HEAD' })).body).toBe('');
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const refused = await fetch(url, { method });
    expect([method, refused.status, refused.headers.get('allow')]).toEqual([
      method,
      405,
      'GET, HEAD',
    ]);
  }
  expect((await ask(`${url}method`)).body).toContain('<title>Second</title>');
  expect((await ask(`${url}method`, { method: 'POST' })).body).toBe('posted');
  expect((await ask(`${url}method`, { method: 'PUT' })).body).toBe('fallback /method');
  expect((await ask(`${url}app/api`)).body).toBe('api');
  expect((await ask(`${url}app/off`)).body).toBe('fallback /app/off');
  expect((await ask(`${url}pages/main.ts`)).body).toBe('fallback /pages/main.ts');
});

test('a page as the body of a response', async () => {
  const answer = await fetch(`${url}body`);
  const { status, headers } = answer;
  expect([status, headers.get('content-type'), headers.get('x-own')]).toEqual([203, HTML, '1']);
  expect(await answer.text()).toContain('/_bun/pages/other.ts');
});

test('links of the page lead to its files, those of the application stay', async () => {
  const { body } = await ask(url);
  for (const link of [
    'href="/_bun/pages/style.css"',
    "href='/_bun/logo.svg'",
    'src="/_bun/pages/main.ts"',
    'srcset="/_bun/logo.svg 1x, /_bun/logo.svg 2x"',
    'src="/uploads/a.png"',
    '<script src="./commented.js">',
    'href="./elsewhere"',
  ]) {
    expect(body).toContain(link);
  }
  const script = await ask(`${url}_bun/pages/main.ts`);
  expect([script.status, script.type]).toEqual([200, 'text/javascript']);
  expect(script.body).toContain('/_bun/shared.ts');
  expect((await ask(`${url}_bun/shared.ts`)).body).toMatch(/BASE_URL"?: "\/"/);
  expect(await ask(`${url}_bun/logo.svg`)).toMatchObject({ status: 200, type: 'image/svg+xml' });
});

// Sent as they are, which fetch() would not do.
async function raw(path: string, ...fields: string[]): Promise<{ status: number; body: string }> {
  const { status, body } = await connectRaw(url, path, ...fields);
  return { status, body: body.toString() };
}

test.each([
  ...['/secret.ts', '/secret.ts?raw', '/secret.ts?import', '/secret.ts?url', '/server.mjs'],
  ...['/.env', '/.env?raw', '/posts.db', '/posts.db?raw', '/posts.db?url', '/package.json?raw'],
  ...[
    '/@fs/etc/passwd',
    '/@fs//etc/passwd?raw',
    '/@fs/etc/passwd?import&raw??',
    '/../../etc/passwd',
  ],
  ...[
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/..\\..\\etc\\passwd',
    '/@fs/%65tc/passwd',
  ],
  ...[
    '/@id/__x00__/etc/passwd',
    '/@id//etc/passwd?raw',
    '/pages/../secret.ts?raw',
    '/#/../secret.ts',
  ],
  ...['/@fs/FOLDER/secret.ts', '/@fs/FOLDER/.env?raw', '/@fs/FOLDER/pages/../secret.ts?raw'],
  ...[
    '/secret.ts?html-proxy&index=0.js',
    '/secret.ts?worker',
    '/secret.ts?inline&.css',
    '/.git/config',
  ],
  ...[
    '/secret.ts%00.svg',
    '/secret.ts/',
    '/@fs/FOLDER/secret.ts?.svg?.wasm?init',
    '/secret.ts?raw#.svg',
  ],
])('not handed out: /_bun%s', async (path) => {
  const target = `/_bun${path.replace('FOLDER', project.folder.slice(1))}`;
  const { status, body } = await raw(target);
  expect([path, status >= 400]).toEqual([path, true]);
  expect(body).not.toMatch(/never seen|root:|"type"/);
});

test('only under names of its own', async () => {
  for (const path of ['/', '/app/x', '/_bun/pages/main.ts', '/_bun/@vite/client']) {
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      'evil.example:80',
      '1.2.3.4.evil',
    ]) {
      expect([path, host, (await raw(path, `Host: ${host}`)).status]).toEqual([path, host, 403]);
    }
    for (const host of ['localhost', 'app.localhost:1', '127.0.0.1', '[::1]:3000', '10.1.2.3']) {
      expect([path, host, (await raw(path, `Host: ${host}`)).status]).toEqual([path, host, 200]);
    }
  }
  const { body } = await raw('/', 'Host: evil.example');
  expect(body).toContain('allowedHosts: ["evil.example"]');
});

test('not into pages of other sites', async () => {
  const foreign = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors'];
  expect((await raw('/_bun/pages/main.ts', ...foreign)).status).toBe(403);
  const answer = await fetch(`${url}_bun/pages/main.ts`, {
    headers: { origin: 'https://evil.example' },
  });
  expect(answer.headers.get('access-control-allow-origin')).toBeNull();
});

/** What becomes of a WebSocket: its first message, or the status that refused it. */
function socket(
  path: string,
  origin: string | undefined,
  protocol = 'vite-hmr',
  from = url,
): Promise<unknown> {
  return new Promise((resolve) => {
    const ws = new WebSocket(new URL(path, from).href.replace('http', 'ws'), protocol, {
      ...(origin === undefined ? {} : { origin }),
    });
    ws.on('message', (data: Buffer) => {
      resolve(data.toString());
      ws.terminate();
    });
    ws.on('close', (code) => resolve(code));
    ws.on('unexpected-response', (_request, answer) => {
      resolve(answer.statusCode);
      ws.terminate();
    });
    ws.on('error', () => undefined);
  });
}

test("hostname of serve(), Vite's allowedHosts, and names in capitals", async () => {
  // Of a machine that does not know its own name nothing is to be seen.
  const own = await lookup(hostname()).then(
    ({ address }) => (address.startsWith('127.') ? hostname() : 'localhost'),
    () => 'localhost',
  );
  const files = {
    ...PAGES,
    'server.mjs': (PAGES['server.mjs'] as string).replace("'127.0.0.1'", JSON.stringify(own)),
    'vite.config.js': 'export default { server: { allowedHosts: [".allowed.example"] } }',
  };
  const other = new Project(files, VITE_ONLY);
  try {
    const served = await other.serve(['server.mjs']);
    const status = async (path: string, host: string): Promise<number> =>
      (await connectRaw(served.url, path, `Host: ${host}`)).status;
    for (const path of ['/', '/_bun/pages/main.ts', '/_bun/@vite/client']) {
      for (const host of [own, own.toUpperCase(), 'LocalHost:1', 'a.allowed.example']) {
        expect([path, host, await status(path, host)]).toEqual([path, host, 200]);
      }
      expect(await status(path, 'example')).toBe(403);
    }
  } finally {
    await other.remove();
  }
});

test('updates are for pages of this server', async () => {
  const client = (await ask(`${url}_bun/@vite/client`)).body;
  const [, token] = /wsToken = "([^"]+)"/.exec(client) as unknown as [string, string];
  const own = new URL(url).origin;
  const path = `/_bun/?token=${token}`;
  expect(await socket(path, own)).toBe('{"type":"connected"}');
  expect(await socket('/_bun/', undefined)).toBe('{"type":"connected"}');
  expect(await socket('/_bun/', own, 'vite-ping')).toBe(1000);
  expect(await socket(path, 'https://evil.example')).toBe(403);
  expect(await socket(path, 'null')).toBe(403);
  expect(await socket('/_bun/', own)).toBe(403);
  expect(await socket('/_bun/?token=x', own)).toBe(403);
  expect(await socket('/_bun/', 'https://evil.example', 'vite-ping')).toBe(403);
  expect(await socket(`/_bun/pages/?token=${token}`, own)).toBe(403);
});

describe('beside Bun', () => {
  const FILES = {
    'package.json': '{ "type": "module" }',
    'index.html': '<!doctype html><title>a</title><script type=module src=./main.ts></script>',
    'main.ts': "document.title = 'b' as string;",
    'server.mjs': `import { serve } from 'bun';
      import page from './index.html';
      const routes = { '/': page };
      console.log(serve({ hostname: '127.0.0.1', development: true, routes }).url.href);`,
  };
  const SCRIPT = { bun: /\/_bun\/client\/[^"]+\.js/, ours: /\/_bun\/main\.ts/ };
  let shared: Project;
  let bun: Program;
  let theirs = '';
  let ours = '';
  beforeAll(async () => {
    shared = new Project(FILES, VITE_ONLY);
    ours = (await shared.serve(['server.mjs'])).url;
    bun = startFile(['server.mjs'], {
      ...{ node: bunFile(), cwd: shared.folder, env: { BUN_PORT: '0' } },
    });
    while (!theirs.startsWith('http')) theirs = await bun.line();
  });
  afterAll(async () => {
    bun.kill();
    await bun.exit();
    await shared.remove();
  });

  /** The statuses of the page and of its script. */
  async function statuses(from: string, ...fields: string[]): Promise<number[]> {
    const html = (await connectRaw(from, '/')).body.toString();
    const [script] = SCRIPT[from === ours ? 'ours' : 'bun'].exec(html) as unknown as [string];
    const page = await connectRaw(from, '/', ...fields);
    return [page.status, (await connectRaw(from, script, ...fields)).status];
  }

  const fetched = (site: string, mode: string): string[] => [
    `Sec-Fetch-Site: ${site}`,
    `Sec-Fetch-Mode: ${mode}`,
  ];

  test.each([
    ...['localhost', 'LOCALHOST:5', '127.0.0.1', '[::1]:3000', '10.1.2.3', 'app.localhost'],
    ...['evil.example', 'localhost.', 'localhost.evil.example', '1.2.3.4.evil'],
  ])('Host: %s', async (host) => {
    const field = `Host: ${host}`;
    expect(await statuses(ours, field)).toEqual(await statuses(theirs, field));
  });

  test('scripts in pages of other sites', async () => {
    for (const [site, mode] of [
      ['same-origin', 'no-cors'],
      ['cross-site', 'navigate'],
      ['cross-site', 'cors'],
    ] as const) {
      const fields = fetched(site, mode);
      expect(await statuses(ours, ...fields)).toEqual([200, 200]);
      expect(await statuses(theirs, ...fields)).toEqual([200, 200]);
    }
    // The row html-embedding.
    expect(await statuses(theirs, ...fetched('cross-site', 'no-cors'))).toEqual([200, 200]);
    expect(await statuses(ours, ...fetched('cross-site', 'no-cors'))).toEqual([403, 403]);
  });

  test('the WebSocket of updates', async () => {
    const answer = (from: string, origin: string | undefined): Promise<unknown> =>
      socket(from === ours ? '/_bun/' : '/_bun/hmr', origin, 'vite-ping', from);
    for (const origin of ['https://evil.example', 'null']) {
      expect([origin, await answer(theirs, origin)]).toEqual([origin, 403]);
      expect([origin, await answer(ours, origin)]).toEqual([origin, 403]);
    }
    // The row html-updates: the name is that of the server, the port another program's.
    expect(await answer(theirs, 'http://127.0.0.1:9')).not.toBe(403);
    expect(await answer(ours, 'http://127.0.0.1:9')).toBe(403);
  });
});

test('a page that cannot be read is an error, and comes back', async () => {
  const html = PAGES['pages/other.html'] as string;
  const { unlinkSync } = process.getBuiltinModule('node:fs');
  unlinkSync(`${project.folder}/pages/other.html`);
  const broken = await ask(`${url}method`);
  expect([broken.status, broken.type]).toEqual([500, HTML]);
  expect(broken.body).toContain('ENOENT');
  project.write('pages/other.html', html);
  expect((await ask(`${url}method`)).status).toBe(200);
});

test('a broken configuration is an error until it is mended', async () => {
  const other = new Project({ ...PAGES, 'vite.config.js': 'export default {' }, VITE_ONLY);
  try {
    const served = await other.serve(['server.mjs']);
    expect((await ask(served.url)).status).toBe(500);
    expect((await ask(`${served.url}app/api`)).body).toBe('api');
    expect(served.program.stderr).toMatch(/vite\.config\.js/);
    other.write('vite.config.js', 'export default { define: { MENDED: 1 } }');
    expect((await ask(served.url)).status).toBe(200);
  } finally {
    await other.remove();
  }
});

test('the process ends with its server', async () => {
  program.command('stop');
  expect(await program.exit()).toMatchObject({ code: 0, signal: null });
});
