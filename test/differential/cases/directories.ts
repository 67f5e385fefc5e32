// SPDX-License-Identifier: MIT
// Directory routes: bytes, paths, links, redirects, conditions, ranges, methods, and what a route
// value `{ dir }` may be.
import { call, chunkedPost, get, head, post, type DifferentialCase } from '../case.js';
import { evaluated } from './evaluated.js';

const SAME = 'Tue, 14 Nov 2023 22:13:20 GMT';
const OLDER = 'Tue, 14 Nov 2023 22:13:19 GMT';
const NEWER = 'Tue, 14 Nov 2023 22:13:21 GMT';
const ETAG = 'W/"a-6553f100"';

/** [path below /s/, status]: GET and HEAD, whole. */
const PATHS: readonly (readonly [string, number])[] = [
  ['a.txt', 200],
  ['a.txt?query=1', 200],
  ['', 200],
  ['index.html', 200],
  ['sub', 301],
  ['sub?', 301],
  ['sub?a=1&b=%20', 301],
  ['sub/', 200],
  ['sub/?a=1', 200],
  ['sub/b.css', 200],
  ['sub/route.txt', 200],
  ['sub/missing', 404],
  ['noindex', 301],
  ['noindex/', 404],
  ['index-is-directory/', 404],
  ['index-is-directory/index.html', 301],
  ['missing', 404],
  ['missing/a.txt', 404],
  ['A.txt', 404],
  ['a.txt/', 404],
  ['a.txt/b', 404],
  ['empty.txt', 200],
  ['old.txt', 200],
  ['older.txt', 200],
  ['future.txt', 200],
  ['large.bin', 200],
  ['photo.png', 200],
  ['photo.png.gz', 200],
  ['a%20b.txt', 200],
  ['caf%C3%A9.txt', 200],
  ['caf%c3%a9.txt', 200],
  ['caf\xc3\xa9.txt', 200],
  ['100%25.txt', 200],
  ['a%23b%3Fc.txt', 200],
  ['a+b.txt', 200],
  ['a%2Bb.txt', 404],
  ['a|b.txt', 200],
  ['a%7Cb.txt', 200],
  ['a%2541.txt', 200],
  ['a%41.txt', 404],
  ['%61.txt', 404],
  ['a%2Etxt', 404],
  ['/a.txt', 404],
  ['/', 404],
  ['sub//b.css', 404],
  ['sub//', 404],
  ['./a.txt', 404],
  ['.', 404],
  ['..', 404],
  ['../a.txt', 404],
  ['sub/../a.txt', 404],
  ['../outside.txt', 404],
  ['%2e%2e/outside.txt', 404],
  ['..%2foutside.txt', 404],
  ['..%5coutside.txt', 404],
  ['..\\outside.txt', 404],
  ['%2Fetc%2Fpasswd', 404],
  ['/etc/passwd', 404],
  ['a.txt%00', 404],
  ['%00', 404],
  ['%', 404],
  ['%2', 404],
  ['%zz', 404],
  ['C:', 404],
  ['a.txt::$DATA', 404],
  ['a.txt%3A', 404],
  ['link.txt', 200],
  ['link-to-sub', 301],
  ['link-to-sub/b.css', 200],
  ['link-out.txt', 404],
  ['link-clamped.txt', 200],
  ['link-absolute.txt', 200],
  ['link-far.txt', 404],
  ['link-loop.txt', 404],
  ['link-nowhere.txt', 404],
  ['fifo', 404],
  [`${'long/'.repeat(300)}`, 404],
  [`${'l'.repeat(300)}`, 404],
  [`${'l/'.repeat(3000)}`, 404],
  ...['js', 'mjs', 'ts', 'svg', 'woff2', 'wasm', 'md', 'PDF', 'unknown'].map(
    (extension): readonly [string, number] => [`types/x.${extension}`, 200],
  ),
  ['types/none', 200],
  ['types/dot.', 200],
];

