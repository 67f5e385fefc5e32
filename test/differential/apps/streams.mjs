// SPDX-License-Identifier: MIT
// One handler per kind of response that comes over time; the path names the kind. A second server
// in the same process is what the proxying ones fetch from.
import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { listening, log as logLine, port } from './support.mjs';

const log = (line) => logLine('', line);
const encoder = new TextEncoder();
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

/** All chunks there from the start. */
const now = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

/** The first chunk at once, each later one in a turn of its own. */
const later = (...chunks) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(chunks.shift());
    },
    async pull(controller) {
      await turn();
      if (chunks.length > 0) controller.enqueue(chunks.shift());
      else controller.close();
    },
  });

const direct = (pull, more = {}) => new ReadableStream({ type: 'direct', pull, ...more });

/** A source that tells the log how it was left; it goes on until then. */
const watched = (type) =>
  new ReadableStream({
    type,
    start(controller) {
      controller.enqueue(encoder.encode('first'));
    },
    async pull(controller) {
      await turn();
      try {
        controller.enqueue(encoder.encode('more'));
      } catch {
        // Cancelled meanwhile.
      }
    },
    cancel(reason) {
      log(`cancel ${reason?.name ?? reason}`);
    },
  });

async function* watchedGenerator() {
  try {
    for (;;) {
      yield 'more';
      await turn();
    }
  } finally {
    log('finally');
  }
}

const watchedIterator = () => ({
  [Symbol.asyncIterator]: () => ({
    async next() {
      await turn();
      return { value: 'more', done: false };
    },
    async return(value) {
      log(`return ${value}`);
      return { value, done: true };
    },
  }),
});

const error = new Error('from the source');
const kept = {
  stream: new Response(now('once')),
  late: new Response(later('on', 'ce')),
  generator: new Response(async function* () {
    yield 'once';
  }),
  text: new Response('once'),
  bytes: new Response(new Uint8Array([65])),
  json: Response.json(1),
};

const used = async (response, use) => {
  await use(response);
  return response;
};

const memory = () => {
  const shared = new SharedArrayBuffer(3);
  new Uint8Array(shared).set([65, 66, 67]);
  return shared;
};

