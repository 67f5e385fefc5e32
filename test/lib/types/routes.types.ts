// SPDX-License-Identifier: MIT
// Checked by the compiler, not run: what TypeScript knows of routes, handlers and servers. A line
// after @ts-expect-error must be refused, every other must pass; `npm run build:test` is the judge.
import {
  type DirectoryRoute,
  Cookie,
  CookieMap,
  fetch,
  type BodyInit,
  type BunRequest,
  type CookieInit,
  type CookieJson,
  type CookieSameSite,
  type CookieStoreDeleteOptions,
  type Development,
  type DirectSource,
  type ErrorHandler,
  type ErrorLike,
  type FetchHandler,
  type HeadersInit,
  type RequestEndMessage,
  type RequestErrorMessage,
  type RequestInit,
  type ResponseInit,
  type Serve,
  type ServerMessage,
  Headers,
  Request,
  Response,
  serve,
  type RouteParamNames,
  type RouteParams,
  type ServeOptions,
  type Server,
  type SocketAddress,
} from 'bunserve';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when the type argument is `true`. */
function check<T extends true>(_?: T): void {}

// Names of patterns.
check<Same<RouteParamNames<'/users/:id'>, 'id'>>();
check<Same<RouteParamNames<'/orgs/:org/repos/:repo'>, 'org' | 'repo'>>();
check<Same<RouteParamNames<'/orgs/:org/repos/:repo/settings'>, 'org' | 'repo'>>();
check<Same<RouteParamNames<'/:a/:b/:c'>, 'a' | 'b' | 'c'>>();
check<Same<RouteParamNames<'/static'>, never>>();
check<Same<RouteParamNames<'/files/*'>, never>>();
check<Same<RouteParamNames<'/users/:id/*'>, 'id'>>();
check<Same<RouteParams<'/users/:id'>, { id: string }>>();
check<Same<RouteParamNames<string>, string>>();

// @ts-expect-error neither "deny" nor "allow"
export const dotfiles: DirectoryRoute = { dir: '.', dotfiles: true };
// @ts-expect-error a path is a string
export const directory: DirectoryRoute = { dir: new URL('file:///tmp') };

// Handlers get the params of their own pattern.
export const inferred = (): Server =>
  serve({
    routes: {
      '/static': new Response('x'),
      '/off': false,
      '/files/*': { dir: './public' },
      '/assets/*': {
        dir: './dist',
        statCache: false,
        dotfiles: 'allow',
        precompressed: false,
        headers: { 'Cache-Control': 'max-age=60' },
      },
      '/read-only/*': { GET: { dir: './public' } },
      '/none': (req) => {
        check<Same<typeof req.params, RouteParams<'/none'>>>();
        // @ts-expect-error the pattern has no params
        return new Response(req.params.id);
      },
      '/users/:id': (req) => {
        check<Same<typeof req.params.id, string>>();
        // @ts-expect-error another name
        void req.params.name;
        return new Response(req.params.id);
      },
      '/orgs/:orgId/repos/:repoId': async (req, server) => {
        const { orgId, repoId } = req.params;
        check<Same<typeof server, Server>>();
        return Response.json({ orgId, repoId, at: server.port });
      },
      '/posts/:post': {
        GET: (req) => new Response(req.params.post),
        POST: async (req) => {
          // @ts-expect-error another name
          void req.params.id;
          return Response.json({ post: req.params.post, body: await req.json() });
        },
        DELETE: new Response(null, { status: 204 }),
      },
      '/annotated/:id': (req: BunRequest<'/annotated/:id'>) => new Response(req.params.id),
      '/promise': () => new Promise((resolve) => resolve(new Response('x'))),
      '/redirect': Response.redirect('/static'),
      '/json': Response.json({ a: 1 }),
      '/clone/:id': (req) => new Response(req.clone().params.id),
    },
    fetch(req, server) {
      check<Same<typeof server, Server>>();
      check<Same<typeof this, Server>>();
      const address: SocketAddress | null = server.requestIP(req);
      server.timeout(req, 5);
      return new Response(`${req.url} ${address?.address}`);
    },
    error(error) {
      check<Same<typeof error, ErrorLike>>();
      return new Response(error.message, { status: 500 });
    },
  });

// Global Responses are as good.
export const globals = (): Server =>
  serve({
    routes: {
      '/a': new globalThis.Response('x'),
      '/b': () => new globalThis.Response('x'),
      '/c': { GET: async () => globalThis.Response.json({}) },
    },
    fetch: () => new globalThis.Response('x'),
    error: async () => new globalThis.Response('x'),
  });

// What fetch and error may return.
export const results: ServeOptions[] = [
  { fetch: () => new Response('x') },
  { fetch: () => undefined },
  { fetch: () => {} },
  { fetch: async () => new Response('x') },
  { fetch: async (req) => (req.url === '' ? undefined : new Response('x')) },
  { fetch: () => new Response('x'), error: () => undefined },
  {
    fetch: () => new Response('x'),
    error: async (e) => (e.name === '' ? undefined : new Response('x')),
  },
  // @ts-expect-error a string is no response
  { fetch: () => 'text' },
  // @ts-expect-error nor is a number, later
  { fetch: async () => 5 },
  // @ts-expect-error no function
  { fetch: new Response('x') },
];

export const options: ServeOptions[] = [
  { port: 0, hostname: '::', reusePort: true, ipv6Only: true, fetch: () => new Response('x') },
  { port: '3000', id: null, development: { hmr: true }, fetch: () => new Response('x') },
  { unix: '/run/x.sock', idleTimeout: 5, maxRequestBodySize: 1024, fetch: () => new Response('x') },
  { static: { '/': new Response('x') }, fetch: () => new Response('x') },
  // @ts-expect-error seconds are a number
  { idleTimeout: '5', fetch: () => new Response('x') },
  // @ts-expect-error no name is a number
  { hostname: 5, fetch: () => new Response('x') },
];

