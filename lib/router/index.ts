// SPDX-License-Identifier: MIT
//
// `bunserve/router`: the server's router on its own, for programs that want Bun's routing without a
// server and for studying it. The matching is native (deps/uWebSockets/src/router); this file keeps
// the values and makes the params objects.

import { invalidArgument } from '../errors.js';
import { ANY_METHOD, METHODS, ROUTABLE_METHODS } from '../native/contract.js';
import { NO_MATCH, routerCreate, SLOT_COUNT, type NativeRouter } from './native-router.js';
import { noParams, paramsFactory, type ParamsFactory } from './params-shape.js';
import { routeParams } from './pattern.js';

/** Methods that a route can be added for; `*` answers every method, also ones not listed here. */
export type RouteMethod =
  '*' | 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS' | 'CONNECT' | 'TRACE';

export interface RouterMatch<T> {
  value: T;
  /** Percent-decoded, without a prototype's properties. Frozen if the route has no parameters. */
  params: Readonly<Record<string, string>>;
}

export interface Router<T> {
  /**
   * Adds a route. `:name` takes a segment that is not empty, a `*` at the end takes what is left. A
   * later route of the same shape and method replaces an earlier one.
   * @throws TypeError or `TODOError`, with Bun's text, when the pattern is not one.
   */
  add(method: RouteMethod, pattern: string, value: T): void;
  /**
   * The most specific route: per segment equal text, then a parameter, then a wildcard. A route that
   * lacks the method is passed over; HEAD is also answered by GET. `path` is matched as it is:
   * raw, case-sensitive, without a query.
   */
  match(method: string, path: string): RouterMatch<T> | null;
  /** A drawing of the tree, the param shapes and the precedence. Routes are numbered as added. */
  dump(): string;
}

interface RouteEntry<T> {
  value: T;
  count: number;
  make: ParamsFactory;
}

const METHOD_INDEX = new Map(METHODS.slice(0, ROUTABLE_METHODS).map((name, i) => [name, i]));

/** Any index that is not a listed method's: such requests match routes for any method only. */
const UNLISTED = ROUTABLE_METHODS;

/** Where the native side leaves offsets: one match at a time, all of them read before the next. */
const slots = new Int32Array(SLOT_COUNT);

class NativeBackedRouter<T> implements Router<T> {
  readonly #native: NativeRouter = routerCreate(slots);
  readonly #routes: RouteEntry<T>[] = [];

  add(method: RouteMethod, pattern: string, value: T): void {
    const index = method === '*' ? ANY_METHOD : METHOD_INDEX.get(method);
    if (index === undefined) {
      throw invalidArgument(
        `Invalid method ${JSON.stringify(method)}. Use '*' or one of ` +
          [...METHOD_INDEX.keys()].join(', '),
      );
    }
    const names = routeParams(pattern);
    this.#native.add(index, pattern, this.#routes.length);
    this.#routes.push({ value, count: names.length, make: paramsFactory(names) });
  }

  match(method: string, path: string): RouterMatch<T> | null {
    const index = method === 'GET' ? 0 : (METHOD_INDEX.get(method) ?? UNLISTED);
    const number = this.#native.match(index, path);
    if (number < 0) return number === NO_MATCH ? null : this.#matchText(index, path);
    const route = this.#routes[number] as RouteEntry<T>;
    return { value: route.value, params: this.#params(route, path) };
  }

  dump(): string {
    return this.#native.dump();
  }

  #params(route: RouteEntry<T>, path: string): Record<string, string> {
    let params: object;
    // Spelled out as far as routes usually go: spreading an array costs more than the match.
    switch (route.count) {
      case 0:
        params = noParams;
        break;
      case 1:
        params = route.make(this.#param(path, 0));
        break;
      case 2:
        params = route.make(this.#param(path, 0), this.#param(path, 1));
        break;
      case 3:
        params = route.make(this.#param(path, 0), this.#param(path, 1), this.#param(path, 2));
        break;
      default: {
        const values: string[] = [];
        for (let i = 0; i < route.count; i++) values.push(this.#param(path, i));
        params = route.make(...values);
      }
    }
    return params as Record<string, string>;
  }

  #param(path: string, index: number): string {
    const start = slots[2 * index] as number;
    const end = slots[2 * index + 1] as number;
    return end >= 0 ? path.slice(start, end) : this.#native.decode(path.slice(start, ~end));
  }

  /** Paths that are not ASCII: rare, so the native side makes the strings. */
  #matchText(index: number, path: string): RouterMatch<T> | null {
    const found = this.#native.matchText(index, path);
    if (found === null) return null;
    const [number, ...values] = found;
    const route = this.#routes[number] as RouteEntry<T>;
    const params = values.length === 0 ? noParams : route.make(...values);
    return { value: route.value, params: params as Record<string, string> };
  }
}

/** An empty router. */
export function createRouter<T>(): Router<T> {
  return new NativeBackedRouter<T>();
}
