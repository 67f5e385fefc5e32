// SPDX-License-Identifier: MIT
import { H3, createEventStream, getBodyStream, iterable, readBody, setHeader } from 'h3';
import { departure, describeForm, digest, listen, piece, turn } from './support.mjs';

const app = new H3();
const events = departure();
const download = departure();

app.get('/stream/text', () =>
  iterable(async function* () {
    for (const word of ['one', 'zwei', 'três', '四']) {
      yield `${word}\n`;
      await turn();
    }
  }),
);
app.get('/stream/large', (event) => {
  event.res.headers.set('content-type', 'application/x-large');
  let index = 0;
  return new ReadableStream({
    pull(controller) {
      if (index < 32) controller.enqueue(piece(index++));
      else controller.close();
    },
  });
});
app.get('/stream/endless', () => {
  return new ReadableStream({
    async pull(controller) {
      await turn();
      controller.enqueue(piece(1));
    },
    cancel: download.leave,
  });
});
app.get('/stream/left', () => download.left);
app.get('/stream/cut', () => {
  let pulls = 0;
  return new ReadableStream({
    async pull(controller) {
      await turn();
      if (++pulls > 2) throw new Error('in the middle');
      controller.enqueue(piece(pulls));
    },
  });
});
app.get('/stream/response', () => new Response(new Blob(['piped ', 'é']).stream()));

app.get('/sse', (event) => {
  const out = createEventStream(event);
  void (async () => {
    for (let i = 0; i < 3; i++) {
      await out.push({ event: 'tick', id: String(i), data: `line ${i}\nsecond é` });
      await turn();
    }
    await out.close();
  })();
  return out;
});
app.get('/sse/endless', (event) => {
  const out = createEventStream(event);
  let open = true;
  out.onClosed(() => {
    open = false;
    events.leave();
  });
  void (async () => {
    for (let i = 0; open; i++) {
      await out.push(String(i));
      await turn();
    }
  })();
  return out;
});
app.get('/sse/left', () => events.left);

app.post('/upload/raw', (event) => digest(event.req.body));
app.post('/upload/stream', (event) => digest(getBodyStream(event)));
app.post('/upload/whole', async (event) => digest([new Uint8Array(await event.req.arrayBuffer())]));
app.post('/upload/form', async (event) => describeForm(await event.req.formData()));
app.post('/upload/read', async (event) => ({
  length: JSON.stringify(await readBody(event)).length,
}));
app.post('/upload/echo', (event) => {
  setHeader(event, 'content-type', 'application/x');
  return event.req.body;
});

listen((request) => app.fetch(request));
