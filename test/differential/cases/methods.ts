// SPDX-License-Identifier: MIT
// Request methods: which are dispatched, which are refused, and what HEAD answers.
import { NOT_IMPLEMENTED, call, canned, get, head, post, type DifferentialCase } from '../case.js';

// Every method Bun dispatches besides GET, POST and HEAD, which other topics use all the time.
const DISPATCHED =
  'PUT DELETE PATCH OPTIONS PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK LINK UNLINK PURGE ' +
  'MKADDRESSBOOK MKCALENDAR MKACTIVITY ACL BIND UNBIND REBIND CHECKOUT MERGE M-SEARCH NOTIFY ' +
  'QUERY REPORT SEARCH SOURCE SUBSCRIBE UNSUBSCRIBE';

const UNKNOWN = [
  'FOO',
  'get',
  'Get',
  'GETT',
  'GE',
  'G',
  'POSTS',
  'PRI',
  'LABEL',
  'UPDATE',
  'BASELINE-CONTROL',
  'A'.repeat(64),
];

const INVALID = ['G@T', 'GET:', '(GET)', 'G\x7fT', '"GET"', 'GET/', '{'];

const dispatched = DISPATCHED.split(' ').map((method): DifferentialCase => ({
  name: `${method} reaches fetch`,
  app: 'echo',
  send: call(method, '/m'),
  gives: '200 open',
  saw: { method },
}));

const unknown = UNKNOWN.map((method): DifferentialCase => ({
  name: `${method.slice(0, 24)} is refused`,
  app: 'echo',
  send: call(method, '/m'),
  gives: 'closed',
  divergence: 'unknown-method',
  ours: { gives: '501 closed', raw: NOT_IMPLEMENTED },
}));

const invalid = INVALID.map((method): DifferentialCase => ({
  name: `${JSON.stringify(method)} is no method`,
  app: 'echo',
  send: call(method, '/m'),
  gives: '400 closed',
  raw: canned(400, 'Bad Request'),
}));

