// SPDX-License-Identifier: MIT
// What the methods of a Server say to wrong arguments: codes and texts of Bun 1.4.5.
import type { Server } from 'bunserve';
import { rejectionOf, startServer, thrownBy, withServer } from '../../helpers/with-server.js';

const fetch = (): Response => new Response('ok');
type Untyped = Record<string, (...args: unknown[]) => unknown>;

/** What a method throws for each list of arguments. */
async function thrown(method: string, ...lists: unknown[][]): Promise<Record<string, unknown>[]> {
  return withServer({ fetch }, async (server) => {
    const call = (server as unknown as Untyped)[method]!.bind(server);
    return lists.map((args) => thrownBy(() => call(...args)));
  });
}

function invalid(message: string): Record<string, unknown> {
  return { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message };
}

function missing(message: string): Record<string, unknown> {
  return { name: 'TypeError', code: 'ERR_MISSING_ARGS', message };
}

const nothing = { name: 'nothing thrown' };

test('requestIP()', async () => {
  const wrong = invalid('Expected Request object');
  expect(await thrown('requestIP', [], [5], [null], [undefined], ['x'], [{}])).toEqual([
    invalid('Missing Request object'),
    ...Array<unknown>(5).fill(wrong),
  ]);
});

test('upgrade() without arguments', async () => {
  expect(await thrown('upgrade', [])).toEqual([invalid('Missing argument')]);
});

test('subscriberCount()', async () => {
  const wrong = invalid('subscriberCount requires a topic name as a string');
  expect(await thrown('subscriberCount', [], [null], [undefined], [''], [5], [{}])).toEqual([
    missing("Not enough arguments to 'subscriberCount'. Expected 1, got 0."),
    ...[wrong, wrong, nothing, nothing, nothing],
  ]);
  expect(await thrown('subscriberCount', [Symbol('x')])).toMatchObject([{ name: 'TypeError' }]);
});

test('fetch() without arguments', async () => {
  await withServer({ fetch }, async (server) => {
    const call = (server as unknown as Untyped)['fetch']!.bind(server);
    expect(await rejectionOf(call() as Promise<unknown>)).toEqual({
      name: 'Error',
      message: 'fetch() expects a string but received no arguments.',
    });
  });
});

test('reload() checks every option, and changes nothing when one is wrong', async () => {
  const other = (): Response => new Response('other');
  const lists: [unknown, Record<string, unknown>][] = [
    [5, invalid('Bun.serve expects an object')],
    [null, invalid('Bun.serve expects an object')],
    [{ fetch: 5 }, invalid('Expected fetch() to be a function')],
    [{ error: 5 }, invalid('Expected error to be a function')],
    [
      { fetch: other, port: -1 },
      { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' },
    ],
    [{ fetch: other, idleTimeout: 1.5 }, invalid('Bun.serve expects idleTimeout to be an integer')],
    [{ fetch: other, hostname: 'a', unix: 'b' }, invalid('Cannot specify both hostname and unix')],
    [{ fetch: other, tls: { key: 'k' } }, { code: 'ERR_INVALID_ARG_VALUE' }],
  ];
  const server = startServer({ fetch });
  const reload = (options: unknown): Server => server.reload(options as never);
  expect(thrownBy(() => (server.reload as () => unknown)())).toEqual(
    missing("Not enough arguments to 'reload'. Expected 1, got 0."),
  );
  for (const [options, error] of lists) {
    expect(thrownBy(() => reload(options))).toMatchObject(error);
    expect(await (await server.fetch('/')).text()).toBe('ok');
  }
  expect(reload(Object.assign(() => 0, { fetch: other, port: 1, hostname: 'x' }))).toBe(server);
  expect(await (await server.fetch('/')).text()).toBe('other');
  await server.stop();
});
