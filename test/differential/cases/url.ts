// SPDX-License-Identifier: MIT
// From request target to req.url: normalisation as the URL standard does it, and the forms of a
// target. Routing looks at the raw path; only req.url is normalised.
import { BAD_REQUEST, get, head, type DifferentialCase } from '../case.js';

/** [target, req.url]. */
const NORMALISED: readonly (readonly [string, string])[] = [
  ['/', 'http://test/'],
  ['/a/b', 'http://test/a/b'],
  ['/a/b/', 'http://test/a/b/'],
  ['/a?b=c&d', 'http://test/a?b=c&d'],
  ['/?', 'http://test/?'],
  ['/a?', 'http://test/a?'],
  ['/a?b?c', 'http://test/a?b?c'],
  ['/a?/../b', 'http://test/a?/../b'],
  ['//', 'http://test//'],
  ['//a', 'http://test//a'],
  ['/a//b', 'http://test/a//b'],
  ['/.', 'http://test/'],
  ['/..', 'http://test/'],
  ['/./a', 'http://test/a'],
  ['/a/.', 'http://test/a/'],
  ['/a/./b', 'http://test/a/b'],
  ['/a/..', 'http://test/'],
  ['/a/../b', 'http://test/b'],
  ['/a/b/../../c', 'http://test/c'],
  ['/../../a', 'http://test/a'],
  ['/a/...', 'http://test/a/...'],
  ['/a/.b', 'http://test/a/.b'],
  ['/a/%2e%2e/b', 'http://test/b'],
  ['/a/%2E./b', 'http://test/b'],
  ['/a/.%2e/b', 'http://test/b'],
  ['/a/%2e/b', 'http://test/a/b'],
  ['/a/%2e%2e%2fb', 'http://test/a/%2e%2e%2fb'],
  ['/a\\b', 'http://test/a/b'],
  ['/a\\..\\b', 'http://test/b'],
  ['/a?b\\c', 'http://test/a?b\\c'],
  ['/%41%7e', 'http://test/%41%7e'],
  ['/%zz%', 'http://test/%zz%'],
  ['/%C3%A9', 'http://test/%C3%A9'],
  ['/caf\xc3\xa9', 'http://test/caf%C3%A9'],
  ['/?q=caf\xc3\xa9', 'http://test/?q=caf%C3%A9'],
  ['/"<>`{}^', 'http://test/%22%3C%3E%60%7B%7D%5E'],
  ["/|~!$&'()*+,;=:@[]-_.", "http://test/|~!$&'()*+,;=:@[]-_."],
  ['/?"<>`{}|^\'', 'http://test/?%22%3C%3E`{}|^%27'],
  ['/a;b=c', 'http://test/a;b=c'],
  ['/a:b@c', 'http://test/a:b@c'],
  ['/*', 'http://test/*'],
];

/** [what, target, status of Bun]: ours refuses them all before the handler. */
const REFUSED: readonly (readonly [string, string, string])[] = [
  ['a NUL', '/a\x00b', '505 closed'],
  ['a control character', '/a\x01b', '505 closed'],
  ['a bare CR', '/a\rb', '505 closed'],
  ['a DEL', '/a\x7fb', '200 open'],
];

const normalised = NORMALISED.map(([target, url]): DifferentialCase => ({
  name: `${JSON.stringify(target)} gives ${url}`,
  app: 'echo',
  send: get(target),
  gives: '200 open',
  saw: { url },
}));

const refused = REFUSED.map(([what, target, gives]): DifferentialCase => ({
  name: `${what} in the target is refused`,
  app: 'echo',
  send: get(target),
  gives,
  divergence: 'control-in-target',
  ours: { gives: '400 closed', raw: BAD_REQUEST },
}));

const badAuthorities = ['http:///a', 'http://user@test/a', 'http://test:99999/a'];

const refusedAuthorities = badAuthorities.map((target): DifferentialCase => ({
  name: `${target} has no valid authority`,
  app: 'echo',
  send: get(target),
  gives: '200 open',
  divergence: 'absolute-form-authority',
  ours: { gives: '400 closed', raw: BAD_REQUEST },
}));

