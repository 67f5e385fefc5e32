// SPDX-License-Identifier: MIT
//
// Who may see a development server: it hands out source code, and a page of a foreign site must not
// get at it, be it through a name that points to this machine (DNS rebinding), be it by a script tag
// or a WebSocket.

import { Response } from '../fetch/response.js';

/** The name in a Host field, without the port; undefined when it is none. */
function nameOf(host: string): string | undefined {
  const [, bracketed, name] =
    /^(?:\[([0-9a-f:.]+)\]|([^:@/\\\s]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (bracketed ?? name)?.toLowerCase();
}

function isAddress(name: string): boolean {
  return process.getBuiltinModule('node:net').isIP(name) !== 0;
}

/** `allowed` as in Vite: names, `.example.com` with everything below, true for all. */
export function isHostAllowed(
  host: string | null,
  hostname: string | undefined,
  allowed: true | readonly string[],
): boolean {
  if (allowed === true) return true;
  const name = host === null ? undefined : nameOf(host);
  if (name === undefined) return false;
  // Nobody can point an address elsewhere, and localhost is not asked of any DNS.
  if (name === 'localhost' || name.endsWith('.localhost') || isAddress(name)) return true;
  if (name === hostname?.toLowerCase()) return true;
  return allowed.some((entry) =>
    entry.startsWith('.') ? name === entry.slice(1) || name.endsWith(entry) : name === entry,
  );
}

/** Whether a WebSocket is opened by a page of this very server. */
export function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get('origin');
  // Programs send none, and browsers always do.
  if (origin === null) return true;
  try {
    return new URL(origin).host === new URL(request.url).host;
  } catch {
    return false;
  }
}

/** A script, style or image that a page of another site embeds: CORS is not asked for these. */
export function isForeignEmbedding(request: Request): boolean {
  return (
    request.headers.get('sec-fetch-site') === 'cross-site' &&
    request.headers.get('sec-fetch-mode') === 'no-cors'
  );
}

export function refusedHost(host: string | null): Response {
  const shown = JSON.stringify(host ?? '');
  return new Response(
    `Blocked request: the development server is not known as ${shown}.\n` +
      'Give that name as `hostname` of serve(), or allow it in vite.config.js: ' +
      `export default { server: { allowedHosts: [${shown}] } }\n`,
    { status: 403, headers: { 'content-type': 'text/plain;charset=utf-8' } },
  );
}

export function refusedEmbedding(): Response {
  return new Response('Blocked request: embedded by another site.\n', {
    status: 403,
    headers: { 'content-type': 'text/plain;charset=utf-8' },
  });
}
