// SPDX-License-Identifier: MIT
//
// What the compiler of routes and a server know of HTML imports: pages, and the routes that come along
// with them. The rest is lib/html's, which is loaded with the first page.

import type { OwnSocket } from '../websocket/own-socket.js';
import type { NativeRoute } from '../native/contract.js';
import type { HTMLBundle } from './html-bundle.js';

export type SiteHandler = (request: Request, server: unknown) => Response | Promise<Response>;

/** A route whose value is an HTML bundle, by its place among the native routes. */
export interface PageRoute {
  bundle: HTMLBundle;
  index: number;
  method: number;
  pattern: string;
}

/** Where a site puts routes of its own. What the application has on the same path stays. */
export interface RouteSink {
  readonly pages: readonly PageRoute[];
  addHandler(pattern: string, handler: SiteHandler): void;
  addNative(route: NativeRoute): void;
  /** Puts a route in the place of a page's. */
  replace(index: number, route: NativeRoute): void;
}

/** The pages of one server. */
export interface HtmlSite {
  page(bundle: HTMLBundle): SiteHandler;
  /** Adds what pages load. A promise: when it is kept there is more to hand over to the addon. */
  extend(sink: RouteSink): Promise<void> | undefined;
  close(): void;
}

/** What a site needs from its server. */
export interface SiteHost {
  /** Names that requests may call the server by, besides localhost and addresses. */
  readonly hostname: string | undefined;
  /** No page of a foreign site can get there. */
  readonly isUnixSocket: boolean;
  readonly development: boolean;
  readonly hmr: boolean;
  readonly console: boolean;
  readonly workspace: boolean;
  /** The client is on this machine. */
  isLocal(request: Request): boolean;
  upgrade(request: Request, socket: OwnSocket, protocol: string): boolean;
}
