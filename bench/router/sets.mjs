// SPDX-License-Identifier: MIT
// The route sets on which routers are compared. They are those of bench/native/router_bench.cpp,
// name by name, so that its C++ figures stand in the same table: change both together.
// Each set: patterns, and paths with the pattern that must win and a parameter to be read.
// Knows nothing of any router.

const kApi = [
  '/',
  '/about',
  '/users',
  '/users/:id',
  '/users/:id/posts',
  '/users/:id/posts/:post',
  '/posts/:id',
  '/static/*',
  '/health/live/now',
  '/api/v1/status',
  '/*',
];

const kResource = [
  { pattern: '', path: '' },
  { pattern: '/:id', path: '/42', param: ['id', '42'] },
  { pattern: '/:id/items', path: '/42/items', param: ['id', '42'] },
  { pattern: '/:id/items/:item', path: '/42/items/7', param: ['item', '7'] },
  { pattern: '/files/*', path: '/files/a/b.css' },
];

function one(name, title, patterns, path, pattern, param) {
  return { name, title, patterns, paths: [{ path, value: patterns.indexOf(pattern) + 1, param }] };
}

// `count` routes: per resource a list, an item, a child list, a child and a file tree. `sampled`
// paths visit them with a stride that is prime to every count.
function mixed(name, title, count, sampled) {
  const entry = (index) => kResource[index % 5];
  const base = (index) => `/resource${Math.floor(index / 5)}`;
  return {
    name,
    title,
    patterns: Array.from({ length: count }, (_, i) => base(i) + entry(i).pattern),
    paths: Array.from({ length: sampled }, (_, i) => (i * 7919) % count).map((i) => ({
      path: base(i) + entry(i).path,
      value: i + 1,
      param: entry(i).param,
    })),
  };
}

const kDeep = ['/a/:b/c/:d/e/:f/g/:h/i/:j', '/a/:b/c/:d/e/:f/g/:h/i', '/a/b/c/d/e/f/g/h/i/k'];
const kBacktrack = ['/a/b/c/d/e/x', '/a/b/c/:q/e/y', '/a/:p/c/d/e/z', '/*'];

export const sets = [
  one('static', 'a static path among 11 routes', kApi, '/health/live/now', '/health/live/now'),
  one('param', 'three segments, one parameter', kApi, '/users/1234/posts', '/users/:id/posts', [
    'id',
    '1234',
  ]),
  one(
    'params2',
    'four segments, two parameters',
    kApi,
    '/users/1234/posts/99',
    '/users/:id/posts/:post',
    ['post', '99'],
  ),
  one('wildcard', 'a wildcard at the end', kApi, '/static/css/site.css', '/static/*'),
  one('deep', 'ten segments, five parameters', kDeep, '/a/1/c/2/e/3/g/4/i/5', kDeep[0], ['j', '5']),
  one('backtrack', 'two dead ends before the match', kBacktrack, '/a/b/c/d/e/z', kBacktrack[2], [
    'p',
    'b',
  ]),
  mixed('routes10', '10 mixed routes', 10, 10),
  mixed('routes10000', '10,000 mixed routes, 10 paths', 10_000, 10),
  mixed('routes10000sweep', '10,000 mixed routes, all asked for', 10_000, 10_000),
];
