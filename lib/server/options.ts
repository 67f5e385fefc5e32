// SPDX-License-Identifier: MIT
//
// Validation and defaults of the options of serve(), in Bun's order and wording (behaviours 12).
// Options that exist in Bun but not here throw; unknown ones are ignored, as Bun does.

import { invalidArgument, notSupported, outOfRange } from '../errors.js';
import { websocketPart } from '../late.js';
import type { PubSubAdapter } from '../pubsub/types.js';
import type { WebSocketSettings } from '../websocket/options.js';

/** Options after validation; every default is filled in. */
export interface ServerSettings {
  port: number;
  hostname: string | undefined;
  unix: string | undefined;
  reusePort: boolean;
  ipv6Only: boolean;
  idleTimeoutSeconds: number;
  maxRequestBodyBytes: number;
  /** 0 = no limit. */
  maxConnections: number;
  fileCache: boolean;
  development: boolean;
  /** Flags of `development`, for pages. */
  pages: { hmr: boolean; console: boolean; workspace: boolean };
  id: string;
  websocket: WebSocketSettings | undefined;
  /** null: none, not even what a process among several would have. */
  pubsub: PubSubAdapter | null | undefined;
}

const DEFAULT_PORT = 3000;
const DEFAULT_IDLE_SECONDS = 10;
const MAX_IDLE_SECONDS = 255;
/** The addon tells connections apart by 22 bits. */
const MAX_CONNECTIONS = 2 ** 22 - 1;
const DEFAULT_BODY_BYTES = 128 * 1024 * 1024;

function environmentPort(): number {
  for (const name of ['BUN_PORT', 'PORT', 'NODE_PORT']) {
    const text = process.env[name];
    if (text === undefined || text === '') continue;
    const port = Number(text);
    return Number.isInteger(port) && port >= 0 && port <= 65535 ? port : DEFAULT_PORT;
  }
  return DEFAULT_PORT;
}

function readPort(value: unknown): number {
  if (value === undefined || value === null || value === '') return environmentPort();
  // Unlike Number(), the operator refuses BigInt, as Bun does.
  const port = +(value as number);
  if (!Number.isInteger(port)) throw outOfRange('options.port', 'an integer', port);
  if (port < 0 || port > 65535) throw outOfRange('options.port', '>= 0 and <= 65535', port);
  return port;
}

function readText(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  if (typeof value === 'symbol') {
    throw invalidArgument(`The "${name}" property must be of type string. Received a symbol`);
  }
  const text = String(value as string);
  return text === '' ? undefined : text;
}

function readIdleTimeout(value: unknown): number {
  if (value === undefined || value === null) return DEFAULT_IDLE_SECONDS;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw invalidArgument('Bun.serve expects idleTimeout to be an integer');
  }
  if (value > MAX_IDLE_SECONDS) {
    throw invalidArgument('Bun.serve expects idleTimeout to be 255 or less');
  }
  return Math.max(0, value);
}

function readBodyLimit(value: unknown): number {
  if (typeof value !== 'number' || Number.isNaN(value)) return DEFAULT_BODY_BYTES;
  return Math.min(Math.max(0, Math.trunc(value)), Number.MAX_SAFE_INTEGER);
}

function readMaxConnections(value: unknown): number {
  if (value === undefined || value === null) return 0;
  const name = 'options.maxConnections';
  if (typeof value !== 'number') {
    throw invalidArgument(`The "${name}" property must be of type number, got ${typeof value}`);
  }
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < 1 || value > MAX_CONNECTIONS) {
    throw outOfRange(name, `>= 1 and <= ${MAX_CONNECTIONS}`, value);
  }
  return value;
}

const DEVELOPMENT_FLAGS = ['hmr', 'console', 'chromeDevToolsAutomaticWorkspaceFolders'];