export const cases: readonly DifferentialCase[] = [
  ...dispatched,
  ...unknown,
  ...invalid,
  {
    name: 'every character a token may have, in a method nobody knows',
    app: 'echo',
    send: call("!#$%&'*+-.^_`|~09AZaz", '/m'),
    gives: '400 closed',
    divergence: 'unknown-method',
    ours: { gives: '501 closed', raw: NOT_IMPLEMENTED },
  },
  ...['G\x00T', 'G\xc9T'].map((method): DifferentialCase => ({
    name: `${JSON.stringify(method)} is no method either`,
    app: 'echo',
    send: call(method, '/m'),
    gives: '505 closed',
    divergence: 'byte-outside-ascii-in-method',
    ours: { gives: '400 closed', raw: canned(400, 'Bad Request') },
  })),
  {
    name: 'an empty method',
    app: 'echo',
    send: head(' /m HTTP/1.1', 'Host: test'),
    gives: '400 closed',
    raw: canned(400, 'Bad Request'),
  },
  {
    name: 'TRACE to fetch',
    app: 'echo',
    send: call('TRACE', '/m'),
    gives: '200 open',
    divergence: 'trace-method',
    ours: { gives: '405 closed' },
  },
  {
    name: 'TRACE to a method object that has it',
    app: 'router',
    send: call('TRACE', '/mt/x'),
    gives: '200 open',
    saw: { route: 'TRACE /mt/x' },
    divergence: 'trace-method',
    ours: { gives: '405 closed' },
  },
  {
    name: 'CONNECT in authority-form',
    app: 'echo',
    send: call('CONNECT', 'a:443', 'Connection: close'),
    gives: '200 closed',
    saw: { method: 'CONNECT', url: 'a:443' },
    divergence: 'connect-method',
    ours: { gives: '501 closed', raw: NOT_IMPLEMENTED },
  },
  {
    name: 'CONNECT in origin-form',
    app: 'echo',
    send: call('CONNECT', '/m'),
    gives: '200 open',
    divergence: 'connect-method',
    ours: { gives: '400 closed', raw: canned(400, 'Bad Request') },
  },
  {
    name: 'OPTIONS *',
    app: 'echo',
    send: call('OPTIONS', '*'),
    gives: '400 closed',
    raw: canned(400, 'Bad Request'),
    divergence: 'options-asterisk',
    ours: { gives: '200 open', saw: { method: 'OPTIONS', url: 'http://test/' } },
  },
  {
    name: 'a refused method in the middle of a pipeline',
    app: 'echo',
    send: get('/a') + call('FOO', '/b') + get('/c'),
    gives: '200 closed',
    divergence: 'unknown-method',
    ours: { gives: '200 501 closed' },
  },
  {
    name: 'HEAD of a handler: its exact bytes',
    app: 'responses',
    send: call('HEAD', '/k/text'),
    gives: '200 open',
    strict: true,
    raw: 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n',
  },
  {
    name: 'HEAD reaches the handler as HEAD',
    app: 'echo',
    send: call('HEAD', '/m'),
    gives: '200 open',
  },
  {
    name: 'HEAD uses the GET entry of a method object',
    app: 'router',
    send: call('HEAD', '/head/get'),
    gives: '200 open',
  },
  {
    name: 'HEAD prefers its own entry',
    app: 'router',
    send: call('HEAD', '/head/explicit') + get('/head/explicit'),
    gives: '200 200 open',
    body: 'from get',
  },
  {
    name: 'HEAD of an object that has only POST goes to fetch',
    app: 'router',
    send: call('HEAD', '/head/post'),
    gives: '200 open',
  },
  {
    name: 'HEAD of an object that has only HEAD',
    app: 'router',
    send: call('HEAD', '/head/only'),
    gives: '200 open',
  },
  {
    name: 'HEAD between two GETs',
    app: 'responses',
    send: get('/k/text') + call('HEAD', '/k/json') + get('/k/text'),
    gives: '200 200 200 open',
    body: 'hello',
  },
  {
    name: 'HEAD with a body skips the body',
    app: 'responses',
    send: call('HEAD', '/k/text', 'Content-Length: 3') + 'abc' + get('/k/text'),
    gives: '200 200 open',
    body: 'hello',
  },
  {
    name: 'HEAD over HTTP/1.0',
    app: 'responses',
    send: head('HEAD /k/text HTTP/1.0'),
    gives: '200 closed',
  },
  {
    name: 'HEAD with Connection: close',
    app: 'responses',
    send: call('HEAD', '/k/text', 'Connection: close'),
    gives: '200 closed',
  },
  {
    name: 'a method object that throws for HEAD',
    app: () => ({
      routes: {
        '/t': {
          GET: () => {
            throw new Error('no');
          },
        },
      },
    }),
    send: call('HEAD', '/t'),
    gives: '500 open',
  },
  {
    name: 'PUT, PATCH and DELETE carry bodies',
    app: 'echo',
    send: [
      call('PUT', '/m', 'Content-Length: 1') + 'a',
      { await: 1 },
      call('PATCH', '/m', 'Content-Length: 2') + 'bb',
      { await: 2 },
      call('DELETE', '/m', 'Content-Length: 3') + 'ccc',
    ],
    gives: '200 200 200 open',
    saw: { method: 'DELETE', body: 'ccc' },
  },
  {
    name: 'OPTIONS and QUERY carry bodies',
    app: 'echo',
    send: [
      call('OPTIONS', '/m', 'Content-Length: 1') + 'a',
      { await: 1 },
      call('QUERY', '/m', 'Content-Length: 2') + 'bb',
    ],
    gives: '200 200 open',
    saw: { method: 'QUERY', body: 'bb' },
  },
  {
    name: 'a POST without any length has no body',
    app: 'echo',
    send: call('POST', '/m') + post('/n', 'x'),
    gives: '200 200 open',
    saw: { body: 'x' },
  },
];
