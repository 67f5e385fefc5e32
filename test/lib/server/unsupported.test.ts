// SPDX-License-Identifier: MIT
// Options of Bun that are not served (yet): an option is never accepted and then ignored.
import { serve, Response, type ServeOptions } from 'bunserve';
import { thrownBy, withServer } from '../../helpers/with-server.js';

const base = { port: 0, hostname: '127.0.0.1', development: false };
const fetch = (): Response => new Response('ok');

function refusal(options: object): Record<string, unknown> {
  return thrownBy(() => void serve({ ...base, fetch, ...options } as ServeOptions).stop(true));
}

function unsupported(what: string): Record<string, unknown> {
  const message = expect.stringMatching(
    `^${what}.* is not supported by bunserve\\. \\w`,
  ) as unknown;
  return { name: 'Error', code: 'ERR_BUNSERVE_NOT_SUPPORTED', message };
}

const accepted = { name: 'nothing thrown' };

test.each([
  ['http2', { http2: true }],
  ['http3', { http3: true, tls: { key: 'k', cert: 'c' } }],
])('%s says so: %p', (name, options) => {
  expect(refusal(options)).toEqual(unsupported(name));
});

function invalid(message: string): Record<string, unknown> {
  return { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message };
}

test.each([false, null, 0, ''])('without HTTP/1.1 nothing is left: %p', (http1) => {
  const message = 'Cannot disable http1 without enabling http2 or http3';
  expect(refusal({ http1 })).toEqual(invalid(message));
});

test('HTTP/3 would need TLS', () => {
  expect(refusal({ http3: true })).toEqual(invalid("HTTP/3 requires 'tls' to be set"));
});

test.each([false, 0, '', 5, 'x'])('%p is no websocket option', (websocket) => {
  expect(refusal({ websocket })).toEqual(invalid('Expected websocket to be an object'));
});

test.each([
  { tls: undefined },
  { tls: null },
  { tls: false },
  { tls: {} },
  { tls: [] },
  { http2: false },
  { http3: false },
  { http1: true },
  { websocket: undefined },
  { websocket: null },
])('a value that asks for nothing is accepted: %p', (options) => {
  expect(refusal(options)).toEqual(accepted);
});

test('upgrade() needs the websocket option', async () => {
  await withServer({ fetch }, async (server) => {
    expect(thrownBy(() => server.upgrade(new Request('http://a/')))).toEqual({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      message: 'To enable websocket support, set the "websocket" object in Bun.serve({})',
    });
  });
});
