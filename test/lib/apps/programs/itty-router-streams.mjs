// SPDX-License-Identifier: MIT
import { AutoRouter, json } from 'itty-router';
import { departure, describeForm, digest, listen, piece, turn } from './support.mjs';

const router = AutoRouter();
const events = departure();
const download = departure();
const eventHeaders = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };

async function* words() {
  for (const word of ['one', 'zwei', 'três', '四']) {
    yield `${word}\n`;
    await turn();
  }
}

function endless(make, leave) {
  return new ReadableStream({
    async pull(controller) {
      await turn();
      controller.enqueue(make());
    },
    cancel: leave,
  });
}

router
  .get('/stream/text', () => new Response(words))
  .get('/stream/large', () => {
    let index = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (index < 32) controller.enqueue(piece(index++));
        else controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'application/x-large' } });
  })
  .get('/stream/endless', () => new Response(endless(() => piece(1), download.leave)))
  .get('/stream/left', () => download.left)
  .get('/stream/failing', () => {
    const body = new ReadableStream({
      start(controller) {
        controller.error(new Error('before anything'));
      },
    });
    return new Response(body);
  })
  .get('/stream/cut', () => {
    async function* body() {
      yield piece(1);
      await turn();
      throw new Error('in the middle');
    }
    return new Response(body());
  })
  .get('/stream/piped', () => {
    const source = new Blob(['piped ', 'é']).stream().pipeThrough(new TextDecoderStream());
    return new Response(source.pipeThrough(new TextEncoderStream()));
  })
  .get('/sse', () => {
    async function* body() {
      for (let i = 0; i < 3; i++) {
        yield `event: tick\nid: ${i}\ndata: line ${i}\ndata: second é\n\n`;
        await turn();
      }
    }
    return new Response(body(), { headers: eventHeaders });
  })
  .get('/sse/endless', () => {
    let i = 0;
    const body = endless(() => new TextEncoder().encode(`data: ${i++}\n\n`), events.leave);
    return new Response(body, { headers: eventHeaders });
  })
  .get('/sse/left', () => events.left)
  .post('/upload/raw', async ({ body }) => digest(body))
  .post('/upload/whole', async (request) => digest([await request.bytes()]))
  .post('/upload/form', async (request) => json(await describeForm(await request.formData())))
  .post('/upload/echo', ({ body }) => new Response(body, { headers: { 'content-type': 'a/x' } }))
  .post('/upload/cloned', async (request) => {
    const copy = request.clone();
    return Promise.all([digest(request.body), digest(copy.body)]);
  });

listen(router.fetch);
