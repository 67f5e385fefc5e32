// SPDX-License-Identifier: MIT
//
// Public types of the server API.

import type { HeadersInit } from './fetch/headers-init.js';
import type { BunFile } from './file/bun-file.js';
import type { PubSubAdapter } from './pubsub/types.js';
import type { BunRequest } from './request/bun-request.js';
import type { HTMLBundle } from './router/html-bundle.js';
import type { Server } from './server/server.js';
import type { TlsOptions, TlsValue } from './server/tls-types.js';
import type { WebSocketHandler } from './websocket/types.js';

/** What a handler may return. */
export type HandlerResult = Response | Promise<Response>;

/** `fetch` and `error` may also return nothing: the server answers for them. */
type OptionalResult = Response | undefined | void;

/** Parameter names of a route pattern: `"/orgs/:org/repos/:repo"` gives `"org" | "repo"`. */
export type RouteParamNames<Path extends string> = string extends Path
  ? string
  : Path extends `${string}:${infer Name}/${infer Rest}`
    ? Name | RouteParamNames<`/${Rest}`>
    : Path extends `${string}:${infer Name}`
      ? Name
      : never;

/** `req.params` of a route pattern. */
export type RouteParams<Path extends string> = { [Name in RouteParamNames<Path>]: string };

export type RouteFunction<Path extends string, Data = undefined> = (
  this: Server<Data>,
  request: BunRequest<Path>,
  server: Server<Data>,
) => OptionalResult | Promise<OptionalResult>;

export type RoutableMethod =
  'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS' | 'CONNECT' | 'TRACE';

/** Handlers or ready responses per method; a missing method falls through to broader routes. */
export type MethodHandlers<Path extends string, Data = undefined> = {
  [Method in RoutableMethod]?:
    RouteFunction<Path, Data> | Response | BunFile | HTMLBundle | DirectoryRoute;
};

/**
 * Serves the files of a directory, below a path that ends in `/*`. Nothing outside of it is served,
 * whatever links are in it, and no other spelling of a path gets around a more specific route.
 *
 * A path that ends in `/` stands for the `index.html` there; a directory without it is redirected.
 * What is not there is a 404, without `fetch` being asked. Conditional requests and ranges work as
 * RFC 9110 says. Every method is answered; `{ GET: { dir } }` answers GET and HEAD only.
 */
export interface DirectoryRoute {
  /** Opened once; a relative path is taken from the working directory. */
  dir: string;
  /**
   * Keep up to 64 small files open, so that one that is asked for again is not looked up again for a
   * second. A file that is edited, replaced or deleted is noticed at once all the same; a directory
   * that is renamed, or a new compressed file, after that second. Default true.
   */
  statCache?: boolean;
  /**
   * Whether names that start with a dot are served. Default `"deny"`; `/.well-known` is always
   * public.
   */
  dotfiles?: 'deny' | 'allow';
  /**
   * Send `app.js.br`, `.zst` or `.gz` in place of `app.js` to clients that accept it, if it is not
   * older. Default true.
   */
  precompressed?: boolean;
  /** Headers for every response about a file, such as `Cache-Control`. */
  headers?: HeadersInit;
}

/** A route's value. `false`: the path goes to `fetch`, whatever broader routes say. */
export type RouteValue<Path extends string, Data = undefined> =
  | Response
  | BunFile
  | HTMLBundle
  | false
  | RouteFunction<Path, Data>
  | MethodHandlers<Path, Data>
  | DirectoryRoute;

export type Routes<Paths extends string, Data = undefined> = {
  [Path in Paths]: RouteValue<Path, Data>;
};

export type FetchHandler<Data = undefined> = (
  this: Server<Data>,
  request: Request,
  server: Server<Data>,
) => OptionalResult | Promise<OptionalResult>;

/** What `error` gets is an Error as a rule, but whatever was thrown; system errors have the rest. */
export interface ErrorLike extends Error {
  /** As `ENOENT`, `ERR_BODY_ALREADY_USED`. */
  code?: string;
  errno?: number;
  syscall?: string;
}

