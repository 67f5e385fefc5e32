// SPDX-License-Identifier: MIT
// `bunserve/router` against the table that the native tests read too (test/fixtures), and what only
// the JavaScript side does: values, params objects, paths that are not ASCII.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createRouter, type RouteMethod, type Router } from 'bunserve/router';
import { thrownBy } from '../../helpers/with-server.js';

interface Table {
  cases: {
    name: string;
    routes: { pattern: string; methods?: RouteMethod[]; disabled?: boolean }[];
    requests: {
      method?: string;
      path: string;
      route: number | null;
      params?: Record<string, string>;
    }[];
  }[];
  patterns: { pattern: string; error?: string; params?: string[] }[];
  decode: { raw: string; value: string }[];
}

// Jest's working directory is the root of the checkout, for native tests and for these.
const table = JSON.parse(
  readFileSync(path.resolve('test/fixtures/router-cases.json'), 'utf8'),
) as Table;

function withRoutes(...patterns: string[]): Router<string> {
  const router = createRouter<string>();
  for (const pattern of patterns) router.add('*', pattern, pattern);
  return router;
}

/** A match with its params as a plain object, which is what Jest compares by value. */
function lookUp<T>(router: Router<T>, method: string, target: string): unknown {
  const found = router.match(method, target);
  return found === null ? null : { value: found.value, params: { ...found.params } };
}

// A disabled route is the server's business; this API has no word for it.
const routable = table.cases.filter(({ routes }) => !routes.some(({ disabled }) => disabled));

describe('the shared table', () => {
  test.each(routable.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    const router = createRouter<number>();
    entry.routes.forEach(({ pattern, methods }, index) => {
      for (const method of methods ?? ['*' as const]) router.add(method, pattern, index);
    });
    const answers = entry.requests.map(({ method = 'GET', path: target }) => {
      const found = router.match(method, target);
      const params = found === null ? {} : { ...found.params };
      return { method, path: target, route: found === null ? null : found.value, params };
    });
    expect(answers).toEqual(
      entry.requests.map(({ method = 'GET', path: target, route, params = {} }) => ({
        method,
        path: target,
        route,
        params,
      })),
    );
  });

  const ascii = table.decode.filter(({ raw }) => raw !== '' && /^[\x20-\x7e]*$/.test(raw));

  test.each(ascii.map(({ raw, value }) => [raw, value]))('decodes %j', (raw, value) => {
    expect(withRoutes('/:x').match('GET', `/${raw}`)?.params.x).toBe(value);
  });
});

describe('patterns', () => {
  const ISSUE = '\n\nIf you run into this, please file an issue and we will add support for it.';

  function refusal(pattern: string, error: string): Record<string, unknown> {
    const quoted = JSON.stringify(pattern);
    const typeError = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
    switch (error) {
      case 'NotAbsolute':
        return { ...typeError, message: `Invalid route ${quoted}. Path must start with '/'` };
      case 'NonAscii':
        return {
          ...typeError,
          message: `Invalid route ${quoted}. Please encode all non-ASCII characters in the path.`,
        };
      case 'NumericParam':
        return {
          name: 'TODOError',
          message: `Route parameter names cannot start with a number.${ISSUE}`,
        };
      case 'TooLong':
        return {
          ...typeError,
          message: `Invalid route ${quoted}. A path may have 256 segments; use a wildcard ('/*') for longer ones.`,
        };
      default:
        return {
          name: 'TODOError',
          message: `Support for duplicate route parameter names is not yet implemented.${ISSUE}`,
        };
    }
  }

  test.each(table.patterns.map((entry) => [entry.pattern, entry] as const))(
    '%j',
    (pattern, entry) => {
      const thrown = thrownBy(() => withRoutes(pattern));
      if (entry.error === undefined) expect(thrown.name).toBe('nothing thrown');
      else expect(thrown).toMatchObject(refusal(pattern, entry.error));
    },
  );

  test('a refused pattern leaves the router as it was', () => {
    const router = withRoutes('/a/:x');
    thrownBy(() => router.add('*', '/:x/:x', 'never'));
    router.add('*', '/b', 'b');
    expect(router.match('GET', '/a/1')?.value).toBe('/a/:x');
    expect(router.match('GET', '/b')?.value).toBe('b');
  });

  test.each(['get', 'PURGE', '', 'ANY'])('a route cannot be added for the method %j', (method) => {
    const router = createRouter<string>();
    expect(thrownBy(() => router.add(method as RouteMethod, '/', ''))).toMatchObject({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      message: expect.stringContaining(`Invalid method "${method}"`) as unknown,
    });
  });
});

