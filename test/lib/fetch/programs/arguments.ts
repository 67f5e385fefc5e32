// SPDX-License-Identifier: MIT
// Random arguments for programs: every kind of body, headers, init and URL. `Taste.Legal` has what
// the standard allows and every runtime takes, `Taste.Any` the rest too.

import fc from 'fast-check';
import type { Special, StreamForm, Value, View } from './language.js';

export type Values = fc.Arbitrary<Value>;

export const Taste = { Legal: 0, Any: 1 } as const;
export type Taste = (typeof Taste)[keyof typeof Taste];

interface Weighted {
  readonly weight: number;
  readonly arbitrary: Values;
}

function weighted(weight: number, arbitrary: Values): Weighted {
  return { weight, arbitrary };
}

function oneOf(...values: Value[]): Values {
  return fc.constantFrom<Value>(...values);
}

function special(of: fc.Arbitrary<unknown>): Values {
  return of as fc.Arbitrary<Special>;
}

const no: Value = { is: 'undefined' };
const scalar = oneOf(0, 5, -1, 1.5, true, false, null, no);
const odd = oneOf(
  { is: 'symbol' },
  { is: 'NaN' },
  { is: 'bigint', text: '7' },
  { is: 'function' },
  { is: 'thrower' },
  { is: 'stringer', text: 'a=b' },
  { is: 'object', entries: [] },
  { is: 'list', items: [1, 'b'] },
);

export interface Arguments {
  readonly body: Values;
  readonly headersInit: Values;
  readonly name: Values;
  readonly headerText: Values;
  readonly responseInit: Values;
  readonly redirectStatus: Values;
  readonly url: Values;
  readonly requestInput: Values;
  readonly requestInit: Values;
  readonly jsonData: Values;
}

export const on = fc.nat({ max: 3 });

function ref(is: Special['is']): Values {
  return special(fc.record({ is: fc.constant(is), on }));
}

function bodies(isAny: boolean): Values {
  const text = fc.constantFrom(
    ...['', 'text', '{"a":[1,"é"]}', 'a=1&b=%C3%A9&b=+', 'é\u0100\u{1f600}'],
    ...(isAny ? ['{', '\ufefftext', '\ud800'] : []),
  );
  const byteText = fc.constantFrom(
    ...['bytes', '{"a":1}', 'a=1&b=2'],
    ...(isAny ? ['', '\xef\xbb\xbfbom', '\xff\xfe'] : []),
  );
  const views: View[] = ['ArrayBuffer', 'Uint8Array', 'Buffer', 'DataView', 'offset'];
  const view = fc.constantFrom<View>(
    ...views,
    'Uint16Array',
    'Float32Array',
    ...(isAny ? ['SharedArrayBuffer' as const] : []),
  );
  const bytes = special(fc.record({ is: fc.constant('bytes'), view, text: byteText }));
  const plainBytes = special(
    fc.record({ is: fc.constant('bytes'), view: fc.constant('Uint8Array'), text: byteText }),
  );
  const type = fc.constantFrom(
    ...['image/png', 'application/octet-stream', 'multipart/form-data'],
    ...(isAny ? ['', 'text/plain', 'Text/HTML;Charset=X', 'a\u0100'] : []),
    ...(isAny ? ['application/x-www-form-urlencoded'] : []),
  );
  const parts = fc.array(text, { maxLength: 2 });
  const blob = special(fc.record({ is: fc.constant('blob'), parts, type }));
  const fileName = fc.constantFrom('a.txt', ...(isAny ? ['', 'é"\n.bin'] : []));
  const file = special(fc.record({ is: fc.constant('file'), text, name: fileName, type }));
  const query = fc.constantFrom('', 'a=1', 'é= +%26');
  const params = special(fc.record({ is: fc.constant('params'), text: query }));
  const field = fc.constantFrom('a', 'b', ...(isAny ? ['é"', 'b\r\nc'] : []));
  const fields = fc.array(fc.tuple(field, fc.oneof(text, file)), { maxLength: 3 });
  const form = special(fc.record({ is: fc.constant('form'), entries: fields }));
  const chunk = isAny
    ? fc.oneof(weighted(6, plainBytes), weighted(1, bytes), weighted(1, text), weighted(1, scalar))
    : plainBytes;
  const chunks = fc.array(chunk, { maxLength: 3 });
  const forms: StreamForm[] = isAny
    ? ['default', 'bytes', 'pull', 'failing', 'broken', 'locked', 'read']
    : ['default', 'bytes', 'pull'];
  const stream = special(
    fc.record({ is: fc.constant('stream'), form: fc.constantFrom(...forms), chunks }),
  );
  const iterable = special(fc.record({ is: fc.constant('iterable'), chunks }));
  return fc.oneof(
    weighted(4, text),
    weighted(2, isAny ? scalar : oneOf(null, 'text')),
    weighted(1, isAny ? odd : text),
    weighted(3, bytes),
    weighted(2, blob),
    weighted(1, file),
    weighted(2, params),
    weighted(2, form),
    weighted(5, stream),
    weighted(2, iterable),
    weighted(2, isAny ? ref('bodyOf') : stream),
  );
}

