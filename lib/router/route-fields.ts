// SPDX-License-Identifier: MIT
//
// The field lines of a Response that is, or holds, the value of a route.

import { responseBlock, TypeLine } from '../fetch/internal.js';
import type { Response } from '../fetch/response.js';

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':'));
}

/** As Bun has the lines of routes: sorted by their names as written, cookies last. */
export function routeFields(response: Response): string {
  const lines = responseBlock(response, TypeLine.Canonical).split('\r\n').slice(0, -1);
  const cookies = lines.filter((line) => nameOf(line) === 'set-cookie');
  const others = lines.filter((line) => nameOf(line) !== 'set-cookie');
  others.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return [...others, ...cookies, ''].join('\r\n');
}
