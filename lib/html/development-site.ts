// SPDX-License-Identifier: MIT
//
// The pages of one server in development: HTML through Vite's hands, what it loads from `/_bun/`, and
// the WebSocket that tells browsers of edits, all on the server's own port.

import { Response } from '../fetch/response.js';
import {
  addRenderer,
  type HTMLBundle,
  importedBundles,
  removeRenderer,
} from '../router/html-bundle.js';
import type { HtmlSite, RouteSink, SiteHandler, SiteHost } from '../router/site.js';
import { isForeignEmbedding, isHostAllowed, isSameOrigin } from './access.js';
import { refusedEmbedding, refusedHost } from './access.js';
import { type DevServer, devServerOf, releaseDevServer } from './dev-server.js';
import { HotSocket, PingSocket } from './hot-channel.js';
import { assureVite, projectOf } from './vite.js';

const WORKSPACE = '/.well-known/appspecific/com.chrome.devtools.json';
const PAGE_FIELDS = { 'content-type': 'text/html;charset=utf-8', 'cache-control': 'no-cache' };

/** A path and its query as they were sent, so that Vite sees what the browser asked for. */
function targetOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  return start < 0 ? '/' : url.slice(start);
}

export class DevelopmentSite implements HtmlSite {
  readonly #servers = new Map<string, DevServer>();

  constructor(private readonly host: SiteHost) {
    addRenderer(this);
  }

  async render(bundle: HTMLBundle): Promise<string> {
    return this.#serverOf(bundle).page(bundle.index, '/');
  }

  page(bundle: HTMLBundle): SiteHandler {
    const server = this.#serverOf(bundle);
    // What is wrong is reported with the first page.
    server.start().catch(() => undefined);
    return async (request) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return new Response(null, {
          status: 405,
          headers: { allow: 'GET, HEAD' },
        }) as never;
      }
      await server.start();
      const refusal = this.#refusal(request, server);
      if (refusal !== undefined) return refusal as never;
      const html = await server.page(bundle.index, targetOf(request.url));
      return new Response(html, { headers: PAGE_FIELDS }) as never;
    };
  }

  extend(sink: RouteSink): undefined {
    // Those without a route may be a body.
    for (const bundle of importedBundles()) this.#serverOf(bundle);
    sink.addHandler('/_bun/*', (request) => this.#asset(request));
    const [first] = this.#servers.keys();
    if (this.host.workspace && first !== undefined) {
      sink.addHandler(WORKSPACE, (request) => this.#workspace(request, first));
    }
    return undefined;
  }

  close(): void {
    removeRenderer(this);
    for (const server of this.#servers.values()) releaseDevServer(server);
    this.#servers.clear();
  }

  #serverOf(bundle: HTMLBundle): DevServer {
    const root = projectOf(bundle.index);
    let server = this.#servers.get(root);
    if (server === undefined) {
      assureVite(root);
      const { hmr, console } = this.host;
      server = devServerOf(root, { hmr, console });
      this.#servers.set(root, server);
    }
    return server;
  }

  #refusal(request: Request, server: DevServer): Response | undefined {
    if (this.host.isUnixSocket) return undefined;
    const host = request.headers.get('host');
    if (!isHostAllowed(host, this.host.hostname, server.allowedHosts)) return refusedHost(host);
    return isForeignEmbedding(request) ? refusedEmbedding() : undefined;
  }

  async #asset(request: Request): Promise<globalThis.Response> {
    const target = targetOf(request.url);
    const candidates = [...this.#servers.values()].filter(({ base }) => target.startsWith(base));
    const server = candidates.sort((a, b) => b.base.length - a.base.length)[0];
    if (server === undefined) return new Response(null, { status: 404 }) as never;
    // An upgrade has to be answered while its handler runs.
    if (request.headers.get('upgrade') === null) await server.start();
    const refusal = this.#refusal(request, server);
    if (refusal !== undefined) return refusal as never;
    if (request.headers.get('upgrade') !== null) return this.#upgrade(request, server) as never;
    // It starts a program on this machine: a guest may look, not touch.
    const isEditor = target.startsWith(`${server.base}__`);
    if (isEditor && !this.host.isLocal(request))
      return new Response(null, { status: 403 }) as never;
    return (await server.fetch(request, target)) as never;
  }

  #upgrade(request: Request, server: DevServer): Response | undefined {
    const { pathname, searchParams } = new URL(request.url);
    const protocol = request.headers.get('sec-websocket-protocol') ?? '';
    const isPing = protocol === 'vite-ping';
    const token = server.config?.webSocketToken;
    const mayJoin =
      token !== undefined &&
      (request.headers.get('origin') === null || searchParams.get('token') === token);
    if (pathname !== server.base || !isSameOrigin(request) || !(isPing || mayJoin)) {
      return new Response(null, { status: 403 });
    }
    const socket = isPing ? new PingSocket() : new HotSocket(server.channel);
    if (this.host.upgrade(request, socket, protocol)) return undefined;
    return new Response(null, { status: 426, headers: { upgrade: 'websocket' } });
  }

  /** Chrome's developer tools offer to edit the files of the folder named here. */
  #workspace(request: Request, root: string): globalThis.Response {
    const host = request.headers.get('host');
    if (!isHostAllowed(host, this.host.hostname, [])) return refusedHost(host) as never;
    const hash = process.getBuiltinModule('node:crypto').createHash('sha256').update(root);
    const hex = hash.digest('hex');
    const uuid = [
      ...[hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`],
      hex.slice(20, 32),
    ].join('-');
    return new Response(JSON.stringify({ workspace: { root, uuid } }), {
      headers: { 'content-type': 'application/json' },
    }) as never;
  }
}
