// SPDX-License-Identifier: MIT
// Files as responses (behaviours 8): bytes, ranges and slices from handlers, conditional requests
// and ranges on routes, and what is not there. Header lines are compared in their order.
import type { DivergenceId } from '../divergences.js';
import { call, get, head, post, type DifferentialCase, type Expectation } from '../case.js';

function sent(
  request: string,
  gives: string,
  rest: Partial<DifferentialCase> = {},
): DifferentialCase {
  const name = request.slice(0, request.indexOf('\r\n\r\n')).replaceAll('\r\n', ', ');
  const shown = name.replace(' HTTP/1.1, Host: test', '');
  return { name: shown, app: 'files', send: request, gives, strict: true, ...rest };
}

const differing = (
  request: string,
  gives: string,
  divergence: DivergenceId,
  ours: Expectation,
): DifferentialCase => sent(request, gives, { divergence, ours });

/** Paths of which GET is compared; [path, status]. */
const GETS: readonly (readonly [string, number])[] = [
  ['/plain', 200],
  ['/headers', 200],
  ['/404', 404],
  ['/201', 201],
  ['/204', 204],
  ['/304', 304],
  ['/async', 200],
  ['/sized', 200],
  ['/validators', 200],
  ['/framing', 200],
  ['/accept-ranges', 200],
  ['/date', 200],
  ['/cookies', 200],
  ['/content-range', 200],
  ['/typed', 200],
  ['/empty', 200],
  ['/html', 200],
  ['/bin', 200],
  ['/pdf', 200],
  ['/noextension', 200],
  ['/missing', 500],
  ['/folder', 500],
  ['/slice', 206],
  ['/slice-404', 206],
  ['/slice-all', 200],
  ['/slice-open', 206],
  ['/slice-zero', 200],
  ['/slice-beyond', 206],
  ['/slice-past', 206],
  ['/slice-infinity', 206],
  ['/slice-typed', 206],
  ['/slice-download', 206],
  ['/slice-ranged', 206],
  ['/slice-slice', 206],
  ['/slice-empty', 200],
  ['/route', 200],
  ['/route/response', 200],
  ['/route/headers', 200],
  ['/route/201', 201],
  ['/route/204', 204],
  ['/route/404', 404],
  ['/route/slice', 200],
  ['/route/slice-response', 200],
  ['/route/slice-past', 200],
  ['/route/slice-beyond', 200],
  ['/route/empty', 200],
  ['/route/missing', 200],
  ['/route/folder', 200],
  ['/route/modified', 200],
  ['/route/date', 200],
  ['/route/content-range', 200],
  ['/route/accept-ranges', 200],
  ['/route/cookies', 200],
  ['/route/typed', 200],
  ['/route/methods', 200],
  ['/route/html', 200],
  ['/route/bin', 200],
];

const HEADS: readonly (readonly [string, number])[] = [
  ['/plain', 200],
  ['/headers', 200],
  ['/204', 204],
  ['/slice', 200],
  ['/empty', 200],
  ['/route', 200],
  ['/route/headers', 200],
  ['/route/empty', 200],
  ['/route/204', 204],
  ['/route/methods', 200],
  ['/route/missing', 200],
];

/** Range fields against a file of 16 bytes, from a handler and as a route; [field, status]. */
const RANGES: readonly (readonly [string, number])[] = [
  ['bytes=2-5', 206],
  ['bytes=-4', 206],
  ['bytes=4-', 206],
  ['bytes=0-100', 206],
  ['bytes=15-15', 206],
  ['Bytes = 2-5', 206],
  ['bytes= 1 - 2', 206],
  ['bytes=100-', 416],
  ['bytes=16-', 416],
  ['bytes=-0', 416],
  ['bytes=1-2,4-5', 200],
  ['bytes=3-2', 200],
  ['bytes=a-b', 200],
  ['items=1-2', 200],
  ['bytes 0-1', 200],
  ['bytes=', 200],
  ['bytes=-', 200],
];

/** Conditions on routes; [path, status, fields]. */
const CONDITIONS: readonly (readonly [string, number, ...string[]])[] = [
  ['/route', 304, 'If-Modified-Since: Wed, 06 May 2020 07:08:09 GMT'],
  ['/route', 304, 'If-Modified-Since: Thu, 07 May 2020 07:08:09 GMT'],
  ['/route', 200, 'If-Modified-Since: Wed, 06 May 2020 07:08:08 GMT'],
  ['/route', 200, 'If-Modified-Since: yesterday'],
  ['/route', 304, 'If-None-Match: *'],
  ['/route', 200, 'If-None-Match: "q"'],
  ['/route', 412, 'If-Match: "q"'],
  ['/route', 200, 'If-Match: *'],
  ['/route', 412, 'If-Unmodified-Since: Tue, 05 May 2020 07:08:09 GMT'],
  ['/route', 200, 'If-Unmodified-Since: Thu, 07 May 2020 07:08:09 GMT'],
  ['/route', 304, 'If-Modified-Since: Thu, 07 May 2020 07:08:09 GMT', 'Range: bytes=1-2'],
  ['/route', 200, 'Range: bytes=2-5', 'If-Range: Thu, 07 May 2020 07:08:09 GMT'],
  ['/route', 206, 'Range: bytes=2-5', 'If-Range: Wed, 06 May 2020 07:08:09 GMT'],
  ['/route/headers', 304, 'If-None-Match: "abc"'],
  ['/route/headers', 304, 'If-None-Match: W/"abc"'],
  ['/route/headers', 200, 'If-None-Match: "z"', 'If-Modified-Since: Thu, 07 May 2020 07:08:09 GMT'],
  ['/route/headers', 412, 'If-Match: "z"'],
  ['/route/headers', 206, 'Range: bytes=2-5', 'If-Range: "abc"'],
  ['/route/headers', 200, 'Range: bytes=2-5', 'If-Range: "z"'],
  ['/route/201', 201, 'If-Modified-Since: Thu, 07 May 2020 07:08:09 GMT'],
  ['/route/modified', 304, 'If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT'],
];