/** An init dictionary with some of these members. */
function dictionary(members: Record<string, Values>, maxLength: number, isAny: boolean): Values {
  const filled = fc
    .tuple(fc.subarray(Object.keys(members), { maxLength }), fc.record(members), fc.nat({ max: 9 }))
    .map(([keys, values, die]): Value => ({
      is: die === 0 && isAny ? 'spy' : 'object',
      entries: keys.map((key) => [key, values[key] as Value]),
    }));
  return isAny ? fc.oneof(weighted(14, filled), weighted(1, scalar), weighted(1, odd)) : filled;
}

function headerInits(isAny: boolean, name: Values, text: Values): Values {
  const isText = (value: Value): value is string => typeof value === 'string';
  const entries = fc.array(fc.tuple(name.filter(isText), text), { maxLength: 4 });
  const pairs = fc.array(fc.tuple(name, text), { maxLength: 4 });
  const list = (items: readonly Value[]): Value => ({ is: 'list', items });
  const broken = oneOf('text', list([list(['a'])]), list(['ab']), list([1]), 5, true, null);
  return fc.oneof(
    weighted(
      4,
      entries.map((given): Value => ({ is: 'object', entries: given })),
    ),
    weighted(
      3,
      pairs.map((given) => list(given.map(list))),
    ),
    weighted(
      1,
      entries.map((given): Value => ({ is: 'map', entries: given })),
    ),
    weighted(
      1,
      isAny ? oneOf({ is: 'params', text: 'é= +%26' }) : oneOf({ is: 'params', text: 'a=1' }),
    ),
    weighted(
      1,
      isAny ? entries.map((given): Value => ({ is: 'spy', entries: given })) : ref('headersOf'),
    ),
    weighted(2, ref('headers')),
    weighted(1, ref('headersOf')),
    weighted(1, isAny ? broken : ref('headers')),
  );
}

const methods = ['GET', 'get', 'Post', 'PUT', 'PATCH', 'delete', 'HEAD', 'OPTIONS'];
const requestMembers: Record<string, Values> = {
  mode: oneOf('cors', 'no-cors', 'same-origin', 'navigate', 'bad', no),
  credentials: oneOf('omit', 'include', 'same-origin', 'bad'),
  cache: oneOf('default', 'no-store', 'only-if-cached', 'bad'),
  redirect: oneOf('follow', 'error', 'manual', 'bad'),
  referrer: oneOf('', 'about:client', 'http://r/x', 'http://:bad', '/rel'),
  referrerPolicy: oneOf('', 'origin', 'unsafe-url', 'bad'),
  integrity: oneOf('', 'sha256-x', null, 5),
  keepalive: oneOf(true, false, 0, 'x', null),
  duplex: oneOf('half', 'full'),
  window: oneOf(null, no, 'x', 1),
};

function requestInits(isAny: boolean, body: Values, headers: Values): Values {
  const signal = oneOf(
    { is: 'signal', state: 'open' },
    { is: 'signal', state: 'aborted' },
    { is: 'controlled', on: 0 },
    { is: 'controlled', on: 1 },
    ...(isAny ? ['x', 5, null] : []),
  );
  const odder = ['patch', 'chicken', 'TRACE', 'connect', 'a b', '', 'é', null, 5];
  const method = oneOf(...methods, ...(isAny ? odder : []));
  const without = dictionary({ method, headers, signal }, 3, isAny);
  const withBody = fc
    .tuple(body, oneOf('POST', 'put', 'PATCH'), headers, signal, fc.nat({ max: 7 }))
    .map(([given, verb, fields, aborts, die]): Value => ({
      is: 'object',
      entries: [
        ['method', verb],
        ['body', given],
        ...((die & 1) === 0 ? ([['headers', fields]] as const) : []),
        ...((die & 6) === 6 ? ([['signal', aborts]] as const) : []),
        ...(isAny && (die & 6) === 4 ? [] : ([['duplex', 'half']] as const)),
      ],
    }));
  if (!isAny) return fc.oneof(weighted(2, without), weighted(3, withBody));
  const members = { ...requestMembers, method, headers, signal, body };
  return fc.oneof(weighted(3, dictionary(members, 4, true)), weighted(3, withBody));
}

