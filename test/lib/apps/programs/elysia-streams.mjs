// SPDX-License-Identifier: MIT
import { Elysia, sse, t } from 'elysia';
import { departure, digest, listenApp, piece, turn } from './support.mjs';

const events = departure();
const download = departure();

const app = new Elysia()
  .get('/stream/text', async function* () {
    for (const word of ['one', 'zwei', 'três', '四']) {
      yield `${word}\n`;
      await turn();
    }
  })
  .get('/stream/numbers', function* () {
    yield 1;
    yield 2;
    yield 3;
  })
  .get('/stream/large', ({ set }) => {
    set.headers['content-type'] = 'application/x-large';
    let index = 0;
    return new ReadableStream({
      pull(controller) {
        if (index < 32) controller.enqueue(piece(index++));
        else controller.close();
      },
    });
  })
  .get('/stream/endless', async function* () {
    try {
      for (;;) {
        yield piece(1);
        await turn();
      }
    } finally {
      download.leave();
    }
  })
  .get('/stream/left', () => download.left)
  .get('/stream/cut', () => {
    let pulls = 0;
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await turn();
          if (++pulls > 2) throw new Error('in the middle');
          controller.enqueue(piece(pulls));
        },
      }),
    );
  })
  .get('/stream/response', () => new Response(new Blob(['piped ', 'é']).stream()))
  .get('/sse', async function* () {
    for (let i = 0; i < 3; i++) {
      yield sse({ event: 'tick', id: String(i), data: `line ${i} é` });
      await turn();
    }
  })
  .get('/sse/objects', async function* () {
    yield sse({ data: { a: 1 } });
    await turn();
    yield sse('text');
  })
  .get('/sse/endless', async function* () {
    try {
      for (let i = 0; ; i++) {
        yield sse(String(i));
        await turn();
      }
    } finally {
      events.leave();
    }
  })
  .get('/sse/left', () => events.left)
  .post('/upload/raw', ({ request }) => digest(request.body), { parse: 'none' })
  .post('/upload/whole', ({ body }) => digest([new Uint8Array(body)]), { parse: 'arrayBuffer' })
  .post(
    '/upload/form',
    async ({ body: { text, file } }) => [text, file.name, file.size, await digest(file.stream())],
    { body: t.Object({ text: t.String(), file: t.File({ maxSize: '4m' }) }) },
  )
  .post(
    '/upload/files',
    async ({ body: { files } }) =>
      Promise.all(files.map(async (file) => [file.name, await digest(file.stream())])),
    { body: t.Object({ files: t.Files() }) },
  )
  .post('/upload/echo', ({ request }) => new Response(request.body), { parse: 'none' });

listenApp(app);