/** [name, header lines, status] against /s/a.txt. */
const CONDITIONS: readonly (readonly [readonly string[], number])[] = [
  [['If-None-Match: *'], 304],
  [[`If-None-Match: ${ETAG}`], 304],
  [['If-None-Match: "a-6553f100"'], 304],
  [[`If-None-Match: "x", ${ETAG}`], 304],
  [['If-None-Match: "x"'], 200],
  [['If-None-Match:'], 200],
  [[`If-None-Match: "x"`, `If-Modified-Since: ${SAME}`], 200],
  [[`If-None-Match: ${ETAG}`, `If-Modified-Since: ${OLDER}`], 304],
  [['If-None-Match:', `If-Modified-Since: ${SAME}`], 304],
  [['If-Match: *'], 200],
  [[`If-Match: ${ETAG}`], 412],
  [['If-Match: "a-6553f100"'], 412],
  [['If-Match:'], 200],
  [['If-Match: *', `If-Unmodified-Since: ${OLDER}`], 200],
  [[`If-Modified-Since: ${SAME}`], 304],
  [[`If-Modified-Since: ${NEWER}`], 304],
  [[`If-Modified-Since: ${OLDER}`], 200],
  [['If-Modified-Since: Tuesday, 14-Nov-23 22:13:20 GMT'], 304],
  [['If-Modified-Since: Tue Nov 14 22:13:20 2023'], 304],
  [['If-Modified-Since: 2023-11-14T22:13:20Z'], 304],
  [['If-Modified-Since: 2023-11-14T23:13:19+01:00'], 200],
  [['If-Modified-Since: 2023-11-14'], 200],
  [['If-Modified-Since: Thu, 14 Nov 2999 00:00:00 GMT'], 304],
  [['If-Modified-Since: garbage'], 200],
  [['If-Modified-Since: 1700000001'], 200],
  [[`If-Unmodified-Since: ${OLDER}`], 412],
  [[`If-Unmodified-Since: ${SAME}`], 200],
  [['If-Unmodified-Since: garbage'], 200],
  [[`If-Unmodified-Since: ${OLDER}`, 'If-None-Match: *'], 412],
  [['Range: bytes=2-5'], 206],
  [['Range: bytes=-4'], 206],
  [['Range: bytes=4-'], 206],
  [['Range: bytes=9-100'], 206],
  [['Range: Bytes = 2 - 5'], 206],
  [['Range: bytes=10-'], 416],
  [['Range: bytes=-0'], 416],
  [['Range: bytes=3-2'], 200],
  [['Range: bytes=0-1,4-5'], 200],
  [[`Range: bytes=0-1${',0-1'.repeat(1000)}`], 200],
  [['Range: items=0-1'], 200],
  [['Range: bytes=0-18446744073709551615'], 206],
  [['Range: bytes=18446744073709551616-'], 200],
  [['Range: bytes=2-5', `If-Modified-Since: ${SAME}`], 304],
  [['Range: bytes=2-5', `If-Range: ${SAME}`], 206],
  [['Range: bytes=2-5', `If-Range: ${OLDER}`], 200],
  [['Range: bytes=2-5', `If-Range: ${NEWER}`], 200],
  [['Range: bytes=2-5', `If-Range: ${ETAG}`], 200],
  [['Range: bytes=2-5', 'If-Range: "a-6553f100"'], 200],
  [['Range: bytes=2-5', 'If-Range:'], 206],
  [['Range: bytes=99-', 'If-Range: "x"'], 200],
];

const paths = PATHS.flatMap(([path, status]) =>
  ['GET', 'HEAD'].map((method): DifferentialCase => ({
    name: `${method} ${path.length > 60 ? `${path.slice(0, 8)}... (${path.length})` : path || '(nothing)'}`,
    app: 'directory',
    send: call(method, `/s/${path}`),
    gives: `${status} open`,
    strict: !path.includes('route.txt'),
  })),
);

const conditions = CONDITIONS.flatMap(([lines, status]) =>
  ['GET', 'HEAD'].map((method): DifferentialCase => ({
    name: `${method} with ${lines.map((line) => line.slice(0, 48)).join(' and ')}`,
    app: 'directory',
    send: call(method, '/s/a.txt', ...lines),
    gives: `${status} open`,
    strict: true,
  })),
);