export const cases: readonly DifferentialCase[] = [
  ...normalised,
  ...refused,
  ...refusedAuthorities,
  {
    name: 'bytes in the target that are no UTF-8',
    app: 'echo',
    send: get('/a\xe9b'),
    gives: '200 open',
  },
  {
    name: 'a fragment',
    app: 'echo',
    send: get('/a#b'),
    gives: '200 open',
    saw: { url: 'http://test/a#b' },
    divergence: 'fragment-in-target',
    ours: { gives: '400 closed', raw: BAD_REQUEST },
  },
  {
    name: 'absolute-form with the same authority',
    app: 'echo',
    send: get('http://test/a?b'),
    gives: '200 open',
    saw: { url: 'http://test/a?b' },
  },
  {
    name: 'absolute-form with another authority',
    app: 'echo',
    send: get('http://other:81/a?b'),
    gives: '200 open',
    saw: { url: 'http://test/a?b' },
    divergence: 'absolute-form-authority',
    ours: { gives: '200 open', saw: { url: 'http://other:81/a?b' } },
  },
  {
    name: 'absolute-form leaves the Host header as it came',
    app: 'echo',
    send: get('http://other/'),
    gives: '200 open',
    saw: { headers: [['host', 'test']] },
    divergence: 'absolute-form-authority',
    ours: { gives: '200 open', saw: { url: 'http://other/', headers: [['host', 'test']] } },
  },
  {
    name: 'absolute-form without a path',
    app: 'echo',
    send: get('http://test'),
    gives: '200 open',
    saw: { url: 'http://test/' },
  },
  {
    name: 'absolute-form with a query and no path',
    app: 'echo',
    send: get('http://test?a=b'),
    gives: '200 open',
    saw: { url: 'http://test/?a=b' },
  },
  {
    name: 'absolute-form with dot segments',
    app: 'echo',
    send: get('http://test/a/../b'),
    gives: '200 open',
    saw: { url: 'http://test/b' },
  },
  {
    name: 'absolute-form with an upper-case scheme',
    app: 'echo',
    send: get('HTTP://test/a'),
    gives: '200 open',
  },
  {
    name: 'absolute-form without a Host header',
    app: 'echo',
    send: head('GET http://test/a HTTP/1.1'),
    gives: '400 closed',
    raw: BAD_REQUEST,
  },
  {
    name: 'the default port is dropped',
    app: 'echo',
    send: head('GET /a HTTP/1.1', 'Host: test:80'),
    gives: '200 open',
  },
  {
    name: 'an upper-case host in a target that needs normalising',
    app: 'echo',
    send: head('GET /a/../b HTTP/1.1', 'Host: TEST'),
    gives: '200 open',
    saw: { url: 'http://test/b' },
  },
  {
    name: 'new URL(req.url).href is req.url',
    app: ({ json }) => ({ fetch: (req) => json(new URL(req.url).href === req.url) }),
    send: get('/a/../b"?q=\xc3\xa9'),
    gives: '200 open',
    body: 'true',
  },
  {
    name: 'the query is readable through URL',
    app: ({ json }) => ({ fetch: (req) => json([...new URL(req.url).searchParams]) }),
    send: get('/s?a=1&b=%20x+y&a=2&c'),
    gives: '200 open',
    body: '[["a","1"],["b"," x y"],["a","2"],["c",""]]',
  },
  {
    name: 'routes see the same url as fetch',
    app: ({ json }) => ({
      routes: { '/r/:x': (req) => json([req.url, req.params]) },
      fetch: (req) => json(req.url),
    }),
    send: get('/r/%2e%2e?q') + get('/r/a\\b'),
    gives: '200 200 open',
  },
  ...['256.1.1.1', '1.2.3.4.5', 'a.1', '09', 'xn--', 'xn--a.b', 'a%2Fb', '%ff', '%00', 'a%3A1'].map(
    (host): DifferentialCase => ({
      name: `a Host that the URL standard refuses: ${host}`,
      app: ({ json }) => ({
        fetch(req) {
          const own = req.url.replace(/localhost:\d+/, 'SERVER');
          return json([URL.canParse(req.url), own, req.headers.get('host')?.length]);
        },
      }),
      send: head('GET /p/../q?a=%2F HTTP/1.1', `Host: ${host}`),
      gives: '200 open',
      divergence: 'host-without-url',
      ours: { gives: '200 open', body: `[true,"http://${knownAs(host)}/q?a=%2F",${host.length}]` },
    }),
  ),
  {
    name: 'a Host that the URL standard refuses, in the target',
    app: ({ json }) => ({ fetch: (req) => json(URL.canParse(req.url)) }),
    send: head('GET http://256.1.1.1/q HTTP/1.1', 'Host: test'),
    gives: '200 open',
    body: 'true',
  },
];

/** "xn--" was refused until Node 24, whose URL follows a newer text of the standard. */
function knownAs(host: string): string {
  return URL.canParse(`http://${host}/`) ? host : 'SERVER';
}