const bodies = {
  // Complete at once.
  one: () => now('hello'),
  two: () => now('a', encoder.encode('b')),
  none: () => now(),
  empties: () => now('', new Uint8Array(0), 'x', ''),
  unicode: () => now('é€', '😀'),
  surrogate: () => now('a\ud83d', '\ude00b'),
  pulled: () => {
    let count = 0;
    return new ReadableStream({
      pull(controller) {
        controller.enqueue(String(count++));
        if (count === 3) controller.close();
      },
    });
  },
  'pulled-microtask': () => {
    let count = 0;
    return new ReadableStream({
      async pull(controller) {
        await 0;
        controller.enqueue(String(count++));
        if (count === 3) controller.close();
      },
    });
  },
  bytes: () =>
    new ReadableStream({
      type: 'bytes',
      start(controller) {
        controller.enqueue(encoder.encode('bytes'));
        controller.close();
      },
    }),
  'bytes-pulled': () => {
    let count = 0;
    return new ReadableStream({
      type: 'bytes',
      pull(controller) {
        controller.enqueue(encoder.encode(String(count++)));
        if (count === 3) controller.close();
      },
    });
  },
  views: () =>
    now(
      encoder.encode('a').buffer,
      new Uint16Array([0x4444]),
      new DataView(encoder.encode('xyz').buffer, 1, 1),
      Buffer.from('b'),
    ),
  'views-shared': () => now(memory(), new Uint8Array(memory(), 1, 1)),
  teed: () => now('tee').tee()[0],
  transformed: () => now('a', 'b').pipeThrough(new TransformStream()),
  'node-from': () => Readable.from(['a', 'b']),
  'node-bytes': () => Readable.from([Buffer.from('a'), Buffer.from('b')]),
  'node-web': () => Readable.toWeb(Readable.from([Buffer.from('a')])),
  'node-pass': () => {
    const pass = new PassThrough();
    pass.write('a');
    pass.end('b');
    return pass;
  },
  generator: () =>
    async function* () {
      yield 'a';
      yield encoder.encode('b');
      return 'left out';
    },
  'generator-object': () =>
    (async function* () {
      yield 'a';
      await 0;
      yield 'b';
    })(),
  'generator-empty': () => async function* () {},
  'generator-plain': () =>
    (function* () {
      yield 'a';
    })(),
  'generator-sink': () =>
    async function* () {
      const sink = yield 'a';
      log([typeof sink?.write, typeof sink?.end, typeof sink?.flush, typeof sink?.close]);
      log(sink === (yield 'b'));
      sink.write('c');
    },
  iterator: () => {
    const values = ['i', 'j', ''];
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => ({ value: values.shift(), done: values.length === 0 }),
      }),
    };
  },
  'direct-end': () =>
    direct((sink) => {
      sink.write('a');
      sink.write(encoder.encode('b'));
      log(sink.end());
      log(sink.end());
    }),
  'direct-close': () =>
    direct((sink) => {
      sink.write('a');
      log(sink.close());
    }),
  'direct-empty': () => direct(async () => {}),
  'direct-microtask': () =>
    direct(async (sink) => {
      sink.write('a');
      await 0;
      sink.write('b');
    }),
  'direct-sizes': () =>
    direct((sink) => {
      log(sink.write('abc'));
      log(sink.write('é€'));
      log(sink.write(''));
      log(sink.write(new Uint16Array(2)));
      log(sink.write(new ArrayBuffer(3)));
      for (const chunk of [5, null, undefined, {}]) {
        try {
          sink.write(chunk);
          log('taken');
        } catch (thrown) {
          log(`${thrown.name} ${thrown.code} ${thrown.message}`);
        }
      }
      sink.end();
    }),

  // Over time.
  later: () => later('a', encoder.encode('b'), 'c'),
  'later-views': () => later(new DataView(encoder.encode('xyz').buffer, 1), memory(), '€'),
  'later-empties': () => later('a', '', 'b', new Uint8Array(0)),
  'later-end': () => later('a'),
  'later-teed': () => later('a', 'b').tee()[1],
  'later-transformed': () => later('a', 'b').pipeThrough(new TransformStream()),
  'later-bytes': () => {
    const chunks = ['b', 'c'];
    return new ReadableStream({
      type: 'bytes',
      start(controller) {
        controller.enqueue(encoder.encode('a'));
      },
      async pull(controller) {
        await turn();
        controller.enqueue(encoder.encode(chunks.shift()));
        if (chunks.length === 0) controller.close();
      },
    });
  },
  'later-generator': () =>
    async function* () {
      yield 'a';
      await turn();
      yield 'b';
      yield 'c';
      await turn();
    },
  'later-iterator': () => {
    let count = 0;
    return {
      [Symbol.asyncIterator]: () => ({
        async next() {
          if (count > 0) await turn();
          return { value: `i${count}`, done: count++ === 2 };
        },
      }),
    };
  },
  'later-node': () => {
    let count = 0;
    return new Readable({
      read() {
        if (count++ === 0) this.push('a');
        else setTimeout(() => this.push(count > 3 ? null : 'b'), 5);
      },
    });
  },
  'later-sink': () =>
    async function* () {
      const sink = yield 'a';
      await turn();
      sink.write('b');
      await sink.flush(true);
      await turn();
      sink.end();
    },
  'later-direct': () =>
    direct(async (sink) => {
      sink.write('a');
      await turn();
      sink.write('b');
      sink.write('c');
    }),
  'later-direct-held': () =>
    direct((sink) => {
      sink.write('a');
      setTimeout(() => {
        sink.write('b');
        sink.end();
      }, 5);
    }),
  'later-direct-flush': () =>
    direct((sink) => {
      sink.write('a');
      log(sink.flush());
      log(sink.flush());
      sink.write('b');
      sink.end();
    }),
  'later-direct-wait': () =>
    direct(async (sink) => {
      sink.write('abc');
      log(await sink.flush(true));
      await turn();
      sink.write('d');
      log(sink.end());
      for (const name of ['write', 'flush']) {
        try {
          sink[name]('late');
          log('taken');
        } catch (thrown) {
          log(`${name} ${thrown.name} ${thrown.message}`);
        }
      }
      log(sink.end());
      log(sink.close());
    }),
  alone: () =>
    new ReadableStream({
      async start(controller) {
        await turn();
        controller.enqueue('alone');
        controller.close();
      },
    }),
  nothing: () =>
    new ReadableStream({
      async start(controller) {
        await turn();
        controller.close();
      },
    }),
  medium: () => now('m'.repeat(300)),
  large: () => now('l'.repeat(100_000)),

  // Never whole.
  'fails-start': () => new ReadableStream({ start: () => Promise.reject(error) }),
  'fails-pull': () =>
    new ReadableStream({
      pull() {
        throw error;
      },
    }),
  'fails-pull-async': () => new ReadableStream({ pull: () => Promise.reject(error) }),
  'fails-behind-chunk': () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue('a');
        controller.error(error);
      },
    }),
  'fails-chunk': () => now(5),
  'fails-generator': () =>
    async function* () {
      throw error;
    },
  'fails-generator-behind': () =>
    async function* () {
      yield 'a';
      throw error;
    },
  'fails-direct': () =>
    direct((sink) => {
      sink.write('a');
      throw error;
    }),
  'breaks-stream': () => {
    let count = 0;
    return new ReadableStream({
      async pull(controller) {
        if (count++ > 0) {
          await turn();
          throw error;
        }
        controller.enqueue('part');
      },
    });
  },
  'breaks-controller': () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue('part');
        setTimeout(() => controller.error(error), 5);
      },
    }),
  'breaks-generator': () =>
    async function* () {
      yield 'part';
      await turn();
      throw error;
    },
  'breaks-chunk': () => later('part', {}),
  'breaks-chunk-null': () => later('part', null),
  'breaks-chunk-blob': () => later('part', new Blob(['x'])),
  'breaks-direct': () =>
    direct(async (sink) => {
      sink.write('part');
      sink.flush();
      await turn();
      throw error;
    }),
  'breaks-direct-close': () =>
    direct(async (sink) => {
      sink.write('part');
      sink.flush();
      await turn();
      sink.close(error);
    }),

  // Left by the client, or not wanted at all.
  watched: () => watched(undefined),
  'watched-bytes': () => watched('bytes'),
  'watched-direct': () =>
    direct(
      async (sink) => {
        sink.write('first');
        sink.flush();
        for (let turns = 0; turns < 200 && sink.write('more') > 0; turns++) await turn();
        log(`write ${sink.write('late')} flush ${sink.flush()}`);
      },
      { cancel: (reason) => log(`cancel ${reason?.name ?? reason}`) },
    ),
  'watched-generator': () => watchedGenerator(),
  'watched-iterator': () => watchedIterator(),
};

