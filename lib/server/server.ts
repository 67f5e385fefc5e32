// SPDX-License-Identifier: MIT
//
// The object serve() returns: Bun's `Server` (behaviours 14). It owns the native server's number
// and the handlers; requests are the dispatcher's business.

import { invalidArgument, invalidArgumentValue, missingArguments } from '../errors.js';
import { Request } from '../fetch/request.js';
import { Response } from '../fetch/response.js';
import { htmlPart, tlsPart, websocketPart } from '../late.js';
import { native } from '../native/binding.js';
import { RouteKind } from '../native/contract.js';
import { addressOf, setRequestTimeout } from '../request/bun-request.js';
import type { TlsConnection } from '../request/tls-info.js';
import { handlerBinder } from '../router/bound-handler.js';
import { compileRoutes, type CompiledRoutes } from '../router/compile.js';
import { anyBundles } from '../router/html-bundle.js';
import { noHandlerError } from '../router/messages.js';
import type { HtmlSite, SiteHost } from '../router/site.js';
import type { ErrorHandler, FetchHandler, ServeOptions } from '../types.js';
import type { PubSubStatus } from '../pubsub/types.js';
import type { WebSocketHub } from '../websocket/handlers.js';
import type { WebSocketSettings } from '../websocket/options.js';
import type { ServerWebSocketSendStatus, WebSocketBytes } from '../websocket/types.js';
import { serverClose, serverListen, type ServerMessage } from './channels.js';
import { Dispatcher } from './dispatch.js';
import { checkFree, ServerLink } from './link.js';
import { listenInPlace, type Binding, type SocketAddress } from './listen.js';
import { hasTlsOption } from './tls-names.js';
import { readFunction, readSettings, type ServerSettings } from './options.js';
import type { Place } from '../placement.js';
import type { UpgradeOptions } from './upgrade.js';

interface Handlers {
  fetch: FetchHandler | undefined;
  error: ErrorHandler | undefined;
}

function readHandlers(options: ServeOptions): Handlers {
  const fetch = readFunction<FetchHandler>(options.fetch, 'Expected fetch() to be a function');
  const error = readFunction<ErrorHandler>(options.error, 'Expected error to be a function');
  const bind = handlerBinder();
  return { fetch: fetch && bind(fetch), error: error && bind(error) };
}

/** `routes` wins over its old name `static` as soon as it is present (behaviours 6.22). */
function routesOf(options: ServeOptions): unknown {
  return options.routes === undefined ? options.static : options.routes;
}

/** Whether any route can answer; disabled ones cannot. */
function hasRoutes(compiled: CompiledRoutes): boolean {
  return compiled.native.some((route) => route.kind !== RouteKind.Negative);
}

/** What Bun calls a value that is neither a URL string nor a Request. */
function kindOf(value: unknown): string {
  if (value === null) return 'Null';
  const type = typeof value;
  return type.charAt(0).toUpperCase() + type.slice(1);
}

/** What the timeout wheel takes: 18 hours. */
const MAX_TIMEOUT_SECONDS = 65_535;

const constructing = Symbol('bunserve.constructing');

/** Whether the options say anything about TLS; what they say is for late/tls.js to check. */
function asksForTls(options: ServeOptions): boolean {
  return Boolean((options as { tls?: unknown }).tls) || hasTlsOption(options);
}

/** A running server. Made by `serve()` only. `Data` is the type of `ws.data`. */
export class Server<Data = undefined> {
  readonly #settings: ServerSettings;
  readonly #dispatcher: Dispatcher;
  readonly #native: number;
  readonly #binding: Binding;
  readonly #encrypted: boolean;
  /** For a process that is one of several. */
  readonly #place: Place | undefined;
  #handlers: Handlers;
  #routes: CompiledRoutes;
  /** From the first `websocket` option on. */
  #sockets: WebSocketHub | undefined;
  readonly #link: ServerLink;
  /** The `websocket` option was given: the application may have sockets. */
  #takesSockets = false;
  /** From the first HTML import on. */
  #site: HtmlSite | undefined;
  #url: URL | undefined;
  #referenced = false;
  #listening = true;
  #hasEnded = false;
  #stopped: Promise<void> | undefined;
  #onStopped: (() => void) | undefined;