export type ErrorHandler<Data = undefined> = (
  this: Server<Data>,
  error: ErrorLike,
) => OptionalResult | Promise<OptionalResult>;

/** The `development` option: the flags are for HTML imports. */
export type Development =
  boolean | { hmr?: boolean; console?: boolean; chromeDevToolsAutomaticWorkspaceFolders?: boolean };

/** Options of `serve()`. See the documentation of `Bun.serve`. */
export interface ServeOptions<Paths extends string = string, Data = undefined> {
  /** Default: `--port`, `$BUN_PORT`, `$PORT`, `$NODE_PORT`, else 3000. 0 = random. */
  port?: number | string | null | undefined;
  /** Default: all interfaces, IPv4 and IPv6. */
  hostname?: string | null | undefined;
  /** Path of a unix socket; a leading NUL byte means the abstract namespace (Linux). */
  unix?: string | undefined;
  /**
   * Serves HTTPS. Several objects: certificates by server name; the first one is for all other
   * names, each further one needs a `serverName`.
   */
  tls?: TlsOptions | TlsOptions[] | null | false | undefined;
  /** @deprecated Use `tls.key`. */
  key?: TlsValue | undefined;
  /** @deprecated Use `tls.cert`. */
  cert?: TlsValue | undefined;
  /** Several servers may listen on the port (SO_REUSEPORT). Default false. */
  reusePort?: boolean;
  /** Do not accept IPv4 on an IPv6 address. Default false. */
  ipv6Only?: boolean;
  /**
   * Seconds of silence before a connection is closed, up to a second later; default 10, at most 255,
   * 0 = never. A request body that arrives at less than 1 KiB a second counts as silence.
   */
  idleTimeout?: number;
  /** Bytes; larger request bodies get 413. Default 128 MiB. */
  maxRequestBodySize?: number;
  /**
   * Connections at one time. Above it idle keep-alive connections are closed to make room, or else
   * the new one is. Default: no limit.
   */
  maxConnections?: number | undefined;
  /**
   * Keep files up to 64 KiB that are asked for twice within two seconds in memory, 16 MiB in all.
   * Every request still asks the system whether the file is the same, so that a change counts at once;
   * what does not show in a file's times, such as a write through a mapping, counts within a second.
   * Default true.
   */
  fileCache?: boolean | undefined;
  /** Default: true unless NODE_ENV is `production`. */
  development?: Development;
  /** Name of the server, for hot reloading. */
  id?: string | null | undefined;
  routes?: Routes<Paths, Data> | undefined;
  /** Old name of `routes`; ignored when `routes` is given. */
  static?: Routes<string, Data> | undefined;
  /** Requests that no route matched. */
  fetch?: FetchHandler<Data> | undefined;
  /** What a handler threw; its Response is sent. */
  error?: ErrorHandler<Data> | undefined;
  /** Handlers and options of WebSockets, see `server.upgrade()`. */
  websocket?: WebSocketHandler<Data> | undefined;
  /**
   * Carries what is published to the subscribers in other processes; see `bunserve/pubsub`. What
   * `publish` returns counts the subscribers of this process.
   */
  pubsub?: PubSubAdapter | null | undefined;
}

/** For `export default { ... } satisfies Serve`. */
export type Serve<Paths extends string = string, Data = undefined> = ServeOptions<Paths, Data>;

/** Names of types as @types/bun has them. */
// eslint-disable-next-line @typescript-eslint/no-namespace -- a type and a namespace of one name
export declare namespace Serve {
  type Options<WebSocketData = undefined, Paths extends string = string> = ServeOptions<
    Paths,
    WebSocketData
  >;
  type ExtractRouteParams<Path extends string> = RouteParams<Path>;
  type HTTPMethod = Exclude<RoutableMethod, 'CONNECT' | 'TRACE'>;
  type DirectoryRouteOptions = DirectoryRoute;
  type BaseRouteValue = Response | false | HTMLBundle | BunFile | DirectoryRoute;
  type Routes<WebSocketData, Paths extends string> = {
    [Path in Paths]: RouteValue<Path, WebSocketData>;
  };
  type Development = DevelopmentOption;
}

type DevelopmentOption = Development;