const responses = {
  'used-stream': () => used(new Response(now(encoder.encode('a'))), (it) => it.text()),
  'used-text': () => used(new Response('a'), (it) => it.text()),
  'used-blob': () => used(new Response(new Blob(['a'])), (it) => it.text()),
  'used-cancelled': () => used(new Response(now('a')), (it) => it.body.cancel()),
  'used-locked': () => used(new Response(now('a')), (it) => it.body.getReader()),
  'used-locked-stream': () => {
    const stream = now('a');
    const response = new Response(stream);
    stream.getReader();
    return response;
  },
  'used-before': () => {
    const stream = now('a');
    stream.getReader();
    return new Response(stream);
  },
  'used-in-part': () =>
    used(new Response(now('a', 'rest')), async (it) => {
      const reader = it.body.getReader();
      await reader.read();
      reader.releaseLock();
    }),
  clone: () => new Response(now('a', 'b')).clone(),
  cloned: () => {
    const response = new Response(now('a', 'b'));
    response.clone();
    return response;
  },
  async: async () => {
    await turn();
    return new Response(now('async'));
  },
  headers: () =>
    new Response(later('a', 'b'), {
      status: 201,
      headers: {
        'content-type': 'text/event-stream',
        'content-length': '77',
        'transfer-encoding': 'gzip',
        'x-own': '1',
        'set-cookie': 'a=b',
        date: 'yesterday',
      },
    }),
  'headers-complete': () =>
    new Response(now('a'), { headers: { 'content-length': '77', 'transfer-encoding': 'chunked' } }),
  close: () => new Response(later('a', 'b'), { headers: { connection: 'close' } }),
  redirect: () => new Response(now(), { status: 302, headers: { location: '/x' } }),
  'error-later': () => {
    throw new Error('later');
  },
  'bad-value': () => new Response('x', { headers: { 'x-a': 'a\r\nb: c' } }),
  'bad-nul': () => new Response('x', { headers: { 'x-a': 'a\0b' } }),
  'bad-wide': () => new Response('x', { headers: { 'x-a': '€' } }),
  'blob-large': () => new Response(new Blob(['b'.repeat(2_000_000)], { type: 'x/y' })),
};

const source = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  development: false,
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === '/gzip') {
      const headers = { 'content-encoding': 'gzip', 'x-a': '1', 'content-type': 'text/plain' };
      return new Response(gzipSync('unpacked'), { headers });
    }
    if (pathname === '/chunked') return new Response(later('a', 'b'), { headers: { 'x-a': '1' } });
    if (pathname === '/status') return new Response('x', { status: 418 });
    if (pathname === '/none') return new Response(null, { status: 204, headers: { 'x-a': '1' } });
    if (pathname === '/breaks') return new Response(bodies['breaks-generator']()());
    return new Response('afar', { headers: { 'content-type': 'text/plain', 'x-a': '1' } });
  },
});

function respond(request) {
  const { pathname, searchParams } = new URL(request.url);
  const [, group, name] = pathname.split('/');
  const status = Number(searchParams.get('status') ?? 200);
  if (group === 'body') return new Response(bodies[name](), { status });
  if (group === 'response') return responses[name]();
  if (group === 'kept') return kept[name];
  if (group === 'proxy') return fetch(new URL(`/${name}`, source.url));
  if (group === 'echo') return new Response(request.body);
  return new Response('other');
}

const server = Bun.serve({
  port,
  hostname: '127.0.0.1',
  development: false,
  fetch: respond,
  error(thrown) {
    if (thrown.message === 'later') return new Response(later('e', 'rror'), { status: 500 });
    return new Response(`${thrown.name} ${thrown.code} ${thrown.message}`, { status: 500 });
  },
});

listening({ ports: { '': server.port } });