export function argumentsOf(taste: Taste): Arguments {
  const isAny = taste === Taste.Any;
  const known = [
    'a',
    'A',
    'x-b',
    'X-B',
    'set-cookie',
    'Set-Cookie',
    'content-type',
    'Content-Type',
  ];
  const name = fc.oneof(
    weighted(8, oneOf(...known, 'content-length', 'cookie')),
    weighted(1, isAny ? oneOf('', 'a b', 'a:', 'é', 'a\n', '\u0100', 5, null) : oneOf('date')),
    weighted(1, isAny ? odd : oneOf('etag')),
  );
  const headerText = fc.oneof(
    weighted(6, oneOf('1', 'b', 'text/html', 'a=1; b', '', ' x ', '\té\t')),
    weighted(1, isAny ? oneOf('a\nb', '\0', 'a\r\n', '\u0100', 5, null, true) : oneOf('*')),
    weighted(1, isAny ? odd : oneOf('/')),
  );
  const body = bodies(isAny);
  const headersInit = headerInits(isAny, name, headerText);
  const outside = [0, -1, 100, 101, 199, 600, 1000, 65736, 201.7, '201', 'x', null, no, true];
  const statusOf = (legal: Values): Values =>
    !isAny
      ? legal
      : fc.oneof(
          weighted(6, legal),
          weighted(2, oneOf(...outside)),
          weighted(
            1,
            oneOf(
              { is: 'NaN' },
              { is: 'Infinity' },
              { is: 'valuer', value: 202 },
              { is: 'thrower' },
              { is: 'symbol' },
              { is: 'bigint', text: '201' },
            ),
          ),
        );
  const codes = [200, 201, 202, 299, 301, 400, 404, 418, 500, 599];
  const status = statusOf(oneOf(...codes, ...(isAny ? [204, 205, 304] : [])));
  const statusText = fc.oneof(
    weighted(4, oneOf('', 'OK', 'a\tb', no)),
    weighted(1, isAny ? oneOf('caf\xe9', '\n', 'a\rb', '\x7f', '\u0100', 5, null) : oneOf('Fine')),
    weighted(1, isAny ? odd : oneOf('x')),
  );
  const goodUrl = oneOf('http://a/', 'HTTPS://Ex.COM:443/a/../b?q=é#f', {
    is: 'url',
    text: 'http://b/c',
  });
  const badUrl = ['/relative', '', 'http://', 'http://u:p@a/', 'http://a b/'];
  const oddUrl: Value[] = ['about:blank', 'data:,x', 'blob:http://a/x'];
  const url = !isAny
    ? goodUrl
    : fc.oneof(
        weighted(8, goodUrl),
        weighted(2, oneOf(...badUrl, ...oddUrl, { is: 'stringer', text: 'http://c/' })),
        weighted(1, scalar),
        weighted(1, odd),
      );
  const object: Value = {
    is: 'object',
    entries: [
      ['a', 1],
      ['b', { is: 'list', items: [null, 'x'] }],
    ],
  };
  const witness: Value = { is: 'spy', entries: [['a', { is: 'bigint', text: '1' }]] };
  return {
    body,
    headersInit,
    name,
    headerText,
    url,
    responseInit: dictionary({ status, statusText, headers: headersInit }, 3, isAny),
    redirectStatus: statusOf(oneOf(301, 302, 303, 307, 308)),
    requestInput: fc.oneof(weighted(3, url), weighted(isAny ? 2 : 1, isAny ? ref('request') : url)),
    requestInit: requestInits(isAny, body, headersInit),
    jsonData: fc.oneof(
      weighted(2, oneOf('text', 5, true, null, object)),
      weighted(1, isAny ? oneOf(no, witness) : oneOf('é')),
      weighted(1, isAny ? odd : oneOf(1.5)),
    ),
  };
}
