// SPDX-License-Identifier: MIT
// Elysia picks its own Bun adapter, since there is a global Bun.
import { Elysia, t } from 'elysia';
import { listenApp } from './support.mjs';

const app = new Elysia()
  .state('version', 1)
  .decorate('shout', (text) => text.toUpperCase())
  .derive(({ headers }) => ({ agent: headers['x-agent'] ?? 'none' }))
  .onAfterHandle(({ set }) => {
    set.headers['x-after'] = 'yes';
  })
  .onError(({ code, error, set }) => {
    set.headers['x-code'] = String(code);
    return code === 'UNKNOWN' ? `error: ${error.message}` : code;
  })
  .get('/', 'hello')
  .get('/json', ({ set, store, agent }) => {
    set.status = 201;
    set.headers['x-a'] = 'b';
    return { a: store.version, agent };
  })
  .get('/text', ({ shout }) => shout('é'))
  .get('/users/:id/*', ({ params, query }) => ({ ...params, ...query }))
  .get('/nothing', ({ status }) => status(204))
  .get('/redirect', ({ redirect }) => redirect('/elsewhere', 307))
  .get('/cookie', ({ cookie: { seen } }) => {
    const before = seen.value ?? 'none';
    seen.set({ value: 'x', path: '/', httpOnly: true });
    return before;
  })
  .get('/response', () => new Response('own', { status: 202, headers: { 'x-own': '1' } }))
  .post('/api/json', ({ body }) => ({ got: body }))
  .post('/api/form', async ({ body }) => ({ a: body.a, file: await body.file.text() }), {
    body: t.Object({ a: t.String(), file: t.File() }),
  })
  .post('/api/valid', ({ body }) => body, { body: t.Object({ ok: t.Boolean() }) })
  .post('/echo', ({ body }) => new Response(body), { parse: 'arrayBuffer' })
  .get('/fail', () => {
    throw new Error('failed');
  })
  .group('/sub', (group) => group.get('/:x', ({ params: { x } }) => `sub ${x}`));

listenApp(app);