const DOTFILES = ['.env', '.git/config', '.git', '.git/', 'sub/.hidden'];

export const cases: readonly DifferentialCase[] = [
  ...paths,
  ...conditions,
  ...DOTFILES.map((path): DifferentialCase => ({
    name: `GET ${path}`,
    app: 'directory',
    send: get(`/s/${path}`),
    gives: { '.git': '301 open', '.git/': '404 open' }[path] ?? '200 open',
    ...(path === '.git/'
      ? {}
      : { divergence: 'directory-dotfiles', ours: { gives: '404 open', body: '' } }),
  })),
  {
    name: 'the exact bytes of a file',
    app: 'directory',
    send: get('/s/a.txt'),
    gives: '200 open',
    strict: true,
    raw:
      'HTTP/1.1 200 OK\r\nDate: <D>\r\ncontent-type: text/plain;charset=utf-8\r\n' +
      `last-modified: ${SAME}\r\netag: ${ETAG}\r\naccept-ranges: bytes\r\n` +
      'content-length: 10\r\n\r\n0123456789',
  },
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE', 'PROPFIND'].map(
    (method): DifferentialCase => ({
      name: `${method} of a file, whatever its conditions`,
      app: 'directory',
      send:
        call(method, '/s/a.txt', 'Range: bytes=0-1') +
        call(method, '/s/a.txt', 'If-None-Match: *', 'If-Match: "x"') +
        call(method, '/s/sub') +
        call(method, '/s/missing'),
      gives: '200 200 301 404 open',
      strict: true,
    }),
  ),
  {
    name: 'a body is skipped, also one over maxRequestBodySize',
    app: 'directory',
    send:
      post('/s/a.txt', 'abc') +
      post('/s/a.txt', 'x'.repeat(1000)) +
      chunkedPost('/s/sub', `3e8\r\n${'x'.repeat(1000)}\r\n0\r\n\r\n`) +
      get('/s/missing', 'Content-Length: 5') +
      'hello' +
      get('/s/a.txt'),
    gives: '200 200 301 404 200 open',
    body: '0123456789',
  },
  {
    name: 'the prefix without its slash is not part of the route',
    app: 'directory',
    send: get('/s') + get('/deep/er') + get('/deep/') + get('/deep/era.txt'),
    gives: '200 200 200 200 open',
    saw: { route: 'fetch' },
  },
  {
    name: 'a deeper prefix, and one that looks like a file',
    app: 'directory',
    send: get('/deep/er/a.txt') + get('/deep/er/sub') + get('/file.txt/b.css') + get('/file.txt/'),
    gives: '200 301 200 200 open',
    strict: true,
  },
  {
    name: 'a directory for GET only',
    app: 'directory',
    send: get('/get/a.txt') + call('HEAD', '/get/a.txt') + post('/get/a.txt', 'x'),
    gives: '200 200 200 open',
    saw: { route: 'fetch', method: 'POST' },
  },
  {
    name: 'more specific routes are asked first, disabled ones lead to fetch',
    app: 'directory',
    send: get('/s/sub/route.txt') + get('/s/off/a.txt') + get('/s/offa.txt'),
    gives: '200 200 404 open',
  },
  {
    name: 'the spelling of a more specific route',
    app: 'directory',
    send: get('/s/guarded/%C3%A9.txt'),
    gives: '200 open',
    body: 'a guard',
  },
  {
    name: 'other spellings of a more specific route',
    app: 'directory',
    send: get('/s/guarded/%c3%a9.txt') + get('/s/guarded/\xc3\xa9.txt'),
    gives: '200 200 open',
    body: 'guarded',
    divergence: 'directory-spelling',
    ours: { gives: '404 404 open', body: '' },
  },
  {
    name: 'without a cache of open files',
    app: 'directory',
    send:
      get('/uncached/a.txt') +
      get('/uncached/a.txt', 'Range: bytes=2-5') +
      get('/uncached/a.txt', 'If-None-Match: *') +
      get('/uncached/sub') +
      get('/uncached/missing'),
    gives: '200 206 304 301 404 open',
    strict: true,
  },
  {
    name: 'sixteen pipelined requests',
    app: 'directory',
    send: Array.from({ length: 16 }, (_, i) => get(i % 2 === 0 ? '/s/a.txt' : '/s/sub/')).join(''),
    gives: `${'200 '.repeat(16)}open`,
    strict: true,
  },
  {
    name: 'a large file and what comes after it',
    app: 'directory',
    send:
      get('/s/large.bin') +
      get('/s/large.bin', 'Range: bytes=299990-') +
      call('HEAD', '/s/large.bin'),
    gives: '200 206 200 open',
  },
  {
    name: 'a range of an empty file',
    app: 'directory',
    send: get('/s/empty.txt', 'Range: bytes=0-') + get('/s/empty.txt', 'Range: bytes=-1'),
    gives: '416 200 open',
    strict: true,
  },
  {
    name: 'conditions against a file without a time',
    app: 'directory',
    send:
      get('/s/old.txt', `If-Modified-Since: ${SAME}`) +
      get('/s/old.txt', `If-Unmodified-Since: ${SAME}`) +
      get('/s/old.txt', 'If-None-Match: W/"3-0"'),
    gives: '200 200 304 open',
    strict: true,
  },
  {
    name: 'conditions do not matter where there is no file',
    app: 'directory',
    send:
      get('/s/missing', 'If-None-Match: *') +
      get('/s/missing', 'If-Match: *') +
      get('/s/sub', 'If-None-Match: *', 'Range: bytes=0-1'),
    gives: '404 404 301 open',
    strict: true,
  },
  {
    name: 'Connection: close from the client',
    app: 'directory',
    send: get('/s/a.txt', 'Connection: close'),
    gives: '200 closed',
    strict: true,
  },
  {
    name: 'HTTP/1.0',
    app: 'directory',
    send: head('GET /s/a.txt HTTP/1.0'),
    gives: '200 closed',
    body: '0123456789',
  },
  {
    name: 'an absolute-form target',
    app: 'directory',
    send: get('http://test/s/a.txt') + get('http://test/s/sub?a'),
    gives: '200 301 open',
    strict: true,
  },
  {
    name: 'a name as it stands in the redirect',
    app: 'directory',
    send: get('/s/link-to-sub') + get('/s/index-is-directory/index.html?%41'),
    gives: '301 301 open',
    strict: true,
  },
  {
    name: 'a second If-None-Match line',
    app: 'directory',
    send: get('/s/a.txt', 'If-None-Match: "x"', `If-None-Match: ${ETAG}`),
    gives: '200 open',
    divergence: 'condition-lines',
    ours: { gives: '304 open' },
  },
  ...[
    'December 1, 2023',
    'Thu, 30 Nov 2023',
    'Fri, 31 Nov 2023 00:00:00 GMT',
    '30 Nov 2023 GMT',
  ].map((date): DifferentialCase => ({
    name: `If-Modified-Since: ${date}`,
    app: 'directory',
    send: get('/s/a.txt', `If-Modified-Since: ${date}`),
    gives: '304 open',
    divergence: 'condition-dates',
    ours: { gives: '200 open' },
  })),
  {
    name: 'compressed files beside the one asked for',
    app: 'directory',
    send: get('/s/data.json', 'Accept-Encoding: gzip, deflate, br, zstd'),
    gives: '200 open',
    body: '{"plain":true}',
    divergence: 'directory-compressed',
    ours: {
      gives: '200 open',
      raw:
        'HTTP/1.1 200 OK\r\nDate: <D>\r\ncontent-type: application/json;charset=utf-8\r\n' +
        `vary: Accept-Encoding\r\nlast-modified: ${SAME}\r\netag: W/"11-6553f100-br"\r\n` +
        'content-encoding: br\r\naccept-ranges: bytes\r\ncontent-length: 17\r\n\r\n' +
        'not really brotli',
    },
  },
  {
    name: 'compressed files are no business of a client without Accept-Encoding',
    app: 'directory',
    send: get('/s/data.json') + get('/s/data.json', 'Accept-Encoding: identity'),
    gives: '200 200 open',
    body: '{"plain":true}',
    divergence: 'directory-compressed',
    // The difference is Vary.
    ours: { gives: '200 200 open', body: '{"plain":true}' },
  },
  {
    name: 'compressed files that are older, or of a type that is compressed itself',
    app: 'directory',
    send:
      get('/s/stale.json', 'Accept-Encoding: gzip') + get('/s/photo.png', 'Accept-Encoding: gzip'),
    gives: '200 200 open',
    strict: true,
  },
  evaluated(
    'patterns of a directory route',
    `const dir = process.cwd();
     return ['/s', '/s/', '/s*', '*', '/:id/*', '/:id', '/a:id/*', '/s/*/x', '/s/*x', '//*', '/:1a/*',
       '/s//*', '/\\u00e9/*', '/\\u00e9/:x/*', '/s/:/*', '/s/*', '/*', '/s/*/*', '/a b/*', '/%73/*',
       '/s/../*'].map((path) => attempt({ routes: { [path]: { dir } } }));`,
  ),
  evaluated(
    'what dir may be',
    `return [5, null, undefined, true, {}, [], Symbol('x'), 1n, () => 1, new URL('file:///tmp'),
       Buffer.from('/tmp'), new String('/tmp')].map((dir) => attempt({ routes: { '/s/*': { dir } } }));`,
  ),
  evaluated(
    'directories that cannot be opened',
    `return ['/nowhere/at/all', 'nowhere', '', '/etc/passwd', 'x'.repeat(300)].map(
       (dir) => {
         try { Bun.serve({ ...base, routes: { '/s/*': { dir } } }).stop(true); return 'served'; }
         catch (e) { return [...errorOf(e), e.path ?? null]; }
       });`,
  ),
  {
    ...evaluated(
      'a NUL in dir',
      `return attempt({ routes: { '/s/*': { dir: '/tmp\\0/nowhere' } } })[1];`,
    ),
    divergence: 'directory-nul',
    ours: { gives: '200 open', body: '"ENOENT"' },
  },
  evaluated(
    'a directory for one method is checked as well',
    `return ['/s/*', '/s'].flatMap((path) => ['/tmp', '/nowhere', 5].map((dir) =>
       attempt({ routes: { [path]: { GET: { dir } } } })));`,
  ),
  evaluated(
    'the type of dir comes before the pattern, the pattern before the directory',
    `return [['/s', 5], ['/:id/*', 5], ['/s', '/nowhere'], ['/:id/*', '/nowhere']].map(
       ([path, dir]) => attempt({ routes: { [path]: { dir } } }));`,
  ),
  evaluated(
    'statCache takes anything, unknown options are ignored',
    `return [5, true, false, null, 'x', {}].map((statCache) =>
       attempt({ routes: { '/s/*': { dir: '/tmp', statCache, other: statCache } } }));`,
  ),
  evaluated(
    'reload() with a directory that is not there changes nothing',
    `const s = Bun.serve({ ...base, routes: { '/s/*': { dir: '/etc' } } });
     const before = (await fetch(s.url + 's/passwd')).status;
     const error = thrown(() => s.reload({ routes: { '/s/*': { dir: '/nowhere' } } }));
     const after = (await fetch(s.url + 's/passwd')).status;
     s.stop(true);
     return [before, error, after];`,
  ),
  {
    ...evaluated(
      'methods beside dir',
      `const GET = () => new Response('x');
       return attempt({ routes: { '/s/*': { dir: '/nowhere', GET } } }).slice(0, 2);`,
    ),
    divergence: 'directory-with-methods',
    ours: { gives: '200 open', body: '["TypeError","ERR_INVALID_ARG_TYPE"]' },
  },
];
