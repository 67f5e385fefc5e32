// SPDX-License-Identifier: MIT
//
// The `routes` object as the user wrote it, into the flat list the addon takes and the handler
// table the dispatcher indexes. Rules and texts: behaviours 6.13-6.17, 6.22-6.23.

import {
  ANY_METHOD,
  METHODS,
  ROUTABLE_METHODS,
  RouteKind,
  type NativeRoute,
} from '../native/contract.js';
import { handlerBinder } from './bound-handler.js';
import { fileRoute } from './file-route.js';
import { isDirectoryRoute, openDirectory } from './directory-route.js';
import { isHtmlBundle, type HTMLBundle } from './html-bundle.js';
import { routesTypeError, routesValueError } from './messages.js';
import { paramsFactory, type ParamsFactory } from './params-shape.js';
import { routeParams } from './pattern.js';
import type { HtmlSite, PageRoute, RouteSink, SiteHandler } from './site.js';
import type { Response } from '../fetch/response.js';
import { isResponse, staticRoute, type StaticPart } from './static-route.js';

export type RouteHandler = (request: unknown, server: unknown) => unknown;

/** One entry of the dispatcher's table. */
export interface RouteEntry {
  handler: RouteHandler;
  /** Makes `req.params`; null for a route without parameters. */
  params: ParamsFactory | null;
  paramCount: number;
}

export interface CompiledRoutes {
  native: NativeRoute[];
  /** Index 0 is left free for the `fetch` fallback. */
  table: (RouteEntry | undefined)[];
  /** Settles when `native` got the static routes whose bytes had to be waited for. */
  deferred: Promise<unknown> | undefined;
}

const METHOD_INDEX = new Map(METHODS.slice(0, ROUTABLE_METHODS).map((name, i) => [name, i]));

class RouteCompiler implements RouteSink {
  readonly pages: PageRoute[] = [];
  readonly native: NativeRoute[] = [];
  readonly table: (RouteEntry | undefined)[] = [undefined];
  deferred: Promise<unknown> | undefined;
  private readonly bind = handlerBinder();

  constructor(private readonly site: HtmlSite | undefined) {}

  add(path: string, value: unknown): void {
    if (path === '' || value === undefined) return;
    const names = this.paramsOf(path, value);
    if (value === false) {
      this.native.push({ kind: RouteKind.Negative, method: ANY_METHOD, pattern: path });
    } else if (
      !this.addValue(path, names, ANY_METHOD, value) &&
      !this.addMethods(path, names, value)
    ) {
      throw routesValueError();
    }
  }

  /** Directory routes have rules of their own, which come before those of patterns. */
  private paramsOf(path: string, value: unknown): string[] {
    return isDirectoryRoute(value) && /^\/[\0-\x7f]*$/.test(path) ? [] : routeParams(path);
  }

  private addValue(path: string, names: string[], method: number, value: unknown): boolean {
    if (typeof value === 'function') {
      const id = this.table.length;
      this.table.push({
        handler: this.bind(value as RouteHandler),
        params: names.length > 0 ? paramsFactory(names) : null,
        paramCount: names.length,
      });
      this.native.push({ kind: RouteKind.Handler, method, pattern: path, id });
      return true;
    }
    const file = fileRoute(value);
    if (file !== undefined) {
      this.native.push({ kind: RouteKind.File, method, pattern: path, ...file });
      return true;
    }
    if (isResponse(value)) {
      const route = staticRoute(value);
      if (route instanceof Promise) this.addDeferred(path, names, method, value, route);
      else this.native.push({ kind: RouteKind.Static, method, pattern: path, ...route });
      return true;
    }
    if (this.site !== undefined && isHtmlBundle(value)) {
      this.addPage(path, names, method, value, this.site);
      return true;
    }
    if (isDirectoryRoute(value)) {
      const directory = openDirectory(path, value);
      this.native.push({ kind: RouteKind.Directory, method, pattern: path, directory });
      return true;
    }
    return false;
  }

  /** A static route whose bytes are not here yet: a handler until they are. */
  private addDeferred(
    path: string,
    names: string[],
    method: number,
    response: Response,
    route: Promise<StaticPart>,
  ): void {
    const index = this.native.length;
    this.addValue(path, names, method, () => response.clone());
    const ready = route.then((part) => {
      this.native[index] = { kind: RouteKind.Static, method, pattern: path, ...part };
    });
    this.deferred = this.deferred === undefined ? ready : Promise.all([this.deferred, ready]);
  }

  private addPage(
    pattern: string,
    names: string[],
    method: number,
    bundle: HTMLBundle,
    site: HtmlSite,
  ): void {
    this.pages.push({ bundle, index: this.native.length, method, pattern });
    this.addValue(pattern, names, method, site.page(bundle));
  }

  /** What the pages load. The application's own routes come first. */
  addSite(): void {
    const filled = this.site?.extend(this);
    if (filled === undefined) return;
    this.deferred =
      this.deferred === undefined ? filled : Promise.allSettled([this.deferred, filled]);
  }

  addHandler(pattern: string, handler: SiteHandler): void {
    if (!this.isTaken(pattern)) this.addValue(pattern, [], ANY_METHOD, handler);
  }

  addNative(route: NativeRoute): void {
    if (!this.isTaken(route.pattern)) this.native.push(route);
  }

  replace(index: number, route: NativeRoute): void {
    this.native[index] = route;
  }

  private isTaken(pattern: string): boolean {
    return this.native.some((route) => route.pattern === pattern);
  }

  private addMethods(path: string, names: string[], value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    let known = false;
    for (const [name, entry] of Object.entries(value)) {
      const method = METHOD_INDEX.get(name);
      if (method === undefined) continue;
      known = true;
      this.addValue(path, names, method, entry);
    }
    return known;
  }
}

/** Throws the TypeErrors of behaviours 6; otherwise nothing was changed anywhere. */
export function compileRoutes(routes: unknown, site?: HtmlSite): CompiledRoutes {
  const compiler = new RouteCompiler(site);
  if (routes !== undefined) {
    if (typeof routes !== 'object' || routes === null) throw routesTypeError();
    for (const [path, value] of Object.entries(routes)) compiler.add(path, value);
  }
  compiler.addSite();
  return compiler;
}
