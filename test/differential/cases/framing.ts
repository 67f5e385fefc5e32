// SPDX-License-Identifier: MIT
// Where one message ends and the next begins: Content-Length, Transfer-Encoding, chunks, trailers,
// the rules of HTTP/1.0.
import {
  BAD_REQUEST,
  call,
  chunkedPost,
  chunks,
  get,
  head,
  post,
  type DifferentialCase,
} from '../case.js';

/** [what, header lines]: refused before the handler, whatever follows. */
const REFUSED_FRAMING: readonly (readonly [string, readonly string[]])[] = [
  ['Content-Length and chunked', ['Content-Length: 3', 'Transfer-Encoding: chunked']],
  ['chunked and Content-Length', ['Transfer-Encoding: chunked', 'Content-Length: 3']],
  ['Content-Length: 0 and chunked', ['Content-Length: 0', 'Transfer-Encoding: chunked']],
  ['two lengths that differ', ['Content-Length: 3', 'Content-Length: 4']],
  ['Content-Length: 3, 3', ['Content-Length: 3, 3']],
  ['Content-Length: 3, 4', ['Content-Length: 3, 4']],
  ['Content-Length: +3', ['Content-Length: +3']],
  ['Content-Length: -3', ['Content-Length: -3']],
  ['Content-Length: -0', ['Content-Length: -0']],
  ['Content-Length: 0x3', ['Content-Length: 0x3']],
  ['Content-Length: 3.0', ['Content-Length: 3.0']],
  ['Content-Length: 3e0', ['Content-Length: 3e0']],
  ['Content-Length: 1 3', ['Content-Length: 1 3']],
  ['Content-Length: 3;', ['Content-Length: 3;']],
  ['Content-Length: abc', ['Content-Length: abc']],
  ['an empty Content-Length', ['Content-Length:']],
  ['an empty and a right Content-Length', ['Content-Length:', 'Content-Length: 3']],
  ['Content-Length of 2^64 + 5', ['Content-Length: 18446744073709551621']],
  ['Content-Length of 2^64', ['Content-Length: 18446744073709551616']],
  ['Content-Length of 40 digits', [`Content-Length: ${'9'.repeat(40)}`]],
  ['gzip, chunked', ['Transfer-Encoding: gzip, chunked']],
  ['gzip and chunked in two lines', ['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked']],
  ['chunked, gzip', ['Transfer-Encoding: chunked, gzip']],
  ['gzip alone', ['Transfer-Encoding: gzip']],
  ['identity', ['Transfer-Encoding: identity']],
  ['xchunked', ['Transfer-Encoding: xchunked']],
  ['chunkedx', ['Transfer-Encoding: chunkedx']],
  ['chunked-false', ['Transfer-Encoding: chunked-false']],
  ['"chunked"', ['Transfer-Encoding: "chunked"']],
  ['chunked;q=1', ['Transfer-Encoding: chunked;q=1']],
  ['chunk', ['Transfer-Encoding: chunk']],
  ['a vertical tab before chunked', ['Transfer-Encoding: \x0bchunked']],
  ['a NUL after chunked', ['Transfer-Encoding: chunked\x00']],
  ['chunked, chunked', ['Transfer-Encoding: chunked, chunked']],
  ['chunked in two lines', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
  ['an empty Transfer-Encoding', ['Transfer-Encoding:']],
  ['a space before the colon', ['Transfer-Encoding : chunked']],
  ['a space before the length colon', ['Content-Length : 3']],
];

/** [what, framing bytes]: the chunked body itself is malformed. */
const REFUSED_CHUNKS: readonly (readonly [string, string])[] = [
  ['a size of +3', '+3\r\nabc\r\n0\r\n\r\n'],
  ['a size of -1', '-1\r\nabc\r\n0\r\n\r\n'],
  ['a size of 0x3', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['a size of g', 'g\r\nabc\r\n0\r\n\r\n'],
  ['a size of :', ':\r\nabc\r\n0\r\n\r\n'],
  ['a size of @', '@\r\nabc\r\n0\r\n\r\n'],
  ['a size of `', '`\r\nabc\r\n0\r\n\r\n'],
  ['a size of /', '/\r\nabc\r\n0\r\n\r\n'],
  ['a space before the size', ' 3\r\nabc\r\n0\r\n\r\n'],
  ['a space after the size', '3 \r\nabc\r\n0\r\n\r\n'],
  ['a tab after the size', '3\t\r\nabc\r\n0\r\n\r\n'],
  ['an empty size line', '\r\nabc\r\n0\r\n\r\n'],
  ['a size with an extension only', ';a=b\r\nabc\r\n0\r\n\r\n'],
  ['a size of sixteen F', 'FFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n'],
  ['a size of seventeen digits', '10000000000000003\r\nabc\r\n0\r\n\r\n'],
  ['a bare LF after the size', '3\nabc\r\n0\r\n\r\n'],
  ['a bare CR after the size', '3\rabc\r\n0\r\n\r\n'],
  ['no CRLF after the data', '3\r\nabc0\r\n\r\n'],
  ['a bare LF after the data', '3\r\nabc\n0\r\n\r\n'],
  ['more data than the size', '3\r\nabcd\r\n0\r\n\r\n'],
  ['a bare LF after the last size', '3\r\nabc\r\n0\n\r\n'],
  ['a NUL in the size', '3\x00\r\nabc\r\n0\r\n\r\n'],
];

/** [what, framing bytes]: unusual but right; the body is "abc". */
const ACCEPTED_CHUNKS: readonly (readonly [string, string])[] = [
  ['one chunk', '3\r\nabc\r\n0\r\n\r\n'],
  ['three chunks', '1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n'],
  ['leading zeros', '0003\r\nabc\r\n0\r\n\r\n'],
  ['a last chunk of 000', '3\r\nabc\r\n000\r\n\r\n'],
  ['an extension', '3;a=b\r\nabc\r\n0\r\n\r\n'],
  ['an extension without value', '3;a\r\nabc\r\n0\r\n\r\n'],
  ['a quoted extension', '3;a="b"\r\nabc\r\n0\r\n\r\n'],
  ['an extension on the last chunk', '3\r\nabc\r\n0;last\r\n\r\n'],
  ['two extensions', '3;a=1;b=2\r\nabc\r\n0\r\n\r\n'],
];

const refusedFraming = REFUSED_FRAMING.map(([what, headers]): DifferentialCase => ({
  name: `${what} is refused`,
  app: 'echo',
  send: call('POST', '/f', ...headers) + '3\r\nabc\r\n0\r\n\r\n',
  gives: '400 closed',
  raw: BAD_REQUEST,
}));

const refusedChunks = REFUSED_CHUNKS.map(([what, framed]): DifferentialCase => ({
  name: `chunked: ${what} is refused`,
  app: 'echo',
  // Bun has called the handler by then; ours has not when the fault came with the head.
  send: chunkedPost('/unlogged', framed),
  gives: '400 closed',
  raw: BAD_REQUEST,
}));

const acceptedChunks = ACCEPTED_CHUNKS.map(([what, framed]): DifferentialCase => ({
  name: `chunked: ${what}`,
  app: 'echo',
  send: chunkedPost('/f', framed) + get('/next'),
  gives: '200 200 open',
}));

const codings = [
  'chunked',
  'Chunked',
  'CHUNKED',
  '  chunked\t',
  'chunked,',
  ',chunked',
  ', chunked ,',
];

const acceptedCodings = codings.map((coding): DifferentialCase => ({
  name: `Transfer-Encoding: ${JSON.stringify(coding)} is accepted`,
  app: 'echo',
  send: call('POST', '/f', `Transfer-Encoding: ${coding}`) + '3\r\nabc\r\n0\r\n\r\n',
  gives: '200 open',
  saw: { body: 'abc' },
}));

const trailers: readonly DifferentialCase[] = [
  {
    name: 'a trailer line is accepted and dropped',
    app: 'echo',
    send: chunkedPost('/f', '3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n'),
    gives: '200 400 closed',
    divergence: 'request-trailers',
    ours: { gives: '200 open', saw: { body: 'abc' } },
  },
  {
    name: 'the request after trailers is served',
    app: 'echo',
    send: chunkedPost('/f', '3\r\nabc\r\n0\r\nA: 1\r\nB: 2\r\n\r\n') + get('/next'),
    gives: '200 400 closed',
    divergence: 'request-trailers',
    ours: { gives: '200 200 open', saw: { url: 'http://test/next' } },
  },
  {
    name: 'a trailer does not become a header',
    app: 'echo',
    send: chunkedPost('/f', '0\r\nX-Late: 1\r\n\r\n'),
    gives: '200 400 closed',
    divergence: 'request-trailers',
    ours: {
      gives: '200 open',
      saw: {
        headers: [
          ['host', 'test'],
          ['transfer-encoding', 'chunked'],
        ],
      },
    },
  },
];

/** [what, trailer section]: a field that must not come in a trailer, or a malformed one. */
const REFUSED_TRAILERS: readonly (readonly [string, string])[] = [
  ['Content-Length', 'Content-Length: 3\r\n\r\n'],
  ['Transfer-Encoding', 'Transfer-Encoding: chunked\r\n\r\n'],
  ['Host', 'Host: other\r\n\r\n'],
  ['a line without colon', 'nonsense\r\n\r\n'],
  ['a space before the colon', 'A : b\r\n\r\n'],
  ['a folded line', 'A: b\r\n c\r\n\r\n'],
  ['a bare LF', 'A: b\n\r\n'],
  ['a NUL', 'A: \x00\r\n\r\n'],
];

// The body was complete before the trailer section, so Bun has answered by then. Ours delivers a
// body only once its message is complete, so a bad trailer section refuses the whole request.
const refusedTrailers = REFUSED_TRAILERS.map(([what, section]): DifferentialCase => ({
  name: `${what} in trailers is refused`,
  app: 'echo',
  send: chunkedPost('/unlogged', `3\r\nabc\r\n0\r\n${section}`),
  gives: '200 400 closed',
  divergence: 'request-trailers',
  ours: { gives: '400 closed', raw: BAD_REQUEST },
}));

const lengths: readonly DifferentialCase[] = [
  {
    name: 'the same length twice',
    app: 'echo',
    send: call('POST', '/f', 'Content-Length: 3', 'Content-Length: 3') + 'abc',
    gives: '200 open',
    saw: { body: 'abc' },
    divergence: 'repeated-content-length',
    ours: { gives: '400 closed', raw: BAD_REQUEST },
  },
  {
    name: 'leading zeros in a length',
    app: 'echo',
    send: call('POST', '/f', 'Content-Length: 000003') + 'abc' + get('/next'),
    gives: '200 200 open',
    saw: { url: 'http://test/next' },
  },
  {
    name: 'space around a length',
    app: 'echo',
    send: call('POST', '/f', 'Content-Length: \t 3 \t') + 'abc',
    gives: '200 open',
    saw: { body: 'abc' },
  },
  {
    name: 'a length of 0',
    app: 'echo',
    send: post('/f', '') + get('/next'),
    gives: '200 200 open',
    saw: { url: 'http://test/next' },
  },
  {
    name: 'bytes beyond the length start the next request',
    app: 'echo',
    send: call('POST', '/f', 'Content-Length: 2') + 'ab' + get('/next'),
    gives: '200 200 open',
    saw: { url: 'http://test/next' },
  },
  {
    name: 'bytes beyond the length that are no request',
    app: 'echo',
    send: [call('POST', '/f', 'Content-Length: 2') + 'ab', { await: 1 }, 'cd\r\n\r\n'],
    gives: '200 400 closed',
  },
  {
    name: 'every byte value in a body',
    app: 'echo',
    send: post('/f', String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))),
    gives: '200 open',
  },
  {
    name: 'a body of 60000 bytes',
    app: 'echo',
    send: post('/f', '0123456789'.repeat(6000)),
    gives: '200 open',
  },
  {
    name: 'a chunked body of 60000 bytes in chunks of 7',
    app: 'echo',
    send: chunkedPost('/f', chunks('0123456789'.repeat(600), 7)),
    gives: '200 open',
  },
  {
    name: 'a chunked body that looks like a request',
    app: 'echo',
    send: chunkedPost('/f', chunks('GET /smuggled HTTP/1.0\r\n\r\n', 64)) + get('/next'),
    gives: '200 200 open',
    saw: { url: 'http://test/next' },
  },
  {
    name: 'an empty chunked body',
    app: 'echo',
    send: chunkedPost('/f', '0\r\n\r\n') + get('/next'),
    gives: '200 200 open',
  },
  {
    name: 'a GET with a length has its body skipped',
    app: 'echo',
    send: get('/f', 'Content-Length: 5') + 'hello' + get('/next'),
    gives: '200 200 open',
    saw: { url: 'http://test/next', body: '' },
  },
  {
    name: 'a GET with chunks has its body skipped',
    app: 'echo',
    send: get('/f', 'Transfer-Encoding: chunked') + chunks('hello', 2) + get('/next'),
    gives: '200 200 open',
    saw: { url: 'http://test/next', body: '' },
  },
  {
    name: 'a GET body arriving after the answer is skipped',
    app: 'echo',
    send: [get('/f', 'Content-Length: 5'), { await: 1 }, 'hel', `lo${get('/next')}`],
    gives: '200 200 open',
    saw: { url: 'http://test/next' },
  },
  {
    name: 'a body nobody reads is skipped',
    app: ({ json }) => ({ fetch: (req) => json(req.url) }),
    send: post('/f', 'x'.repeat(5000)) + chunkedPost('/g', chunks('yz', 1)) + get('/next'),
    gives: '200 200 200 open',
    body: '"http://test/next"',
  },
  {
    name: 'an HTTP/1.1 POST in single bytes',
    app: 'echo',
    send: [{ send: post('/f', 'abc', 'X-A: b'), pieces: 1 }],
    gives: '200 open',
    saw: { body: 'abc' },
  },
  {
    name: 'a chunked POST in single bytes',
    app: 'echo',
    send: [{ send: chunkedPost('/f', chunks('hello world', 4)) + get('/next'), pieces: 1 }],
    gives: '200 200 open',
    saw: { url: 'http://test/next' },
  },
];

