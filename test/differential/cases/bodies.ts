// SPDX-License-Identifier: MIT
// Request bodies: every way to read one, in every order, whole and in pieces, used, cloned, as a
// form, over the limit, and answered before it came.
import {
  call,
  chunkedPost,
  chunks,
  get,
  post,
  type DifferentialCase,
  type Snippet,
  type Step,
} from '../case.js';

// The path says what is done with the body; the answer says what came of it.
const reads: Snippet = ({ log }) => {
  type Body = Request & { bytes(): Promise<Uint8Array> };
  const failure = (error: unknown): unknown => {
    const { name, code, message } = error as { name: string; code?: unknown; message: string };
    return name === 'SyntaxError' ? { name } : { name, code, message };
  };
  const attempt = async (read: () => unknown): Promise<unknown> => {
    try {
      return await read();
    } catch (error) {
      return failure(error);
    }
  };
  const unawaited = async (req: Request): Promise<unknown> => {
    const seen: string[] = [];
    const listener = (error: Error): void => void seen.push(error.name);
    process.on('unhandledRejection', listener as never);
    void req.json();
    for (let i = 0; i < 3; i += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    process.off('unhandledRejection', listener as never);
    return seen;
  };
  const collect = async (req: Request): Promise<string> => {
    const decoder = new TextDecoder();
    let all = '';
    for await (const piece of req.body as unknown as AsyncIterable<Uint8Array>) {
      all += decoder.decode(piece, { stream: true });
    }
    return all;
  };
  const entries = async (req: Request): Promise<unknown> => {
    const all: unknown[] = [];
    for (const [name, value] of (await req.formData()) as unknown as Iterable<[string, unknown]>) {
      if (typeof value === 'string') all.push([name, value]);
      else
        all.push([name, (value as File).name, (value as File).size, await (value as File).text()]);
    }
    return all;
  };
  const ways: Record<string, (req: Body) => unknown> = {
    text: (req) => req.text(),
    json: (req) => req.json(),
    bytes: async (req) => Array.from(await req.bytes()),
    arrayBuffer: async (req) => Array.from(new Uint8Array(await req.arrayBuffer())),
    blob: async (req) => (await req.blob()).text(),
    size: async (req) => (await req.blob()).size,
    stream: collect,
    form: entries,
    kind: (req) => [Object.prototype.toString.call(req.body), req.bodyUsed, req.body === req.body],
    used: async (req) => [req.bodyUsed, await req.text(), req.bodyUsed],
    usedByStream: async (req) => [req.bodyUsed, await collect(req), req.bodyUsed],
    lookFirst: async (req) => [req.body !== null, await req.text(), req.bodyUsed],
    twice: async (req) => [await req.text(), await attempt(() => req.text())],
    jsonTwice: async (req) => [await req.json(), await attempt(() => req.json())],
    atOnce: (req) => Promise.all([attempt(() => req.text()), attempt(() => req.bytes())]),
    textAfterReader: (req) => {
      req.body?.getReader();
      return attempt(() => req.text());
    },
    textAfterRead: async (req) => {
      await req.body?.getReader().read();
      return [req.bodyUsed, await attempt(() => req.text())];
    },
    textAfterCancel: async (req) => {
      await req.body?.cancel();
      return [req.bodyUsed, await attempt(() => req.text())];
    },
    readerAfterText: async (req) => {
      await req.text();
      return [req.body === null, req.body?.locked];
    },
    readerAfterStream: async (req) => {
      await collect(req);
      return attempt(() => req.json());
    },
    clone: async (req) => Promise.all([req.clone().text(), req.text()]),
    cloneLast: async (req) => {
      const copy = req.clone();
      return [await req.text(), await copy.text(), req.bodyUsed, copy.bodyUsed];
    },
    cloneStreams: async (req) => Promise.all([collect(req.clone()), collect(req)]),
    cloneTwice: async (req) => {
      const [one, two] = [req.clone(), req.clone()];
      return [await one.text(), await two.text(), await req.text()];
    },
    cloneUsed: async (req) => {
      await req.text();
      return attempt(() => req.clone().url);
    },
    cloneLocked: (req) => {
      req.body?.getReader();
      return attempt(() => req.clone().url);
    },
    unawaited,
    moved: async (req) => new Request(req).text(),
    released: async (req) => {
      req.body?.getReader().releaseLock();
      return [req.bodyUsed, await attempt(() => req.text())];
    },
    byob: (req) =>
      attempt(async () => {
        const reader = (req.body as ReadableStream<Uint8Array>).getReader({ mode: 'byob' });
        return Array.from((await reader.read(new Uint8Array(2))).value as Uint8Array);
      }).then((value) => (Array.isArray(value) ? value : 'refused')),
    blobType: async (req) => (await req.blob()).type,
    formNames: (req) =>
      attempt(async () => [
        ...((await req.formData()) as unknown as Map<string, unknown>).keys(),
      ]).then((value) => (Array.isArray(value) ? value : 'refused')),
    fileType: async (req) => ((await req.formData()).get('f') as File).type,
    later: async (req) => {
      await new Promise((resolve) => setImmediate(resolve));
      return req.text();
    },
    length: async (req) => (await req.text()).length,
    ignored: () => 'ignored',
  };
  return {
    fetch: async (req) => {
      const way = new URL(req.url).pathname.slice(1);
      if (way.startsWith('logged')) log('entered');
      const read = ways[way.replace('logged-', '')] as (req: Body) => unknown;
      const result = await attempt(() => read(req as Body));
      if (way.startsWith('logged')) log(result ?? 'nothing');
      return new Response(JSON.stringify(result ?? null));
    },
  };
};

const limited: Snippet = ({ log }) => ({
  maxRequestBodySize: 10,
  fetch: async (req) => {
    log('entered');
    const way = new URL(req.url).pathname.slice(1);
    try {
      if (way === 'stream') {
        for await (const piece of req.body as unknown as AsyncIterable<Uint8Array>) void piece;
      } else if (way !== 'ignore') {
        await (req as unknown as Record<string, () => Promise<unknown>>)[way]?.();
      }
      log('read');
    } catch (error) {
      log((error as Error).message);
    }
    return new Response(way);
  },
});

const FORM = 'Content-Type: application/x-www-form-urlencoded';
const MULTIPART = 'Content-Type: multipart/form-data; boundary=X';
const JSON_BODY = '{"a":[1,"é"]}';
const UTF8_JSON = Buffer.from(JSON_BODY).toString('latin1');

/** Ways that give the same for any body of "abc", however it is framed and cut. */
const ABC_WAYS = [
  ...['text', 'bytes', 'arrayBuffer', 'blob', 'size', 'stream', 'kind', 'used', 'usedByStream'],
  ...['lookFirst', 'twice', 'atOnce', 'textAfterReader', 'textAfterRead', 'textAfterCancel'],
  ...['readerAfterText', 'readerAfterStream', 'clone', 'cloneLast', 'cloneStreams', 'cloneTwice'],
  ...['cloneUsed', 'cloneLocked', 'moved', 'later', 'json'],
];

const whole = ABC_WAYS.map((way): DifferentialCase => ({
  name: `a body with a length: ${way}`,
  app: reads,
  send: [post(`/${way}`, 'abc'), { await: 1 }, get('/ignored')],
  gives: '200 200 open',
}));

const chunked = ABC_WAYS.map((way): DifferentialCase => ({
  name: `a chunked body: ${way}`,
  app: reads,
  send: [chunkedPost(`/${way}`, chunks('abc', 1)), { await: 1 }, get('/ignored')],
  gives: '200 200 open',
}));

/** The head and some of the body, then, when the handler is in, the rest. */
function later(head: string, rest: string): readonly Step[] {
  return [head, { awaitLogs: 1 }, rest];
}

const LATER_WAYS = [
  ...['text', 'bytes', 'arrayBuffer', 'blob', 'stream', 'used', 'usedByStream', 'lookFirst'],
  ...['atOnce', 'clone', 'cloneLast', 'cloneStreams', 'cloneTwice', 'moved'],
];

const arriving = LATER_WAYS.flatMap((way): DifferentialCase[] => [
  {
    name: `a body that is still coming: ${way}`,
    app: reads,
    send: later(call('POST', `/logged-${way}`, 'Content-Length: 6') + 'abc', 'def'),
    logs: 2,
    gives: '200 open',
  },
  {
    name: `chunks that are still coming: ${way}`,
    app: reads,
    send: later(chunkedPost(`/logged-${way}`, '3\r\nabc\r\n'), '3\r\ndef\r\n0\r\n\r\n'),
    logs: 2,
    gives: '200 open',
  },
]);

const emptyWays = ['text', 'bytes', 'arrayBuffer', 'blob', 'json', 'kind', 'twice', 'cloneLast'];

const nothing = emptyWays.flatMap((way): DifferentialCase[] => [
  { name: `no body: ${way}`, app: reads, send: get(`/${way}`), gives: '200 open' },
  { name: `an empty body: ${way}`, app: reads, send: post(`/${way}`, ''), gives: '200 open' },
]);

const texts: readonly (readonly [string, string, string])[] = [
  ['JSON', 'json', UTF8_JSON],
  ['JSON twice', 'jsonTwice', '{"a":1}'],
  ['a JSON scalar', 'json', '1'],
  ['JSON null', 'json', 'null'],
  ['JSON with a byte order mark', 'json', '\xef\xbb\xbf{"a":1}'],
  ['broken JSON', 'json', '{"a":'],
  ['JSON and garbage', 'json', '{}x'],
  ['invalid UTF-8 as text', 'text', 'a\xffb\xc3(\xed\xa0\x80'],
  ['invalid UTF-8 as JSON', 'json', '"\xff"'],
  ['a byte order mark', 'text', '\xef\xbb\xbfabc'],
  ['two byte order marks', 'text', '\xef\xbb\xbf\xef\xbb\xbfabc'],
  ['a NUL', 'text', 'a\0b'],
  ['a cut character', 'text', 'a\xe2\x82'],
  ['four-byte characters', 'text', '\xf0\x9f\x98\x80'],
  ['300000 bytes', 'length', 'x'.repeat(300_000)],
];

const contents = texts.map(([what, way, body]): DifferentialCase => ({
  name: `${what}: ${way}`,
  app: reads,
  send: post(`/${way}`, body),
  gives: '200 open',
}));

/** One part; `head` is what follows `Content-Disposition: form-data`. */
function part(head: string, content: string, ...fields: readonly string[]): string {
  const lines = [`Content-Disposition: form-data${head}`, ...fields];
  return `--X\r\n${lines.join('\r\n')}\r\n\r\n${content}\r\n`;
}

const END = '--X--\r\n';

const urlencoded: readonly (readonly [string, string])[] = [
  ['two fields', 'a=1&b=2'],
  ['plus and percent', 'a=1+2&b=%C3%A9%20'],
  ['broken escapes', 'a=%zz&b=%&c=%4'],
  ['escaped bytes that are no UTF-8', 'a=%ff%fe'],
  ['raw UTF-8', 'a=\xc3\xa9'],
  ['raw bytes that are no UTF-8', 'a=\xff'],
  ['nothing', ''],
  ['a name alone', 'a&b'],
  ['empty pairs', '&&a=1&&'],
  ['a repeated name', 'a=1&a=2'],
  ['an equals sign in the value', 'a=1=2'],
  ['a question mark in front', '?a=1'],
  ['a NUL', 'a=%00'],
];

const multipart: readonly (readonly [string, string])[] = [
  ['one field', part('; name="a"', '1') + END],
  ['no line end at the end', `${part('; name="a"', '1')}--X--`],
  ['a preamble', `pre\r\n${part('; name="a"', '1')}${END}`],
  ['an epilogue', `${part('; name="a"', '1')}${END}epilogue`],
  ['a repeated name', part('; name="a"', '1') + part('; name="a"', '2') + END],
  ['an unquoted name', part('; name=a', '1') + END],
  ['no spaces', part(';name="a"', '1') + END],
  ['a UTF-8 name and value', part('; name="\xc3\xa9"', '\xc3\xa9') + END],
  ['a value that is no UTF-8', part('; name="a"', '\xff') + END],
  ['line ends in the value', part('; name="a"', 'x\r\ny\r\n') + END],
  ['a prototype name', part('; name="__proto__"', '1') + END],
  ['a typed field', part('; name="a"', '{}', 'Content-Type: application/json') + END],
  ['an unknown part header', part('; name="a"', '1', 'X-Y: z') + END],
  ['a transfer encoding', part('; name="a"', 'YQ==', 'Content-Transfer-Encoding: base64') + END],
  ['a file', part('; name="f"; filename="a.txt"', 'file') + END],
  ['a file with a type', part('; name="f"; filename="a"', '\0\xff', 'Content-Type: a/b') + END],
  ['an empty file', part('; name="f"; filename="a.txt"', '') + END],
  ['the file name first', part('; filename="a.txt"; name="f"', 'x') + END],
  ['a semicolon in the file name', part('; name="f"; filename="a;b.txt"', 'x') + END],
  ['a name inside the file name', part('; filename="x; name=evil"; name="f"', 'x') + END],
  ['a path as file name', part('; name="f"; filename="../a.txt"', 'x') + END],
];

const forms = [
  ...urlencoded.map(([what, body]): DifferentialCase => ({
    name: `a urlencoded form: ${what}`,
    app: reads,
    send: post('/form', body, FORM),
    gives: '200 open',
  })),
  ...multipart.map(([what, body]): DifferentialCase => ({
    name: `a multipart form: ${what}`,
    app: reads,
    send: post('/form', body, MULTIPART),
    gives: '200 open',
  })),
  ...[
    ['no type', []],
    ['text', ['Content-Type: text/plain']],
    ['JSON', ['Content-Type: application/json']],
    ['multipart without a boundary', ['Content-Type: multipart/form-data']],
    ['another multipart', ['Content-Type: multipart/mixed; boundary=X']],
  ].map(([what, fields]): DifferentialCase => ({
    name: `a form of the wrong type: ${what as string}`,
    app: reads,
    send: post('/form', 'a=1', ...(fields as string[])),
    gives: '200 open',
  })),
  {
    name: 'a multipart form in single bytes',
    app: reads,
    send: [{ send: post('/form', part('; name="a"', '1') + END, MULTIPART), pieces: 1 }],
    gives: '200 open',
  },
];

const limits = ['text', 'json', 'bytes', 'arrayBuffer', 'blob', 'stream', 'ignore'].map(
  (way): DifferentialCase => ({
    name: `chunks beyond the limit: ${way}`,
    app: limited,
    send: later(chunkedPost(`/${way}`, '6\r\n012345\r\n'), '6\r\n678901\r\n0\r\n\r\n'),
    logs: 2,
    gives: way === 'ignore' ? '200 open' : '413 closed',
  }),
);

const early: readonly DifferentialCase[] = [
  {
    name: 'an answer before the body, which is read past',
    app: reads,
    send: [
      call('POST', '/ignored', 'Content-Length: 2000000'),
      { await: 1 },
      'x'.repeat(2_000_000) + get('/ignored'),
    ],
    gives: '200 200 open',
  },
  {
    name: 'an answer before the chunks, which are read past',
    app: reads,
    send: [
      chunkedPost('/ignored', ''),
      { await: 1 },
      chunks('x'.repeat(300_000), 65_000),
      get('/text'),
    ],
    gives: '200 200 open',
  },
  {
    name: 'malformed chunks while the body is read',
    app: reads,
    send: later(chunkedPost('/logged-text', '3\r\nabc\r\n'), 'zz\r\n'),
    logs: 2,
    gives: '400 closed',
  },
  {
    name: 'malformed chunks while the body is streamed',
    app: reads,
    send: later(chunkedPost('/logged-stream', '3\r\nabc\r\n'), 'zz\r\n'),
    logs: 2,
    gives: '400 closed',
  },
  {
    name: 'the client leaves in the middle of the body',
    app: reads,
    send: [
      call('POST', '/logged-text', 'Content-Length: 6') + 'abc',
      { awaitLogs: 1 },
      { halfClose: true },
    ],
    logs: 2,
    gives: 'closed',
  },
];

function differs(
  name: string,
  send: string,
  divergence: NonNullable<DifferentialCase['divergence']>,
  bun: string,
  ours: string,
): DifferentialCase {
  const gives = '200 open';
  return { name, app: reads, send, gives, body: bun, divergence, ours: { gives, body: ours } };
}

const differences: readonly DifferentialCase[] = [
  differs(
    'JSON of no chunks',
    chunkedPost('/json', '0\r\n\r\n'),
    'json-of-no-chunks',
    'null',
    '{"name":"SyntaxError"}',
  ),
  differs(
    'a reader that was released unused',
    post('/released', 'abc'),
    'released-reader',
    '[true,{"name":"TypeError","code":"ERR_BODY_ALREADY_USED","message":"Body already used"}]',
    '[false,"abc"]',
  ),
  differs(
    'a read that nobody waits for and that fails',
    post('/unawaited', '{'),
    'unawaited-read',
    '["SyntaxError"]',
    '[]',
  ),
  differs('a BYOB reader', post('/byob', 'abc'), 'byob-request-body', '"refused"', '[97,98]'),
  differs(
    'the type of a blob',
    post('/blobType', 'abc', 'Content-Type: image/png'),
    'request-blob-type',
    '"text/plain;charset=utf-8"',
    '"image/png"',
  ),
  differs(
    'the type of a file in a form',
    post(
      '/fileType',
      part('; name="f"; filename="a.txt"', 'x', 'Content-Type: image/png') + END,
      MULTIPART,
    ),
    'form-file-type',
    '"text/plain;charset=utf-8"',
    '"image/png"',
  ),
  differs(
    'a part without a name',
    post('/formNames', part('', '1') + part('; name="b"', '2') + END, MULTIPART),
    'form-part-without-name',
    '["b"]',
    '"refused"',
  ),
  differs(
    'a part without a disposition',
    post('/formNames', `--X\r\nX-Y: z\r\n\r\n1\r\n${part('; name="b"', '2')}${END}`, MULTIPART),
    'form-part-without-name',
    '["b"]',
    '"refused"',
  ),
  differs(
    'escapes of browsers in a part name',
    post('/formNames', part('; name="a%22%0D%0Ab"', '1') + END, MULTIPART),
    'form-name-escapes',
    '["a%22%0D%0Ab"]',
    '["a\\"\\r\\nb"]',
  ),
];

/** What is coded stays coded: nothing is unpacked on behalf of the handler. */
const coded = ['gzip', 'deflate', 'br', 'zstd', 'identity', 'gzip, br', 'x-unknown'].flatMap(
  (coding): DifferentialCase[] => [
    {
      name: `a body coded ${coding}`,
      app: 'echo',
      send: post('/', '\x1f\x8b\x08\0packed', `Content-Encoding: ${coding}`),
      gives: '200 open',
    },
    {
      name: `a chunked body coded ${coding}`,
      app: 'echo',
      send: chunkedPost('/', chunks('\x1f\x8b\x08\0packed', 4), `Content-Encoding: ${coding}`),
      gives: '200 open',
    },
  ],
);

export const cases: readonly DifferentialCase[] = [
  ...coded,
  ...whole,
  ...chunked,
  ...arriving,
  ...nothing,
  ...contents,
  ...forms,
  ...limits,
  ...early,
  ...differences,
];