function readDevelopment(value: unknown): boolean {
  if (value === undefined) return process.env.NODE_ENV !== 'production';
  if (typeof value === 'object' && value !== null) {
    for (const name of DEVELOPMENT_FLAGS) {
      const flag = (value as Record<string, unknown>)[name];
      if (flag !== undefined && typeof flag !== 'boolean') {
        throw invalidArgument(`The "${name}" property must be of type boolean, got ${typeof flag}`);
      }
    }
  }
  return Boolean(value);
}

/** Flags that readDevelopment() found good. */
function readPageFlags(value: unknown): ServerSettings['pages'] {
  const given = typeof value === 'object' && value !== null ? value : {};
  const flags = given as Record<string, boolean | undefined>;
  return {
    hmr: flags.hmr ?? true,
    console: flags.console ?? false,
    workspace: flags.chromeDevToolsAutomaticWorkspaceFolders ?? true,
  };
}

function isEmptyTls(tls: unknown): boolean {
  if (tls === undefined || tls === null || tls === false) return true;
  return typeof tls === 'object' && Object.keys(tls).length === 0;
}

/** Throws for what Bun has and bunserve has not. */
export function refuseUnsupported(options: Record<string, unknown>): void {
  if (options.http2) throw notSupported('http2', 'Remove the option: HTTP/1.1 is served.');
  if (options.http3) {
    if (isEmptyTls(options.tls)) throw invalidArgument("HTTP/3 requires 'tls' to be set");
    throw notSupported('http3', 'Remove the option: HTTP/1.1 is served.');
  }
  if (options.http1 !== undefined && !options.http1) {
    throw invalidArgument('Cannot disable http1 without enabling http2 or http3');
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

const ADAPTER_METHODS = ['publish', 'subscribe', 'unsubscribe', 'close'] as const;

function readPubSub(value: unknown): PubSubAdapter | null | undefined {
  if (value === undefined || value === null) return value;
  for (const name of ADAPTER_METHODS) {
    if (!isObject(value) || typeof (value as Record<string, unknown>)[name] !== 'function') {
      throw invalidArgument(
        `The "pubsub" option must be an adapter with the methods ${ADAPTER_METHODS.join(', ')}, ` +
          'such as redis(client) of bunserve/pubsub',
      );
    }
  }
  return value as PubSubAdapter;
}

function readFileCache(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'boolean') return value;
  throw invalidArgument(`The "fileCache" property must be of type boolean, got ${typeof value}`);
}

/** Checks all options and fills in the defaults, but for handlers and routes. */
export function readSettings(options: unknown): ServerSettings {
  if (!isObject(options)) throw invalidArgument('Bun.serve expects an object');
  const given = options as Record<string, unknown>;
  refuseUnsupported(given);
  const isGiven = given.websocket !== undefined && given.websocket !== null;
  const websocket = isGiven ? websocketPart().readWebSocket(given.websocket) : undefined;
  const unix = readText(given.unix, 'unix');
  const hostname = readText(given.hostname, 'hostname');
  if (unix !== undefined && hostname !== undefined) {
    throw invalidArgument('Cannot specify both hostname and unix');
  }
  const port = readPort(given.port);
  return {
    port: unix === undefined ? port : 0,
    hostname,
    unix,
    reusePort: Boolean(given.reusePort),
    ipv6Only: Boolean(given.ipv6Only),
    idleTimeoutSeconds: readIdleTimeout(given.idleTimeout),
    maxRequestBodyBytes: readBodyLimit(given.maxRequestBodySize),
    maxConnections: readMaxConnections(given.maxConnections),
    fileCache: readFileCache(given.fileCache),
    development: readDevelopment(given.development),
    pages: readPageFlags(given.development),
    id: given.id === undefined || given.id === null ? '' : `${given.id as string}`,
    websocket,
    pubsub: readPubSub(given.pubsub),
  };
}

/** A handler option: a function, or absent. */
export function readFunction<F>(value: unknown, message: string): F | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'function') throw invalidArgument(message);
  return value as F;
}
