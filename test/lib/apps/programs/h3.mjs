// SPDX-License-Identifier: MIT
import { H3, HTTPError, getCookie, getQuery, html, readBody, redirect, setCookie } from 'h3';
import { listen } from './support.mjs';

const app = new H3();

app.use(async (event, next) => {
  event.res.headers.set('x-before', event.req.method);
  return next();
});
app.get('/', () => 'hello');
app.get('/json', (event) => {
  event.res.status = 201;
  event.res.headers.set('x-a', 'b');
  return { a: 1 };
});
app.get('/html', () => html('<p>é</p>'));
app.get('/users/:id/**:rest', (event) => ({ ...event.context.params, ...getQuery(event) }));
app.get('/nothing', (event) => {
  event.res.status = 204;
  return null;
});
app.get('/redirect', () => redirect('/elsewhere', 307));
app.get('/bytes', () => Uint8Array.of(1, 2, 255));
app.get('/cookie', (event) => {
  setCookie(event, 'seen', getCookie(event, 'seen') ?? 'no', { path: '/', httpOnly: true });
  return getCookie(event, 'seen') ?? null;
});
app.post('/api/json', async (event) => ({ got: await readBody(event) }));
app.post('/api/form', async (event) => {
  const form = await event.req.formData();
  const file = form.get('file');
  const content = typeof file === 'object' && file !== null ? await file.text() : null;
  return { names: [...form.keys()], content };
});
app.post('/echo', async (event) => new Response(await event.req.arrayBuffer()));
app.get('/fail', () => {
  throw new HTTPError({ status: 500, message: 'failed' });
});
app.get('/denied', () => {
  throw new HTTPError({ status: 401, statusText: 'Denied', message: 'denied' });
});
app.mount('/mounted', (request) => new Response(new URL(request.url).pathname));

listen((request) => app.fetch(request));
