// SPDX-License-Identifier: MIT
// A small project without a framework, for tests that need no browser.
import type { Files } from './project.js';

export const VITE_ONLY = ['vite'];

/** Two pages, a shared module, an image, and a server whose routes are all kinds of them. */
export const PAGES: Files = {
  'package.json': '{"type":"module"}',
  'pages/index.html': `<!doctype html>
<html><head><title>First</title><link rel="stylesheet" href="./style.css">
<link rel=icon href='../logo.svg'></head>
<body><img src="/uploads/a.png"><img srcset="../logo.svg 1x, ../logo.svg 2x">
<!-- <script src="./commented.js"></script> -->
<a href="./elsewhere">x</a><script type="module" src="./main.ts"></script></body></html>`,
  'pages/other.html':
    '<!doctype html><title>Second</title><script type=module src=other.ts></script>',
  'pages/style.css': Array.from(
    { length: 60 },
    (_, i) => `.long-enough-to-be-compressed-${i} { color: #${i + 100} }`,
  ).join('\n'),
  'pages/main.ts': `import { shared } from '../shared.ts';
const text: string = shared;
document.title = text;
`,
  'pages/other.ts': "import { shared } from '../shared.ts'; console.log(shared);",
  'shared.ts': "export const shared = 'shared ' + import.meta.env.BASE_URL;",
  'logo.svg': `<svg xmlns="http://www.w3.org/2000/svg"><!--${'x'.repeat(6000)}--></svg>`,
  'secret.ts': "export const secret = 'never seen';",
  '.env': 'SECRET=never seen',
  'posts.db': 'never seen',
  'server.mjs': `
    import { serve } from 'bun';
    import first from './pages/index.html';
    import second from './pages/other.html';
    const server = serve({
      hostname: '127.0.0.1',
      development: process.env.NODE_ENV !== 'production',
      routes: {
        '/': first,
        '/method': { GET: second, POST: () => new Response('posted') },
        '/app/*': first,
        '/app/api': () => new Response('api'),
        '/app/off': false,
        '/body': () => new Response(second, { status: 203, headers: { 'x-own': '1' } }),
      },
      fetch: (req) => new Response('fallback ' + new URL(req.url).pathname, { status: 404 }),
    });
    console.log(server.url.href);
    process.stdin.on('data', () => server.stop()).unref?.();
  `,
};

export interface Answer {
  status: number;
  type: string | null;
  body: string;
}

export async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const answer = await fetch(url, init);
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    body: await answer.text(),
  };
}