const versions: readonly DifferentialCase[] = [
  {
    name: 'HTTP/1.0 is answered and closed',
    app: 'responses',
    send: head('GET /k/text HTTP/1.0', 'Host: test'),
    gives: '200 closed',
    strict: true,
    body: 'hello',
  },
  {
    name: 'HTTP/1.0 with keep-alive is closed too',
    app: 'responses',
    send: head('GET /k/text HTTP/1.0', 'Host: test', 'Connection: keep-alive'),
    gives: '200 closed',
  },
  {
    name: 'nothing after an HTTP/1.0 request is answered',
    app: 'responses',
    send: head('GET /k/text HTTP/1.0', 'Host: test') + get('/k/text'),
    gives: '200 closed',
  },
  {
    name: 'HTTP/1.0 with a length',
    app: 'echo',
    send: head('POST /f HTTP/1.0', 'Host: test', 'Content-Length: 3') + 'abc',
    gives: '200 closed',
    saw: { body: 'abc' },
  },
  {
    name: 'HTTP/1.0 with chunks is refused',
    app: 'echo',
    send: head('POST /f HTTP/1.0', 'Host: test', 'Transfer-Encoding: chunked') + chunks('abc', 3),
    gives: '400 closed',
    raw: BAD_REQUEST,
  },
];

const lateFaults: readonly DifferentialCase[] = [
  {
    name: 'a bad chunk rejects the read that waits for the body',
    app: ({ log }) => ({
      fetch: async (req) => {
        log('called');
        log(await req.text().catch((error: Error) => error.name));
        return new Response('never sent');
      },
    }),
    send: [chunkedPost('/f', '3\r\nabc\r\n'), { awaitLogs: 1 }, 'nonsense\r\n'],
    gives: '400 closed',
    raw: BAD_REQUEST,
    logs: 2,
  },
  {
    name: 'a bad chunk after the answer',
    app: () => ({ fetch: () => new Response('answered') }),
    send: [chunkedPost('/f', '3\r\nabc\r\n'), { await: 1 }, 'nonsense\r\n'],
    gives: '200 400 closed',
  },
];

export const cases: readonly DifferentialCase[] = [
  ...refusedFraming,
  ...refusedChunks,
  ...acceptedChunks,
  ...acceptedCodings,
  ...lateFaults,
  ...trailers,
  ...refusedTrailers,
  ...lengths,
  ...versions,
];
