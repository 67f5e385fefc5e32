// SPDX-License-Identifier: MIT
//
// Vite's development server for one project, in middleware mode: it never listens. All servers of
// the process share it. When it cannot start, because the project's configuration is broken, the
// next page tries again.

import type { Response } from '../fetch/response.js';
import { DevPage, urlOfFile } from './dev-page.js';
import { HotChannel } from './hot-channel.js';
import { MemoryHttp } from './memory-http.js';
import {
  automaticPlugins,
  configFileIn,
  loadVite,
  type Vite,
  type ViteConfig,
  type ViteDevServer,
  type ViteLogger,
} from './vite.js';

const fs = process.getBuiltinModule('node:fs/promises');

export interface DevFlags {
  hmr: boolean;
  console: boolean;
}

/** Files of a program's that no page has any business with, even if it should ask for them. */
const DENIED = [
  ...['.env', '.env.*', '*.{crt,pem,key,p12,pfx,cer,der}', '.npmrc', '.yarnrc.yml', '**/.git/**'],
  ...['*.{db,sqlite,sqlite3}', '*.{db,sqlite,sqlite3}-{wal,shm,journal}', 'id_{rsa,ed25519,ecdsa}'],
];

/** What of the console goes to the terminal with `development: { console: true }`. */
const CONSOLE = {
  unhandledErrors: true,
  logLevels: ['error', 'warn', 'info', 'log'],
};

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

export class DevServer {
  /** Where updates go; a new one with every configuration. */
  channel = new HotChannel();
  /** Names that the project's configuration allows beside those of the server. */
  allowedHosts: true | readonly string[] = [];
  #starting: Promise<ViteDevServer> | undefined;
  #vite: ViteDevServer | undefined;
  #http: MemoryHttp | undefined;
  #users = 0;
  #isClosed = false;

  constructor(
    readonly root: string,
    readonly base: string,
    private readonly flags: DevFlags,
  ) {}

  /** Of the server that runs; undefined while it does not. */
  get config(): ViteConfig | undefined {
    return this.#vite?.config;
  }

  use(): void {
    this.#users++;
  }

  /** True when nobody uses it any more. */
  release(): boolean {
    if (--this.#users > 0) return false;
    this.#isClosed = true;
    void this.#starting?.then(
      (vite) => vite.close(),
      () => undefined,
    );
    return true;
  }

  start(): Promise<ViteDevServer> {
    if (this.#isClosed) return Promise.reject(new Error('The development server has ended'));
    this.#starting ??= this.#create().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async page(index: string, originalUrl: string): Promise<string> {
    const vite = await this.start();
    const html = await fs.readFile(index, 'utf8');
    const page = new DevPage(this.root, vite.config.publicDir, index);
    const url = urlOfFile(this.root, index);
    const result = await vite.transformIndexHtml(url, page.prepare(html), originalUrl);
    this.#allowVirtual(vite, result);
    return result;
  }

  /** Modules that plugins put into the page and that are no files, as React's runtime of updates. */
  #allowVirtual(vite: ViteDevServer, html: string): void {
    const { client } = vite.environments;
    const start = `${this.base}@`;
    for (let at = html.indexOf(start); at >= 0; at = html.indexOf(start, at + 1)) {
      const [name] = /^@[\w@/:.-]*/.exec(html.slice(at + this.base.length)) as unknown as [string];
      if (!name.startsWith('@fs/')) client.addSafeModule?.(`/${name}`);
    }
  }

  async fetch(request: Request, target: string): Promise<Response> {
    await this.start();
    return (this.#http as MemoryHttp).fetch(request, target);
  }

  async #create(): Promise<ViteDevServer> {
    const before = process.env.NODE_ENV;
    try {
      const vite = await loadVite(this.root);
      const server = await vite.createServer(await this.#configuration(vite));
      this.#vite = server;
      server.watcher.on('all', () => this.channel.forget());
      this.#http = new MemoryHttp((req, res) => {
        server.middlewares(req, res, (error) => {
          if (res.headersSent) {
            res.end();
            return;
          }
          res.writeHead(isMissing(error) ? 404 : 500).end();
        });
      });
      return server;
    } finally {
      // Vite gives it a value, which is the program's business.
      if (before === undefined) delete process.env.NODE_ENV;
      else process.env.NODE_ENV = before;
    }
  }

  async #configuration(vite: Vite): Promise<object> {
    const hasConfig = configFileIn(this.root) !== undefined;
    return {
      root: this.root,
      base: this.base,
      mode: 'development',
      appType: 'custom',
      clearScreen: false,
      customLogger: this.#logger(vite),
      // A folder of that name is Vite's to serve in projects of Vite only.
      ...(hasConfig ? {} : { publicDir: false }),
      plugins: [await automaticPlugins(this.root), this.#plugin(vite, hasConfig)],
    };
  }

  #logger(vite: Vite): ViteLogger {
    const logger = vite.createLogger('info', { prefix: '[html]', allowClearScreen: false });
    if (process.stdout.isTTY) return logger;
    // Nobody is there to watch each update; what pages say was asked for.
    const { info } = logger;
    logger.info = (message, options) => {
      if (message.includes('[console.')) info(message, options);
    };
    return logger;
  }

  /** What is ours to say, whatever the project's configuration says. */
  #plugin(vite: Vite, hasConfig: boolean): object {
    return {
      name: 'bunserve',
      config: (config: { base?: string; server?: { fs?: object; forwardConsole?: unknown } }) => ({
        // The application lives where it will live in production, whatever Vite's files have.
        define: { 'import.meta.env.BASE_URL': JSON.stringify('/') },
        server: {
          middlewareMode: true,
          hmr: this.flags.hmr ? {} : false,
          // A server that is asked nothing: Vite's own sockets are not used.
          ws: { server: new (process.getBuiltinModule('node:events'))() },
          watch: { persistent: false },
          ...(this.flags.console ? { forwardConsole: CONSOLE } : {}),
          ...(hasConfig && config.server?.fs !== undefined
            ? {}
            : { fs: { strict: 'extended', allow: [], deny: DENIED } }),
        },
        environments: {
          client: { dev: { createEnvironment: this.#environments(vite) } },
        },
      }),
      // Whoever comes to Vite has passed access.ts, which knows more names of this server.
      configResolved: ({ server }: { server: { allowedHosts: true | readonly string[] } }) => {
        this.allowedHosts = server.allowedHosts;
        server.allowedHosts = true;
      },
    };
  }

  #environments(vite: Vite) {
    return (name: string, config: object, context: { ws: object }): object => {
      const channel = new HotChannel();
      const environment = new vite.DevEnvironment(name, config, {
        hot: this.flags.hmr,
        transport: channel,
      });
      this.channel = channel;
      // Plugins that say things to the old name.
      Object.assign(context.ws, environment.hot);
      return environment;
    };
  }
}

const running: DevServer[] = [];

/** The development server of a project; `release()` it when done. */
export function devServerOf(root: string, flags: DevFlags): DevServer {
  let server = running.find((each) => each.root === root);
  if (server === undefined) {
    const taken = new Set(running.map(({ base }) => base));
    let base = '/_bun/';
    for (let i = 2; taken.has(base); i++) base = `/_bun/${i}/`;
    server = new DevServer(root, base, flags);
    running.push(server);
  }
  server.use();
  return server;
}

export function releaseDevServer(server: DevServer): void {
  if (server.release()) running.splice(running.indexOf(server), 1);
}
