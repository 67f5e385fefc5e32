// SPDX-License-Identifier: MIT
// A routing table with one prefix per question (precedence, backtracking, wildcards, slashes,
// disabled routes, method objects). Each value answers with its pattern and the params it got.
import { json, listening, port } from './support.mjs';

const say = (pattern) => (req) => json({ route: pattern, params: { ...req.params } });

const functions = [
  '/',
  '/p/exact',
  '/p/:id',
  '/p/*',
  '/bt/a/b/d',
  '/bt/a/:x/c',
  '/bt/:y/b/e',
  '/bt/a/*',
  '/bt/*',
  '/deep/:a/:b/:c',
  '/deep/x/:b/:c',
  '/deep/x/y/:c',
  '/deep/x/y/z',
  '/deep/:a/y/z',
  '/w/*',
  '/w2/a/*',
  '/w2/*',
  '/slash',
  '/slashed/',
  '/both',
  '/both/',
  '/Case',
  '/users/:id',
  '/users/:id/posts/:post',
  '/users/:id/files/*',
  '/same/:x',
  '/same/:y',
  '/mid/*/c',
  '/suffix/*name',
  '/star/a*',
  '/ext/:id.json',
  '/two/:a-:b',
  '/colon/v:id',
  '/noname/:',
  '/dbl//x',
  '/literal/%20x',
  '/literal/a b',
  '/dots/..',
  '/dots/:v',
  '/query?x=1',
  '/_-~.!$&/x',
  '/off/*',
  '/narrow/:v',
];

const methods = {
  '/m/get': ['GET'],
  '/m/post': ['POST'],
  '/m/options': ['OPTIONS'],
  '/m/unknown': ['GET', 'FOO'],
  '/mm/x': ['GET', 'POST'],
  '/mm/:y': ['PUT', 'PATCH'],
  '/mm/*': ['DELETE'],
  '/mt/x': ['TRACE', 'GET'],
  '/head/only': ['HEAD'],
  '/head/get': ['GET'],
  '/head/both': ['GET', 'HEAD'],
  '/head/post': ['POST'],
};

const routes = { '': say('empty key'), '/nothing': undefined };
for (const pattern of functions) routes[pattern] = say(pattern);
for (const [pattern, names] of Object.entries(methods)) {
  routes[pattern] = {};
  for (const name of names) routes[pattern][name] = say(`${name} ${pattern}`);
}
routes['/m/:any'] = say('/m/:any');
routes['/head/explicit'] = {
  GET: () => new Response('from get'),
  HEAD: () => new Response('head', { headers: { 'x-from': 'head' } }),
};
routes['/mixed'] = { GET: new Response('static get'), POST: say('POST /mixed') };
routes['/off/secret'] = false;
routes['/off/:p/inner'] = false;
routes['/narrow/no'] = false;
routes['/gone'] = false;

const server = Bun.serve({
  port,
  development: false,
  routes,
  fetch: (req) => json({ route: 'fetch', url: req.url, hasParams: req.params !== undefined }),
});

listening({ ports: { '': server.port } });
