// SPDX-License-Identifier: MIT
// What serve() accepts and refuses, option by option. Names, codes and texts are Bun 1.4.5's.
import { serve, type ServeOptions } from 'bunserve';
import { thrownBy, withServer } from '../../helpers/with-server.js';

const base = { port: 0, hostname: '127.0.0.1', development: false };
const fetch = (): Response => new Response('ok');

/** What serve() throws for these options; a server that does start is stopped. */
function refusal(options: unknown): Record<string, unknown> {
  return thrownBy(() => void serve(options as ServeOptions).stop(true));
}

function invalid(message: string): Record<string, unknown> {
  return { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', message };
}

function startsWith(name: string, text: string): Record<string, unknown> {
  return { ...invalid(''), name, message: expect.stringMatching(`^${text}`) as unknown };
}

test('a function may carry options', async () => {
  await withServer(Object.assign(() => 0, { ...base, fetch }) as never, async (server) => {
    expect(server.port).toBeGreaterThan(0);
  });
});

const accepted = { name: 'nothing thrown' };

test.each([undefined, null, 5, 'text', true])('options must be an object: %p', (options) => {
  expect(refusal(options)).toEqual(invalid('Bun.serve expects an object'));
});

describe('handlers', () => {
  test.each([5, 'x', true, {}])('fetch: %p', (value) => {
    const refused = invalid('Expected fetch() to be a function');
    expect(refusal({ ...base, fetch: value })).toEqual(refused);
  });

  test.each([5, 'x', true, {}])('error: %p', (value) => {
    const refused = invalid('Expected error to be a function');
    expect(refusal({ ...base, fetch, error: value })).toEqual(refused);
  });

  test.each([null, undefined])('%p means absent', (value) => {
    expect(refusal({ ...base, fetch, error: value })).toEqual(accepted);
    expect(refusal({ ...base, fetch: value, routes: { '/': fetch } })).toEqual(accepted);
  });

  test.each([
    {},
    { fetch: null },
    { routes: {} },
    { routes: undefined },
    { routes: { '/': false } },
    { routes: { '/': undefined } },
    { routes: { '/': { GET: 'text' } } },
  ])('something must be able to answer: %p', (options) => {
    const refused = startsWith('TypeError', 'Bun\\.serve\\(\\) needs either:\n\n {2}- A routes');
    expect(refusal({ ...base, ...options })).toEqual(refused);
  });
});

describe('port', () => {
  const range = 'The value of "options.port" is out of range. It must be';
  test.each([
    [-1, '>= 0 and <= 65535. Received -1'],
    [65536, '>= 0 and <= 65535. Received 65536'],
    ['-1', '>= 0 and <= 65535. Received -1'],
    ['65536', '>= 0 and <= 65535. Received 65536'],
    [Number.NaN, 'an integer. Received NaN'],
    [1.5, 'an integer. Received 1.5'],
    ['abc', 'an integer. Received NaN'],
    [{}, 'an integer. Received NaN'],
    [Infinity, 'an integer. Received Infinity'],
  ])('refused: %p', (port, text) => {
    const refused = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE', message: `${range} ${text}` };
    expect(refusal({ ...base, fetch, port })).toEqual(refused);
  });

  test.each([10n, Symbol('port')])('no conversion to a number: %p', (port) => {
    expect(refusal({ ...base, fetch, port })).toMatchObject({ name: 'TypeError' });
  });

  test.each([0, '0', ' 0 '])('%p is a free port', async (port) => {
    await withServer({ ...base, fetch, port }, async (server) => {
      expect(server.port).toBeGreaterThan(0);
    });
  });
});

describe('idleTimeout', () => {
  test.each([1.5, '10', true, Number.NaN, Infinity])('not an integer: %p', (idleTimeout) => {
    const refused = invalid('Bun.serve expects idleTimeout to be an integer');
    expect(refusal({ ...base, fetch, idleTimeout })).toEqual(refused);
  });

  test('above 255', () => {
    const refused = invalid('Bun.serve expects idleTimeout to be 255 or less');
    expect(refusal({ ...base, fetch, idleTimeout: 256 })).toEqual(refused);
  });

  test.each([0, -1, 255, null, undefined])('accepted: %p', (idleTimeout) => {
    expect(refusal({ ...base, fetch, idleTimeout })).toEqual(accepted);
  });
});

test.each([0, -1, 'x', Number.NaN, null, Infinity, 1.5])(
  'maxRequestBodySize never throws: %p',
  (maxRequestBodySize) => {
    expect(refusal({ ...base, fetch, maxRequestBodySize })).toEqual(accepted);
  },
);

describe('names of addresses', () => {
  test.each(['hostname', 'unix'])('a symbol is no %s', (option) => {
    const refused = invalid(`The "${option}" property must be of type string. Received a symbol`);
    expect(refusal({ port: 0, fetch, [option]: Symbol('name') })).toEqual(refused);
  });

  test.each([false, null, undefined, ''])('%p is no address', async (value) => {
    await withServer({ fetch, port: 0, hostname: value, unix: value } as never, async (server) => {
      expect(server.hostname).toBe('localhost');
    });
  });

  test('not both', () => {
    const refused = invalid('Cannot specify both hostname and unix');
    expect(refusal({ fetch, unix: '/nowhere/x.sock', hostname: 'localhost' })).toEqual(refused);
  });

  test('the port is checked even when a unix socket makes it useless', () => {
    const refused = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
    expect(refusal({ fetch, unix: '/nowhere/x.sock', port: -1 })).toMatchObject(refused);
  });
});

describe('development', () => {
  const flags = ['hmr', 'console', 'chromeDevToolsAutomaticWorkspaceFolders'];
  test.each(flags)('%s must be a boolean', (flag) => {
    for (const [value, type] of [
      [5, 'number'],
      [null, 'object'],
      ['x', 'string'],
    ]) {
      const refused = invalid(`The "${flag}" property must be of type boolean, got ${type}`);
      expect(refusal({ ...base, fetch, development: { [flag]: value } })).toEqual(refused);
    }
    for (const value of [true, false, undefined]) {
      expect(refusal({ ...base, fetch, development: { [flag]: value } })).toEqual(accepted);
    }
  });
});

describe('maxConnections', () => {
  const range = 'The value of "options.maxConnections" is out of range. It must be';
  test.each([
    [0, '>= 1 and <= 4194303. Received 0'],
    [-1, '>= 1 and <= 4194303. Received -1'],
    [4194304, '>= 1 and <= 4194303. Received 4194304'],
    [1.5, 'an integer. Received 1.5'],
    [Number.NaN, 'an integer. Received NaN'],
  ])('refused: %p', (maxConnections, text) => {
    const refused = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE', message: `${range} ${text}` };
    expect(refusal({ ...base, fetch, maxConnections })).toEqual(refused);
  });

  test.each(['5', true, {}])('not a number: %p', (maxConnections) => {
    const type = typeof maxConnections;
    const text = `The "options.maxConnections" property must be of type number, got ${type}`;
    expect(refusal({ ...base, fetch, maxConnections })).toEqual(invalid(text));
  });

  test.each([1, 4194303, null, undefined])('accepted: %p', (maxConnections) => {
    expect(refusal({ ...base, fetch, maxConnections })).toEqual(accepted);
  });
});

describe('fileCache', () => {
  test.each(['no', 1, {}])('not a boolean: %p', (fileCache) => {
    const text = `The "fileCache" property must be of type boolean, got ${typeof fileCache}`;
    expect(refusal({ ...base, fetch, fileCache })).toEqual(invalid(text));
  });

  test.each([true, false, null, undefined])('accepted: %p', (fileCache) => {
    expect(refusal({ ...base, fetch, fileCache })).toEqual(accepted);
  });
});

test('an id must be convertible to a string', () => {
  expect(refusal({ ...base, fetch, id: Symbol('id') })).toMatchObject({ name: 'TypeError' });
});

test('unknown options are ignored', () => {
  expect(refusal({ ...base, fetch, compression: true, inspector: true, bogus: 1 })).toEqual(
    accepted,
  );
});

test('a refused serve() leaves nothing behind that keeps the process or the port', async () => {
  await withServer({ ...base, fetch }, async ({ port }) => {
    for (let i = 0; i < 20; i++) expect(refusal({ ...base, fetch, port }).code).toBe('EADDRINUSE');
  });
});