/** Ranges where they do not count, or count within something; [path, status, field...]. */
const PLACES: readonly (readonly [string, number, ...string[]])[] = [
  ['/404', 404, 'Range: bytes=1-2'],
  ['/201', 201, 'Range: bytes=1-2'],
  ['/slice', 206, 'Range: bytes=1-2'],
  ['/content-range', 200, 'Range: bytes=1-2'],
  ['/accept-ranges', 206, 'Range: bytes=1-2'],
  ['/headers', 206, 'Range: bytes=1-2'],
  ['/headers', 416, 'Range: bytes=100-'],
  ['/async', 206, 'Range: bytes=1-2'],
  ['/empty', 416, 'Range: bytes=0-1'],
  ['/bin', 206, 'Range: bytes=1000-200000'],
  ['/plain', 200, 'Range: bytes=2-5', 'If-Range: "x"'],
  ['/validators', 206, 'Range: bytes=2-5', 'If-Range: "x"'],
  ['/validators', 200, 'Range: bytes=2-5', 'If-Range: "y"'],
  ['/validators', 206, 'Range: bytes=2-5', 'If-Range: Thu, 01 Jan 1970 00:00:00 GMT'],
  ['/plain', 200, 'If-Modified-Since: Thu, 07 May 2037 07:08:09 GMT'],
  ['/validators', 200, 'If-None-Match: "x"'],
  ['/route/slice', 206, 'Range: bytes=1-2'],
  ['/route/slice', 416, 'Range: bytes=7-'],
  ['/route/empty', 416, 'Range: bytes=0-'],
  ['/route/201', 201, 'Range: bytes=0-1'],
  ['/route/content-range', 200, 'Range: bytes=0-1'],
  ['/route/headers', 416, 'Range: bytes=100-'],
  ['/route/bin', 206, 'Range: bytes=299999-'],
];

export const cases: readonly DifferentialCase[] = [
  ...GETS.map(([path, status]) => sent(get(path), `${status} open`)),
  ...HEADS.map(([path, status]) => sent(call('HEAD', path), `${status} open`)),
  ...RANGES.map(([range, status]) => sent(get('/plain', `Range: ${range}`), `${status} open`)),
  ...RANGES.map(([range, status]) => sent(get('/route', `Range: ${range}`), `${status} open`)),
  ...CONDITIONS.map(([path, status, ...fields]) => sent(get(path, ...fields), `${status} open`)),
  ...PLACES.map(([path, status, ...fields]) => sent(get(path, ...fields), `${status} open`)),
  sent(head('GET /plain HTTP/1.0', 'Host: test'), '200 closed'),
  sent(head('GET /route HTTP/1.0', 'Host: test'), '200 closed'),
  sent(get('/close'), '200 closed'),
  sent(call('HEAD', '/route', 'Range: bytes=2-5'), '206 open'),
  sent(call('HEAD', '/plain', 'Range: bytes=2-5'), '200 open'),
  sent(call('HEAD', '/route', 'If-None-Match: *'), '304 open'),
  sent(post('/plain', 'body', 'Range: bytes=1-2'), '200 open'),
  sent(post('/route', 'body', 'Range: bytes=1-2'), '200 open'),
  sent(post('/route', '', 'If-Modified-Since: Thu, 07 May 2037 07:08:09 GMT'), '200 open'),
  sent(post('/route/methods', 'body'), '200 open'),
  sent(call('DELETE', '/route'), '200 open'),
  sent(get('/plain') + get('/route') + get('/slice') + get('/bin'), '200 200 206 200 open', {
    name: 'four pipelined requests',
  }),
  differing(get('/slice-negative'), '206 open', 'file-negative-slice', {
    gives: '206 open',
    body: 'orld',
  }),
  differing(get('/route/slice-negative'), '200 open', 'file-negative-slice', {
    gives: '200 open',
    body: 'orld',
  }),
  differing(call('HEAD', '/missing'), '200 open', 'head-of-missing-file', { gives: '500 open' }),
  differing(call('HEAD', '/folder'), '200 open', 'head-of-missing-file', { gives: '500 open' }),
  differing(get('/route/close'), '200 open', 'static-connection-close', { gives: '200 closed' }),
  differing(call('HEAD', '/route/length'), '200 open', 'file-route-length', {
    gives: '200 open',
    raw: head(
      'HTTP/1.1 200 OK',
      'Date: <D>',
      'Content-Type: text/plain;charset=utf-8',
      'last-modified: Wed, 06 May 2020 07:08:09 GMT',
      'content-length: 16',
    ),
  }),
];
