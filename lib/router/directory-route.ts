// SPDX-License-Identifier: MIT
//
// A route value `{ dir: "./public" }`: its rules, with Bun's errors (behaviours 8.20), and the open
// directory the addon serves it from.

import { errnoNames, invalidArgument, systemError } from '../errors.js';
import { headerBlock } from '../fetch/internal.js';
import { Headers } from '../fetch/headers.js';
import { mediaTypeTable } from '../file/mime.js';
import { native } from '../native/binding.js';
import {
  METHODS,
  ROUTABLE_METHODS,
  type NativeDirectory,
  type NativeMediaTypes,
} from '../native/contract.js';
import type { DirectoryRoute } from '../types.js';
import { routeParams } from './pattern.js';

type Unchecked = { [Name in keyof DirectoryRoute]: unknown };

const ENOENT = 2;

/** What the server says of a file itself. */
const OWN_HEADERS = [
  ...['accept-ranges', 'connection', 'content-encoding', 'content-length', 'content-range'],
  ...['content-type', 'date', 'etag', 'last-modified', 'location', 'transfer-encoding'],
];

let types: NativeMediaTypes | undefined;

export function isDirectoryRoute(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || !('dir' in value)) return false;
  return value.dir !== undefined && value.dir !== null;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function propertyError(name: string, expected: string, value: unknown): Error {
  return invalidArgument(
    `The "${name}" property must be of type ${expected}, got ${kindOf(value)}`,
  );
}

function readPath(value: unknown): string {
  if (typeof value !== 'string' && !(value instanceof String)) {
    throw propertyError('dir', 'string', value);
  }
  return String(value);
}

function checkPattern(pattern: string): void {
  if (!pattern.endsWith('/*')) {
    throw invalidArgument('To mount a directory, make sure the path ends in `/*`');
  }
  if (pattern.includes(':')) {
    throw invalidArgument(
      'Directory routes do not support :parameters; use a fixed prefix ending in `/*`',
    );
  }
  if (pattern.includes('//')) {
    throw invalidArgument('Directory route paths cannot contain empty segments');
  }
  routeParams(pattern);
}

function refuseMethods(value: object): void {
  const method = METHODS.slice(0, ROUTABLE_METHODS).find((name) => name in value);
  if (method !== undefined) {
    throw invalidArgument(
      `A route has "dir" or methods, not both. For ${method} only: { ${method}: { dir: ... } }`,
    );
  }
}

function readDotfiles(value: unknown): boolean {
  if (value === undefined || value === 'deny') return false;
  if (value === 'allow') return true;
  throw invalidArgument('The "dotfiles" property must be "deny" or "allow"');
}

function readBoolean(name: string, value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (typeof value !== 'boolean') throw propertyError(name, 'boolean', value);
  return value;
}

function readFields(value: unknown): string {
  if (value === undefined) return '';
  const headers = new Headers(value as Record<string, string>);
  const own = OWN_HEADERS.find((name) => headers.has(name));
  if (own !== undefined) {
    throw invalidArgument(
      `The "headers" of a directory route cannot have "${own}": it depends on the file`,
    );
  }
  return headerBlock(headers);
}

function openError(path: string, errno: number): Error {
  const [code, reason] = errnoNames(errno);
  const where = path === '' ? '' : ` '${path}'`;
  const message = `${code}: ${reason}, open${where}`;
  return systemError(message, code, -errno, 'open', path === '' ? {} : { path });
}

/**
 * Opens the directory, so that the route serves this one whatever becomes of its name.
 *
 * @throws TypeError for a route or an option that cannot be, or the error of open(2).
 */
export function openDirectory(pattern: string, value: object): NativeDirectory {
  const route = value as Unchecked;
  const path = readPath(route.dir);
  refuseMethods(value);
  checkPattern(pattern);
  const rules = {
    prefix: pattern.slice(0, -1),
    fields: readFields(route.headers),
    dotfiles: readDotfiles(route.dotfiles),
    precompressed: readBoolean('precompressed', route.precompressed, true),
    // As in Bun, which takes any value.
    keepOpen: route.statCache === undefined || Boolean(route.statCache),
  };
  types ??= native.mediaTypes(mediaTypeTable());
  const opened = path.includes('\0') ? ENOENT : native.directoryOpen(path, types, rules);
  if (typeof opened === 'number') throw openError(path, opened);
  return opened;
}