describe('matching', () => {
  test('any value can be routed to', () => {
    const router = createRouter<unknown>();
    const values = [() => 'x', null, undefined, 0, { a: 1 }];
    values.forEach((value, index) => router.add('GET', `/v${index}`, value));
    values.forEach((value, index) => {
      expect(lookUp(router, 'GET', `/v${index}`)).toEqual({ value, params: {} });
    });
  });

  test('routes can be added after a match', () => {
    const router = withRoutes('/a');
    expect(router.match('GET', '/b')).toBeNull();
    router.add('*', '/b', 'b');
    expect(router.match('GET', '/b')?.value).toBe('b');
    router.add('*', '/a', 'again');
    expect(router.match('GET', '/a')?.value).toBe('again');
  });

  test('routers do not disturb one another', () => {
    const one = withRoutes('/:a/:b');
    const two = withRoutes('/x/:c');
    const first = one.match('GET', '/x/1');
    const second = two.match('GET', '/x/2');
    expect(first).toMatchObject({ value: '/:a/:b', params: { a: 'x', b: '1' } });
    expect(second).toMatchObject({ value: '/x/:c', params: { c: '2' } });
  });

  test('paths that are not ASCII are read as UTF-8', () => {
    const router = withRoutes('/:a/:b', '/files/*', '/:a');
    const found = router.match('GET', '/caf\u00e9%20\u00e9/\u4f60\u{1f600}%2F');
    expect({ ...found?.params }).toEqual({ a: 'caf\u00e9 \u00e9', b: '\u4f60\u{1f600}/' });
    expect(lookUp(router, 'GET', '/files/\u00e9')).toEqual({ value: '/files/*', params: {} });
    expect(router.match('GET', '/\ud800')?.params.a).toBe('\ufffd');
    expect(router.match('GET', '/\u0100/b/c')).toBeNull();
  });

  test('paths of every length around the native buffer', () => {
    const router = withRoutes('/:x');
    for (const length of [0, 1, 7, 8, 1021, 1022, 1023, 1024, 1025, 5000]) {
      const value = 'v'.repeat(length);
      expect(router.match('GET', `/${value}`)?.params.x).toBe(length === 0 ? undefined : value);
    }
  });

  test('as many parameters as a path may have segments', () => {
    const names = Array.from({ length: 256 }, (_, i) => `p${i}`);
    const router = withRoutes(names.map((name) => `/:${name}`).join(''));
    const found = router.match('GET', names.map((_, i) => `/v%2${i % 10}${i}`).join(''));
    expect(Object.keys(found?.params ?? {})).toEqual(names);
    expect(found?.params.p255).toBe(decodeURIComponent('v%25255'));
  });

  test('targets that are no path are left to the wildcard for everything', () => {
    expect(withRoutes('/*').match('OPTIONS', '*')?.value).toBe('/*');
    expect(withRoutes('/:x').match('OPTIONS', '*')).toBeNull();
    expect(withRoutes('/*').match('GET', '')?.value).toBe('/*');
  });

  test('ten thousand routes', () => {
    const router = createRouter<number>();
    for (let i = 0; i < 10_000; i++) router.add('GET', `/r${i}/:id/x`, i);
    for (let i = 0; i < 10_000; i += 97) {
      expect(lookUp(router, 'GET', `/r${i}/a%20b/x`)).toEqual({ value: i, params: { id: 'a b' } });
    }
    expect(router.match('GET', '/r10000/1/x')).toBeNull();
  });
});

test('dump() draws the tree, the order and the shapes', () => {
  const router = createRouter<string>();
  router.add('GET', '/users/:id', 'user');
  router.add('POST', '/users/:name', 'rename');
  router.add('*', '/users/*', 'rest');
  expect(router.dump().split('Rules\n')[0]).toBe(
    [
      'Tree',
      '  /',
      '  `-- /users  [literal]',
      '      |   order: :, then *',
      '      |-- :  [param]  GET -> 0 (id) shape 1, HEAD as GET, POST -> 1 (name) shape 2',
      '      `-- *  [wildcard]  any -> 2',
      'Shapes',
      '  0 ()',
      '  1 (id)',
      '  2 (name)',
      '',
    ].join('\n'),
  );
});