  /** @internal */
  constructor(guard: typeof constructing, options: ServeOptions) {
    if (guard !== constructing) throw new TypeError('Illegal constructor');
    this.#settings = readSettings(options);
    checkFree(this.#settings.pubsub);
    this.#handlers = readHandlers(options);
    const compiled = this.#compile(routesOf(options));
    if (!this.#handlers.fetch && !hasRoutes(compiled)) throw noHandlerError();
    const tls = asksForTls(options) ? tlsPart().readTls(options) : [];
    this.#encrypted = tls.length > 0;
    this.#dispatcher = new Dispatcher(this, this.#settings.development, () => this.#ended());
    this.#native = native.serverCreate(
      this.#dispatcher.events,
      this.#settings.idleTimeoutSeconds,
      this.#settings.maxRequestBodyBytes,
      this.#settings.maxConnections,
      this.#settings.fileCache,
    );
    this.#dispatcher.server = this.#native;
    try {
      if (this.#encrypted) {
        tlsPart().useTls(this.#native, tls);
        this.#dispatcher.scheme = 'https://';
      }
      const { scheme } = this.#dispatcher;
      [this.#binding, this.#place] = listenInPlace(this.#native, this.#settings, scheme);
      this.#dispatcher.authority = this.#binding.authority;
      this.#link = new ServerLink(this, this.#native, this.#place, this.#settings);
    } catch (error) {
      this.#site?.close();
      native.serverStop(this.#native, true);
      throw error;
    }
    this.#routes = compiled;
    this.#setRoutes(compiled);
    this.#setWebSocket(this.#settings.websocket);
    this.ref();
  }

  /** @internal */
  static start(options: ServeOptions): Server {
    const server = new Server(constructing, options);
    if (serverListen.hasSubscribers) serverListen.publish({ server } satisfies ServerMessage);
    return server;
  }

  #setWebSocket(settings: WebSocketSettings | undefined): void {
    if (settings === undefined) return;
    const isFirst = !this.#takesSockets;
    this.#takesSockets = true;
    this.#hub().configure(settings);
    if (isFirst) this.#link.relay?.watch();
  }

  #hub(): WebSocketHub {
    if (this.#sockets === undefined) {
      this.#sockets = new (websocketPart().WebSocketHub)();
      this.#sockets.server = this.#native;
      this.#sockets.relay = this.#link.relay;
    }
    return this.#sockets;
  }

  #compile(routes: unknown): CompiledRoutes {
    if (this.#site === undefined && anyBundles()) this.#site = htmlPart().siteOf(this.#siteHost());
    return compileRoutes(routes, this.#site);
  }

  #siteHost(): SiteHost {
    const { hostname, unix, development, pages } = this.#settings;
    return {
      ...pages,
      ...{ hostname, isUnixSocket: unix !== undefined },
      // What development shows is never shown where the environment says production.
      development: development && process.env.NODE_ENV !== 'production',
      isLocal: (request) => {
        const address = unix === undefined ? addressOf(request)?.address : '::1';
        return /^(?:::ffff:)?127\.|^::1$/.test(address ?? '');
      },
      upgrade: (request, socket, protocol) => {
        const { readWebSocket, upgrade } = websocketPart();
        const hub = this.#hub();
        if (!this.#takesSockets) hub.configure(readWebSocket({}) as WebSocketSettings);
        const options = { data: socket, headers: { 'sec-websocket-protocol': protocol } };
        return upgrade(hub, request, options, this.#dispatcher.taken);
      },
    };
  }

  #setRoutes(compiled: CompiledRoutes): void {
    this.#routes = compiled;
    this.#dispatcher.setHandlers(compiled.table, this.#handlers.fetch, this.#handlers.error);
    const hasFetch = this.#handlers.fetch !== undefined;
    native.serverSetRoutes(this.#native, compiled.native, hasFetch);
    compiled.deferred?.then(
      () => {
        if (this.#routes === compiled) {
          native.serverSetRoutes(this.#native, compiled.native, hasFetch);
        }
      },
      () => {
        // The Blob cannot be read; the route stays a handler, which reports it per request.
      },
    );
  }

  /**
   * Stops listening at once. Requests under way are answered, idle connections are closed; with
   * `closeActiveConnections` everything is cut now. Resolves when no connection is left.
   */
  stop(closeActiveConnections?: boolean): Promise<void> {
    if (this.#stopped === undefined) {
      // The promise is a promise: the process stays until it is kept, whatever unref() said.
      native.loopRef(true);
      this.#stopped = new Promise((resolve) => {
        this.#onStopped = resolve;
      });
    }
    this.#listening = false;
    native.serverStop(this.#native, Boolean(closeActiveConnections));
    return this.#stopped;
  }

  #ended(): void {
    this.unref();
    this.#site?.close();
    this.#hasEnded = true;
    this.#place?.left();
    // One that could not listen was never there.
    const hasListened = (this.#binding as Binding | undefined) !== undefined;
    if (hasListened && serverClose.hasSubscribers)
      serverClose.publish({ server: this } satisfies ServerMessage);
    const closing = (this.#link as ServerLink | undefined)?.relay?.close();
    if (this.#onStopped === undefined) return;
    const settle = (): void => {
      native.loopRef(false);
      this.#onStopped?.();
    };
    // What was published last should leave before the process does.
    if (closing === undefined) settle();
    else void closing.then(settle);
  }

  /**
   * Replaces handlers and routes for later requests; requests under way keep the old ones. With `tls`
   * it replaces certificates for later connections; those that are open go on. What is not given
   * stays, and nothing changes when something is wrong with the options.
   */
  reload(options: ServeOptions): this {
    if (arguments.length === 0) {
      throw missingArguments("Not enough arguments to 'reload'. Expected 1, got 0.");
    }
    // Checked in full, although only handlers and routes can change.
    const { websocket, pubsub } = readSettings(options);
    if (pubsub !== this.#link.relay?.adapter) checkFree(pubsub);
    const given = readHandlers(options);
    const routes = routesOf(options);
    const compiled = routes === undefined ? this.#routes : this.#compile(routes);
    this.#replaceTls(options);
    this.#handlers = {
      fetch: given.fetch ?? this.#handlers.fetch,
      error: given.error ?? this.#handlers.error,
    };
    this.#setRoutes(compiled);
    this.#link.follow({ pubsub, websocket }, this.#sockets);
    this.#setWebSocket(websocket);
    return this;
  }

  #replaceTls(options: ServeOptions): void {
    const tls = asksForTls(options) ? tlsPart().readTls(options) : [];
    if (tls.length > 0) {
      if (!this.#encrypted) throw invalidArgumentValue('reload() cannot turn TLS on');
      tlsPart().useTls(this.#native, tls);
    } else if (this.#encrypted && options.tls !== undefined) {
      throw invalidArgumentValue('reload() cannot turn TLS off');
    }
  }

  /** Calls the `fetch` handler without the network; routes are not consulted (behaviours 14.7). */
  async fetch(
    request: globalThis.Request | string,
    init?: RequestInit,
  ): Promise<globalThis.Response> {
    if (arguments.length === 0) {
      throw new Error('fetch() expects a string but received no arguments.');
    }
    const handler = this.#handlers.fetch as
      ((this: Server, request: unknown) => unknown) | undefined;
    if (handler === undefined) {
      throw new Error('fetch() requires the server to have a fetch handler');
    }
    if (request === '') throw new Error('fetch() URL must not be a blank string.');
    let target: unknown = request;
    if (typeof request === 'string') {
      target = new Request(new URL(request, this.url).href, init as never);
    } else if (!((request as unknown) instanceof Request)) {
      throw invalidArgument(`fetch() expects a string, but received ${kindOf(request)}`);
    }
    const result = await handler.call(this, target);
    if (result === undefined || result === null) throw new Error('fetch() returned an empty value');
    if (result instanceof Response && result.url === '') {
      Object.defineProperty(result, 'url', { value: (target as Request).url, configurable: true });
    }
    return result as globalThis.Response;
  }

  /** Address of the peer, or null: unix sockets, finished and foreign requests. */
  requestIP(request: globalThis.Request): SocketAddress | null {
    if (arguments.length === 0) throw invalidArgument('Missing Request object');
    if (!(request instanceof Request)) throw invalidArgument('Expected Request object');
    return addressOf(request);
  }

  /** The TLS connection of a request, or null: plain HTTP, finished and foreign requests. */
  tls(request: globalThis.Request): TlsConnection | null {
    if (arguments.length === 0) throw invalidArgument('Missing Request object');
    if (!(request instanceof Request)) throw invalidArgument('Expected Request object');
    return tlsPart().tlsOf(request);
  }

  /**
   * Idle timeout of one request in seconds, until its response has left; 0 disables it. Closes up to
   * a second later, never earlier.
   */
  timeout(request: globalThis.Request, seconds: number): void {
    if (arguments.length < 2) {
      throw missingArguments(
        `Not enough arguments to 'timeout'. Expected 2, got ${arguments.length}.`,
      );
    }
    if (!(request instanceof Request)) throw invalidArgument('timeout() requires a Request object');
    if (typeof seconds !== 'number') throw new Error('timeout() requires a number');
    setRequestTimeout(request, Math.max(0, Math.min(MAX_TIMEOUT_SECONDS, Math.ceil(seconds))));
  }

  /**
   * Makes the connection of a request a WebSocket; `open` of the `websocket` option runs before this
   * returns, and what the handler returns for the request is ignored. Returns false for requests
   * that do not ask for one, and for those that were answered. Bad handshakes are answered 400 or
   * 426, and false is returned.
   */
  upgrade<T = Data>(request: globalThis.Request, options?: UpgradeOptions<T>): boolean {
    if (arguments.length === 0) throw invalidArgument('Missing argument');
    if (this.#sockets === undefined || !this.#takesSockets) {
      throw invalidArgument(
        'To enable websocket support, set the "websocket" object in Bun.serve({})',
      );
    }
    if (!((request as unknown) instanceof Request)) {
      throw invalidArgument('upgrade requires a Request object');
    }
    return websocketPart().upgrade(this.#sockets, request, options, this.#dispatcher.taken);
  }

  /**
   * Sends to all subscribers of a topic, compressed where that was agreed upon, unless `compress` is
   * false. Returns the bytes of the message, -1 when a subscriber is behind, 0 when one is so far
   * behind that it does not get the message, or there is none.
   */
  publish(
    topic: string,
    data: string | WebSocketBytes,
    compress?: boolean,
  ): ServerWebSocketSendStatus {
    if (arguments.length < 2) throw invalidArgument('Missing argument');
    // As in Bun nothing is asked of the topic then.
    if (!this.#takesSockets && this.#link.relay === undefined) return 0;
    const { publish, textOf } = websocketPart();
    if (topic === undefined || topic === null) throw invalidArgument('Expected string');
    const name = textOf(topic);
    if (name === '') throw new Error('publish requires a topic string');
    const by = { server: this.#native, relay: this.#link.relay };
    return publish(by, 0, name, data, compress !== false);
  }

  /** Subscribers of a topic. */
  subscriberCount(topic: string): number {
    if (arguments.length === 0) {
      throw missingArguments("Not enough arguments to 'subscriberCount'. Expected 1, got 0.");
    }
    if (topic === undefined || topic === null) {
      throw invalidArgument('subscriberCount requires a topic name as a string');
    }
    return native.serverSubscribers(this.#native, `${topic}`);
  }

  /** Closes keep-alive connections that wait for a request; returns how many. */
  closeIdleConnections(): number {
    return native.serverCloseIdle(this.#native);
  }

  /** The server keeps the process alive (the default), until it is stopped. */
  ref(): this {
    if (!this.#referenced && !this.#hasEnded) {
      this.#referenced = true;
      native.loopRef(true);
    }
    return this;
  }

  /** Lets the process end although the server listens; requests under way are still answered. */
  unref(): this {
    if (this.#referenced) {
      this.#referenced = false;
      native.loopRef(false);
    }
    return this;
  }

  /** Same as `stop(true)`. */
  [Symbol.dispose](): void {
    void this.stop(true);
  }

  get pendingRequests(): number {
    return native.serverPending(this.#native);
  }

  /** Open WebSockets. */
  get pendingWebSockets(): number {
    return native.serverWebSockets(this.#native);
  }

  /** How the link to other processes is doing; undefined without the `pubsub` option. */
  get pubsub(): PubSubStatus | undefined {
    return this.#link.relay?.status;
  }

  /** Where the server listens; the same object on every read. */
  get url(): URL {
    return (this.#url ??= new URL(this.#binding.url));
  }

  /** Port listened on; undefined for unix sockets, 0 after stop(). */
  get port(): number | undefined {
    return this.#listening || this.#binding.port === undefined ? this.#binding.port : 0;
  }

  get hostname(): string | undefined {
    return this.#binding.hostname;
  }

  get address(): SocketAddress | string {
    return this.#binding.address;
  }

  get protocol(): 'http' | 'https' {
    return this.#encrypted ? 'https' : 'http';
  }

  get development(): boolean {
    return this.#settings.development;
  }

  get id(): string {
    return this.#settings.id;
  }

  get [Symbol.toStringTag](): string {
    return `${this.development ? 'Debug' : ''}${this.#encrypted ? 'HTTPSServer' : 'HTTPServer'}`;
  }
}
