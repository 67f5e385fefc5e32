// SPDX-License-Identifier: MIT
import { AutoRouter, cors, error, html, json, status, text } from 'itty-router';
import { listen } from './support.mjs';

const { preflight, corsify } = cors({ origin: 'http://example.com' });
const router = AutoRouter({ before: [preflight], finally: [corsify] });

router
  .get('/', () => text('hello'))
  .get('/json', () => json({ a: 1 }, { status: 201, headers: { 'x-a': 'b' } }))
  .get('/plain', () => ({ plain: true }))
  .get('/html', () => html('<p>é</p>'))
  .get('/users/:id/:rest+', ({ params, query }) => ({ ...params, ...query }))
  .get('/nothing', () => status(204))
  .get('/redirect', () => Response.redirect('http://127.0.0.1/x', 307))
  .post('/api/json', async (request) => ({ got: await request.json() }))
  .post('/api/form', async (request) => {
    const form = await request.formData();
    const entries = [...form].map(async ([name, value]) => [
      name,
      typeof value === 'string' ? value : [value.name, await value.text()],
    ]);
    return Promise.all(entries);
  })
  .post('/echo', async (request) => new Response(await request.arrayBuffer()))
  .put('/twice', async (request) => [await request.clone().text(), await request.text()])
  .get('/fail', () => {
    throw new Error('failed');
  })
  .get('/denied', () => error(401, 'denied'))
  .all('*', ({ url }) => error(404, { missing: new URL(url).pathname }));

listen(router.fetch);
