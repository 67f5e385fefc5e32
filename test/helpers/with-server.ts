// SPDX-License-Identifier: MIT
// A server for the length of a test: port 0, quiet production answers, and the certainty that it
// is stopped afterwards whatever the test did. Also the few request texts that most tests send.
// Knows raw connections only; parsing is raw-client.ts's business.
import { AsyncResource } from 'node:async_hooks';
import { serve, type ServeOptions, type Server } from 'bunserve';
import type { HttpMessage } from './http-message.js';
import { RawClient, type RawClientOptions } from './raw-client.js';
import { transportOptions } from './transport.js';

// The test runner keeps each test in an AsyncLocalStorage of its own, and handlers keep the stores of
// where they are given. Servers are started where there is none, as those of programs are.
const outside = new AsyncResource('TESTS');

/** Calls `use` without the stores of the test that runs. */
export function outsideOfTests<T>(use: () => T): T {
  return outside.runInAsyncScope(use);
}

/** Starts a server on a free port of 127.0.0.1, unless the options say otherwise. */
export function startServer<const Path extends string>(options: ServeOptions<Path>): Server {
  const address = options.unix === undefined ? { port: 0, hostname: '127.0.0.1' } : {};
  return outsideOfTests(() =>
    serve({ ...address, ...transportOptions(), development: false, ...options } as ServeOptions),
  );
}

/** Runs `use` with a server and stops it by force; resolves once no connection is left. */
export async function withServer<const Path extends string, T>(
  options: ServeOptions<Path>,
  use: (server: Server) => Promise<T>,
): Promise<T> {
  const server = startServer(options);
  try {
    return await use(server);
  } finally {
    await server.stop(true);
  }
}

/** A raw connection to a server. The caller destroys it, or uses `withClient`. */
export function connectTo(server: Server, options: RawClientOptions = {}): Promise<RawClient> {
  const { port, address } = server;
  const target = port === undefined ? { path: address as string } : { port };
  const tls = server.protocol === 'https';
  return RawClient.connect({ ...target, tls, ...options });
}

export async function withClient<T>(
  server: Server,
  use: (client: RawClient) => Promise<T>,
  options: RawClientOptions = {},
): Promise<T> {
  const client = await connectTo(server, options);
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

/** Sends requests on one new connection and returns the responses. */
export async function exchange(
  server: Server,
  requests: string,
  count = 1,
  options: RawClientOptions = {},
): Promise<readonly HttpMessage[]> {
  return withClient(
    server,
    async (client) => {
      await client.write(requests);
      await client.untilMessages(count);
      return client.messages;
    },
    options,
  );
}

/** The body of the one response to `GET path`. */
export async function bodyOf(server: Server, path = '/'): Promise<string> {
  const [message] = await exchange(server, get(path));
  return text(message);
}

export function text(message: HttpMessage | undefined): string {
  return message?.body.toString() ?? 'no message';
}

/** A GET request; `fields` are complete lines without their line ends. */
export function get(path = '/', ...fields: string[]): string {
  return request('GET', path, '', ...fields);
}

export function post(path: string, body: string, ...fields: string[]): string {
  return request('POST', path, body, `Content-Length: ${Buffer.byteLength(body)}`, ...fields);
}

export function request(method: string, path: string, body: string, ...fields: string[]): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: example.com', ...fields];
  return `${lines.join('\r\n')}\r\n\r\n${Buffer.from(body).toString('latin1')}`;
}

/** A promise with its ends: what a handler waits for, or a test. */
export interface Gate<T = void> {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;
  readonly fail: (reason: unknown) => void;
}

export function gate<T = void>(): Gate<T> {
  let open!: (value: T) => void;
  let fail!: (reason: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

/** Runs `use` with console.error collected instead of printed. */
export async function withErrorLog<T>(use: (log: unknown[][]) => Promise<T>): Promise<T> {
  const log: unknown[][] = [];
  const original = console.error;
  console.error = (...values: unknown[]) => void log.push(values);
  try {
    return await use(log);
  } finally {
    console.error = original;
  }
}

/** What a call threw, as far as programs can compare it. */
export function thrownBy(call: () => unknown): Record<string, unknown> {
  try {
    call();
  } catch (error) {
    return describe(error);
  }
  return { name: 'nothing thrown' };
}

/** The same for a promise. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  return promise.then(
    () => ({ name: 'not rejected' }),
    (error: unknown) => describe(error),
  );
}

function describe(error: unknown): Record<string, unknown> {
  const { name, message, code, errno, syscall } = error as NodeJS.ErrnoException;
  const known = { name, message, code, errno, syscall };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}
