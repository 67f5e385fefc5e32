// SPDX-License-Identifier: MIT
//
// Parts of the library that many servers never use. Each is a file of its own in dist/, loaded with
// the first use: what a starting server has to compile is most of its own time (5 ms of a start, 3 %
// of that for every 4 KB).

import type * as CookiesPart from './late/cookies.js';
import type * as FilesPart from './late/files.js';
import type * as HtmlPart from './late/html.js';
import type * as TlsPart from './late/tls.js';
import type * as WebSocketPart from './late/websocket.js';

let load: ((path: string) => unknown) | undefined;

/** Node takes ES modules in require() since 20.19; ours have no top-level await. */
function part(name: string): unknown {
  load ??= process.getBuiltinModule('node:module').createRequire(import.meta.url);
  return load(`./late/${name}.js`);
}

let cookies: typeof CookiesPart | undefined;
let files: typeof FilesPart | undefined;
let html: typeof HtmlPart | undefined;
let tls: typeof TlsPart | undefined;
let websocket: typeof WebSocketPart | undefined;

/** Cookie and CookieMap. */
export function cookiesPart(): typeof CookiesPart {
  return (cookies ??= part('cookies') as typeof CookiesPart);
}

/** Reading and writing files from JavaScript. Sending them does not need it. */
export function filesPart(): typeof FilesPart {
  return (files ??= part('files') as typeof FilesPart);
}

/** Pages: HTML imports, once there is one. */
export function htmlPart(): typeof HtmlPart {
  return (html ??= part('html') as typeof HtmlPart);
}

/** The `tls` option, and what is told of an encrypted connection. */
export function tlsPart(): typeof TlsPart {
  return (tls ??= part('tls') as typeof TlsPart);
}

/** The `websocket` option and what it brings. */
export function websocketPart(): typeof WebSocketPart {
  return (websocket ??= part('websocket') as typeof WebSocketPart);
}
