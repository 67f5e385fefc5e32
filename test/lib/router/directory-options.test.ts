// SPDX-License-Identifier: MIT
// What a route value `{ dir }` may be, and the errors of those that may not.
import { tmpdir } from 'node:os';
import { Response, serve, type ServeOptions } from 'bunserve';
import { withFolder } from '../../helpers/folder.js';
import { thrownBy } from '../../helpers/with-server.js';

function refusal(value: unknown, pattern = '/s/*'): Record<string, unknown> {
  const routes = { [pattern]: value };
  const options = { port: 0, hostname: '127.0.0.1', development: false, routes };
  return thrownBy(() => void serve(options as ServeOptions).stop(true));
}

const dir = tmpdir();
const accepted = { name: 'nothing thrown' };
const invalid = (message: string): Record<string, unknown> => ({
  name: 'TypeError',
  code: 'ERR_INVALID_ARG_TYPE',
  message,
});

test('the pattern is a fixed prefix that ends in /*', () => {
  const mount = invalid('To mount a directory, make sure the path ends in `/*`');
  for (const pattern of ['/', '/s', '/s/', '/s*', '/s/*/x', '/s/*x']) {
    expect(refusal({ dir }, pattern)).toEqual(mount);
  }
  expect(refusal({ dir }, '/:id/*')).toEqual(
    invalid('Directory routes do not support :parameters; use a fixed prefix ending in `/*`'),
  );
  expect(refusal({ dir }, '/s//*')).toEqual(
    invalid('Directory route paths cannot contain empty segments'),
  );
  expect(refusal({ dir }, `${'/s'.repeat(300)}/*`).message).toMatch(/may have 256 segments/);
  expect(refusal({ dir }, '/*')).toEqual(accepted);
});

test.each([
  ['a number', 5, 'The "dir" property must be of type string, got number'],
  ['a list', [], 'The "dir" property must be of type string, got array'],
  ['a URL', new URL('file:///tmp'), 'The "dir" property must be of type string, got object'],
])('dir: %s', (_, value, message) => {
  expect(refusal({ dir: value })).toEqual(invalid(message));
  expect(refusal({ GET: { dir: value } })).toEqual(invalid(message));
});

test('a directory that cannot be opened gives the error of the system, before anything listens', () => {
  expect(refusal({ dir: '/nowhere' })).toEqual({
    name: 'Error',
    code: 'ENOENT',
    errno: -2,
    syscall: 'open',
    message: "ENOENT: no such file or directory, open '/nowhere'",
  });
  expect(refusal({ dir: process.execPath }).code).toBe('ENOTDIR');
  expect(refusal({ dir: `${dir}\0/x` }).code).toBe('ENOENT');
});

test('dotfiles', () => {
  for (const dotfiles of ['deny', 'allow', undefined]) {
    expect(refusal({ dir, dotfiles })).toEqual(accepted);
  }
  for (const dotfiles of ['ignore', true, false, null, '']) {
    expect(refusal({ dir, dotfiles })).toEqual(
      invalid('The "dotfiles" property must be "deny" or "allow"'),
    );
  }
});

test('precompressed', () => {
  for (const precompressed of [true, false, undefined]) {
    expect(refusal({ dir, precompressed })).toEqual(accepted);
  }
  expect(refusal({ dir, precompressed: 'br' })).toEqual(
    invalid('The "precompressed" property must be of type boolean, got string'),
  );
});

test('statCache takes anything, as in Bun', () => {
  for (const statCache of [true, false, 0, 'x', null, undefined]) {
    expect(refusal({ dir, statCache })).toEqual(accepted);
  }
});

test('headers are checked, and cannot be those that depend on the file', () => {
  expect(refusal({ dir, headers: { 'Cache-Control': 'max-age=60' } })).toEqual(accepted);
  expect(refusal({ dir, headers: [['X-A', '1']] })).toEqual(accepted);
  expect(refusal({ dir, headers: { 'X-A': 'a\r\nb' } }).name).toBe('TypeError');
  expect(refusal({ dir, headers: 5 }).name).toBe('TypeError');
  for (const name of ['ETag', 'content-type', 'Content-Length', 'Content-Encoding', 'Date']) {
    expect(refusal({ dir, headers: { [name]: 'x' } })).toEqual(
      invalid(
        `The "headers" of a directory route cannot have "${name.toLowerCase()}": ` +
          'it depends on the file',
      ),
    );
  }
});

test('a route has dir or methods, not both', () => {
  const GET = (): Response => new Response('x');
  expect(refusal({ dir, GET })).toEqual(
    invalid('A route has "dir" or methods, not both. For GET only: { GET: { dir: ... } }'),
  );
  expect(refusal({ dir: undefined, GET })).toEqual(accepted);
  expect(refusal({ GET: { dir } })).toEqual(accepted);
});

test('a directory is enough of a server: fetch is not needed', async () => {
  await withFolder({ 'a.txt': 'a' }, async (folder) => {
    const server = serve({ port: 0, hostname: '127.0.0.1', routes: { '/*': { dir: folder } } });
    try {
      const response = await fetch(`${server.url.href}a.txt`);
      expect(await response.text()).toBe('a');
    } finally {
      await server.stop(true);
    }
  });
});