export const refused = [
  // @ts-expect-error a string is no route
  (): Server => serve({ routes: { '/': 'text' } }),
  // @ts-expect-error a route must answer with a Response
  (): Server => serve({ routes: { '/': () => 'text' } }),
  // @ts-expect-error methods are in capitals
  (): Server => serve({ routes: { '/': { get: () => new Response('x') } } }),
  (): Server =>
    serve({
      routes: {
        // @ts-expect-error params of another pattern
        '/:a': (req: BunRequest<'/:b'>) => new Response(req.params.b),
      },
    }),
];

// `export default { ... } satisfies ServeOptions`, and routes that are named apart.
export const exported = {
  port: 0,
  fetch: (req) => new Response(req.url),
} satisfies ServeOptions;

export const served = {
  routes: { '/:id': (req) => new Response(req.params['id']) },
} satisfies Serve;

// Handlers and options with a type of their own.
export const handlers: [FetchHandler, ErrorHandler, Development] = [
  function (req, other) {
    check<Same<typeof this, Server>>();
    return new Response(`${other.id} ${req.method}`);
  },
  (error) => new Response([error.code, error.errno, error.syscall, error.message].join()),
  { hmr: false, console: true },
];
// @ts-expect-error a number is not
export const code = (error: ErrorLike): string => error.errno;

// A route table whose paths are only known at run time.
export function dynamic(paths: string[]): Server {
  return serve({
    routes: Object.fromEntries(paths.map((path) => [path, new Response(path)])),
    fetch: () => new Response('x'),
  });
}

// The server.
export async function server(made: Server): Promise<void> {
  check<Same<typeof made.url, URL>>();
  check<Same<typeof made.port, number | undefined>>();
  check<Same<typeof made.hostname, string | undefined>>();
  check<Same<typeof made.protocol, 'http' | 'https'>>();
  check<Same<typeof made.address, SocketAddress | string>>();
  check<Same<typeof made.pendingRequests, number>>();
  check<Same<ReturnType<typeof made.stop>, Promise<void>>>();
  made
    .reload({ routes: { '/': new Response('x') } })
    .ref()
    .unref();
  const answer: globalThis.Response = await made.fetch('/x', { method: 'PUT' });
  void (await made.fetch(new Request('http://a/')));
  void (await made.fetch(new globalThis.Request('http://a/')));
  void answer;
  // @ts-expect-error read-only
  made.port = 5;
  using disposed = made;
  await disposed.stop(true);
}

// Our classes stand in for the global ones, and the other way round.
export function classes(): void {
  const response: globalThis.Response = new Response('x');
  const request: globalThis.Request = new Request('http://a/');
  const headers: globalThis.Headers = new Headers({ a: '1' });
  void [response, request, headers];
  void new Response('x', { headers: new globalThis.Headers() });
  void new Response(new globalThis.Response('x').body);
  void new Request(new globalThis.Request('http://a/'));
  void globalThis.fetch(request);
}

// Cookies of a route's request.
export const withCookies = (): Server =>
  serve({
    routes: {
      '/': (req) => {
        check<Same<typeof req.cookies, CookieMap>>();
        check<Same<ReturnType<CookieMap['get']>, string | null>>();
        for (const [name, value] of req.cookies) req.cookies.set(name, value, { maxAge: 60 });
        req.cookies.set({ name: 'a', value: 'b', sameSite: 'none', expires: new Date() });
        req.cookies.set(new Cookie('a', 'b', { secure: true }));
        req.cookies.delete({ name: 'a', path: '/' });
        // @ts-expect-error a value is missing
        req.cookies.set('a');
        // @ts-expect-error no such value
        req.cookies.set('a', 'b', { sameSite: 'Lax' });
        // @ts-expect-error read-only
        req.cookies = new CookieMap();
        return new Response('x');
      },
    },
  });

export const cookieParts = (cookie: Cookie): [CookieJson, CookieInit, CookieSameSite] => [
  cookie.toJSON(),
  { name: cookie.name, value: cookie.value, path: '/', httpOnly: true, partitioned: true },
  cookie.sameSite,
];
export const deleted: CookieStoreDeleteOptions = { name: 'a', domain: 'example.com' };
// @ts-expect-error a name is missing
export const nothingDeleted: CookieStoreDeleteOptions = { path: '/' };

// What classes are made from, and what goes on.
const text: BodyInit = 'x';
const list: HeadersInit = [['a', '1']];
const put: RequestInit = { method: 'PUT', body: text, headers: list };
const created: ResponseInit = { status: 201, headers: list };
export const made = (req: BunRequest): Promise<globalThis.Response>[] => [
  fetch(new Request('http://a/', put)),
  fetch(req),
  fetch('http://a/', req),
  fetch(new Request('http://a/', req)),
  Promise.resolve(new Response(text, created)),
];

export const direct: DirectSource = {
  type: 'direct',
  async pull(controller) {
    if (controller.write('x') < 0) await controller.flush(true);
    // @ts-expect-error no number is a chunk
    controller.write(5);
    controller.close();
  },
};

// Diagnostics channels.
export function ended(message: RequestEndMessage & RequestErrorMessage): ServerMessage {
  check<Same<typeof message.status, number>>();
  check<Same<typeof message.aborted, boolean>>();
  check<Same<typeof message.error, unknown>>();
  return { server: message.server };
}
