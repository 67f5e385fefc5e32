// SPDX-License-Identifier: MIT
// What a Server tells about itself, and that nobody can change it.
import { Server, type ServeOptions } from 'bunserve';
import { startServer, thrownBy, withServer } from '../../helpers/with-server.js';

const fetch = (): Response => new Response('ok');

test('serve() returns a Server, which cannot be constructed otherwise', async () => {
  await withServer({ fetch }, async (server) => {
    expect(server).toBeInstanceOf(Server);
    expect(Object.keys(server)).toEqual([]);
    const Class = Server as unknown as new (...args: unknown[]) => Server;
    expect(thrownBy(() => new Class(Symbol('guess'), { fetch }))).toMatchObject({
      name: 'TypeError',
      message: 'Illegal constructor',
    });
  });
});

test.each([
  [true, true],
  [false, false],
  [null, false],
  [0, false],
  [1, true],
  ['', false],
  ['x', true],
  [{}, true],
  [{ hmr: true }, true],
  [{ hmr: false, console: true }, true],
])('development: %p is %p', async (development, shown) => {
  await withServer({ fetch, development } as ServeOptions, async (server) => {
    expect(server.development).toBe(shown);
    const name = shown ? 'DebugHTTPServer' : 'HTTPServer';
    expect(Object.prototype.toString.call(server)).toBe(`[object ${name}]`);
  });
});

describe('development without the option', () => {
  const before = process.env.NODE_ENV;
  afterAll(() => {
    process.env.NODE_ENV = before;
  });
  test.each([
    ['production', false],
    ['development', true],
    ['test', true],
    ['', true],
  ])('NODE_ENV=%s: %p', async (value, shown) => {
    process.env.NODE_ENV = value;
    await withServer({ fetch, development: undefined } as never, async (server) => {
      expect(server.development).toBe(shown);
    });
  });
});

test.each([
  ['name', 'name'],
  [5, '5'],
  [true, 'true'],
  ['', ''],
  [null, ''],
  [undefined, ''],
])('id: %p is %p', async (id, shown) => {
  await withServer({ fetch, id } as ServeOptions, async (server) => {
    expect(server.id).toBe(shown);
  });
});

test.each([
  'url',
  'port',
  'hostname',
  'address',
  'protocol',
  'development',
  'id',
  'pendingRequests',
  'pendingWebSockets',
] as const)('%s is read-only', async (name) => {
  await withServer({ fetch }, async (server) => {
    const before = server[name];
    expect(() => {
      (server as unknown as Record<string, unknown>)[name] = 'other';
    }).toThrow(TypeError);
    expect(server[name]).toEqual(before);
  });
});

test('counters of an idle server', async () => {
  await withServer({ fetch }, async (server) => {
    expect(server.protocol).toBe('http');
    expect(server.pendingRequests).toBe(0);
    expect(server.pendingWebSockets).toBe(0);
    expect(server.closeIdleConnections()).toBe(0);
  });
});

describe('topics without the websocket option', () => {
  test('nobody is subscribed', async () => {
    await withServer({ fetch }, async (server) => {
      expect(server.publish('topic', 'data')).toBe(0);
      expect(server.publish('', 'data')).toBe(0);
      expect(server.subscriberCount('topic')).toBe(0);
      expect(server.subscriberCount('')).toBe(0);
    });
  });

  test('missing arguments', async () => {
    await withServer({ fetch }, async (server) => {
      const untyped = server as unknown as Record<string, (...args: unknown[]) => unknown>;
      for (const args of [[], ['topic']]) {
        expect(thrownBy(() => untyped.publish?.(...args))).toEqual({
          name: 'TypeError',
          code: 'ERR_INVALID_ARG_TYPE',
          message: 'Missing argument',
        });
      }
      expect(thrownBy(() => untyped.subscriberCount?.())).toEqual({
        name: 'TypeError',
        code: 'ERR_MISSING_ARGS',
        message: "Not enough arguments to 'subscriberCount'. Expected 1, got 0.",
      });
    });
  });
});

test('everything can still be called after stop()', async () => {
  const server = startServer({ fetch });
  await server.stop();
  expect(server.publish('topic', 'data')).toBe(0);
  expect(server.closeIdleConnections()).toBe(0);
  expect(server.pendingRequests).toBe(0);
  expect(server.requestIP(new Request('http://a/'))).toBeNull();
  expect(server.reload({ fetch })).toBe(server);
  expect(server.ref()).toBe(server);
  expect(server.unref()).toBe(server);
  server.timeout(new Request('http://a/'), 5);
  await server.stop(true);
});
