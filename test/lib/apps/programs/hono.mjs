// SPDX-License-Identifier: MIT
import { Hono } from 'hono';
import { getConnInfo } from 'hono/bun';
import { cors } from 'hono/cors';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { validator } from 'hono/validator';
import { listen } from './support.mjs';

const app = new Hono();

app.use('/api/*', cors({ origin: 'http://example.com', credentials: true }));
app.use('/secure', secureHeaders());
app.use('*', async (c, next) => {
  c.set('started', 'yes');
  await next();
  c.header('x-after', String(c.res.status));
});
app.get('/', (c) => c.text('hello'));
app.get('/json', (c) => c.json({ a: 1, started: c.get('started') }, 201, { 'x-a': 'b' }));
app.get('/html', (c) => c.html('<p>é</p>'));
app.get('/users/:id/:rest{.+}', (c) => c.json({ ...c.req.param(), ...c.req.query() }));
app.get('/secure', (c) => c.text('secure'));
app.get('/redirect', (c) => c.redirect('/'));
app.get('/nothing', (c) => c.body(null, 204));
app.get('/bytes', (c) => c.body(Uint8Array.of(1, 2, 255), 200, { 'content-type': 'image/x' }));
app.get('/cookie', (c) => {
  setCookie(c, 'seen', getCookie(c, 'seen') ?? 'é', { path: '/', httpOnly: true });
  deleteCookie(c, 'old');
  return c.text(JSON.stringify(getCookie(c)));
});
app.get('/address', (c) => c.json(typeof getConnInfo(c).remote.port));
app.post('/api/json', async (c) => c.json({ got: await c.req.json() }));
app.post('/api/form', async (c) => {
  const body = await c.req.parseBody({ all: true });
  const file = body.file instanceof File ? [body.file.name, await body.file.text()] : null;
  return c.json({ ...body, file });
});
app.post(
  '/api/valid',
  validator('json', (v, c) => (v.ok ? v : c.text('bad', 400))),
  (c) => c.json(c.req.valid('json')),
);
app.post('/echo', async (c) => c.body(await c.req.arrayBuffer()));
app.put('/twice', async (c) => c.json([await c.req.text(), await c.req.text()]));
app.get('/fail', () => {
  throw new Error('failed');
});
app.get('/denied', () => {
  throw new HTTPException(401, { message: 'denied' });
});
app.onError((error, c) =>
  error instanceof HTTPException ? error.getResponse() : c.text(`error: ${error.message}`, 500),
);
app.notFound((c) => c.json({ missing: c.req.path }, 404));
app.route(
  '/sub',
  new Hono().get('/:x', (c) => c.text(`sub ${c.req.param('x')}`)),
);
app.mount('/mounted', (request) => new Response(new URL(request.url).pathname));

listen((request, server) => app.fetch(request, { server }));
