// SPDX-License-Identifier: MIT
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';
import { proxy } from 'hono/proxy';
import { stream, streamSSE, streamText } from 'hono/streaming';
import { timeout } from 'hono/timeout';
import { departure, describeForm, digest, listen, piece, turn } from './support.mjs';

const app = new Hono();
const events = departure();
const download = departure();

app.get('/stream/text', (c) =>
  streamText(c, async (out) => {
    for (const word of ['one', 'zwei', 'três', '四']) {
      await out.writeln(word);
      await turn();
    }
  }),
);
app.get('/stream/large', (c) =>
  stream(c, async (out) => {
    c.header('content-type', 'application/x-large');
    for (let i = 0; i < 32; i++) await out.write(piece(i));
  }),
);
app.get('/stream/endless', (c) =>
  stream(c, async (out) => {
    out.onAbort(download.leave);
    while (!out.aborted) {
      await out.write(piece(1));
      await turn();
    }
  }),
);
app.get('/stream/left', async (c) => c.text(await download.left));
app.get('/stream/failing', (c) =>
  stream(
    c,
    async () => {
      throw new Error('before anything');
    },
    async (error, out) => void (await out.write(`told: ${error.message}`)),
  ),
);
app.get('/stream/cut', () => {
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
});
app.get('/stream/piped', (c) =>
  stream(c, async (out) => {
    await out.pipe(new Blob(['piped ', 'é']).stream());
    await out.write('!');
  }),
);

app.get('/sse', (c) =>
  streamSSE(c, async (out) => {
    for (let i = 0; i < 3; i++) {
      await out.writeSSE({ event: 'tick', id: String(i), data: `line ${i}\nsecond é` });
      await turn();
    }
  }),
);
app.get('/sse/endless', (c) =>
  streamSSE(c, async (out) => {
    out.onAbort(events.leave);
    for (let i = 0; !out.aborted; i++) {
      await out.writeSSE({ data: String(i) });
      await turn();
    }
  }),
);
app.get('/sse/left', async (c) => c.text(await events.left));
app.get('/sse/error', (c) =>
  streamSSE(
    c,
    async (out) => {
      await out.writeSSE({ data: 'first' });
      throw new Error('failed');
    },
    async () => {},
  ),
);

app.post('/upload/raw', async (c) => c.json(await digest(c.req.raw.body)));
app.post('/upload/whole', async (c) =>
  c.json(await digest([new Uint8Array(await (await c.req.blob()).arrayBuffer())])),
);
app.post('/upload/form', async (c) => c.json(await describeForm(await c.req.formData())));
app.post('/upload/parsed', async (c) => {
  const { text, file } = await c.req.parseBody();
  return c.json([text, file.name, file.size, await digest(file.stream())]);
});
app.post('/upload/echo', (c) => c.body(c.req.raw.body, 200, { 'content-type': 'application/x' }));
app.post('/upload/piped', (c) => {
  const upper = new TransformStream({
    transform: (chunk, controller) => controller.enqueue(chunk.map((byte) => byte ^ 0xff)),
  });
  return c.body(c.req.raw.body.pipeThrough(upper));
});
app.post('/upload/limited', bodyLimit({ maxSize: 1000 }), async (c) => c.text(await c.req.text()));

app.use('/tagged/*', etag());
app.get('/tagged/text', (c) => c.text('tagged'));
app.get('/tagged/json', (c) => c.json({ tagged: true }));
app.get('/tagged/stream', (c) => c.body(new Blob(['tagged ', 'stream']).stream()));
app.get('/tagged/empty', (c) => c.body(null));
app.get('/tagged/weak', etag({ weak: true }), (c) => c.html('<p>weak</p>'));
app.use('/packed/*', compress());
app.get('/packed/text', (c) => c.text('packed '.repeat(1000), 200));
app.get('/packed/json', (c) => c.json(Array(1000).fill('packed')));
app.get('/packed/small', (c) => c.text('small', 200, { 'content-length': '5' }));
app.use('/slow', timeout(60_000));
app.get('/slow', async (c) => (await turn(), c.text('in time')));
app.all('/proxied/*', (c) =>
  proxy(new URL(c.req.path.replace('/proxied', ''), c.req.url), {
    ...c.req,
    headers: { ...c.req.header(), 'x-forwarded-for': 'proxy' },
  }),
);

listen((request, server) => app.fetch(request, { server }));
