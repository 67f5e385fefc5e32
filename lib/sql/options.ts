// SPDX-License-Identifier: MIT
//
// Settings of a client: options before the URL, the URL before the environment, single variables
// last; PGDATABASE alone goes before a URL.

import { invalidArgumentValue, notSupported } from '../errors.js';
import { parseConnectionUrl, protocolOf, type ConnectionUrl } from './connection-url.js';
import { readTls, type TlsSettings } from './tls.js';
import type { NameTransform, Transform } from './transform.js';

/** Options of `new SQL`. Times are seconds. */
export interface SQLOptions {
  adapter?: 'postgres' | 'sqlite' | undefined;
  url?: string | URL | undefined;
  hostname?: string | undefined;
  host?: string | undefined;
  port?: number | string | undefined;
  username?: string | undefined;
  user?: string | undefined;
  password?: string | (() => string | Promise<string>) | undefined;
  pass?: string | (() => string | Promise<string>) | undefined;
  database?: string | undefined;
  db?: string | undefined;
  /** Unix socket, or the folder of PostgreSQL's. */
  path?: string | undefined;
  socket?: string | undefined;
  tls?: TlsSettings | undefined;
  ssl?: TlsSettings | undefined;
  /** Connections; default 10. */
  max?: number | undefined;
  idleTimeout?: number | undefined;
  idle_timeout?: number | undefined;
  connectionTimeout?: number | undefined;
  connection_timeout?: number | undefined;
  connectTimeout?: number | undefined;
  connect_timeout?: number | undefined;
  maxLifetime?: number | undefined;
  max_lifetime?: number | undefined;
  /** Settings of the session. */
  connection?: Record<string, string | boolean | number> | undefined;
  prepare?: boolean | undefined;
  /** int8 as bigint instead of text. */
  bigint?: boolean | undefined;
  channelBinding?: 'disable' | 'prefer' | 'require' | undefined;
  transform?: Transform | NameTransform | undefined;
  onconnect?: ((error: Error | null) => void) | undefined;
  onclose?: ((error: Error | null) => void) | undefined;
  /** SQLite: a path, or `:memory:`. */
  filename?: string | URL | undefined;
  readonly?: boolean | undefined;
  create?: boolean | undefined;
  readwrite?: boolean | undefined;
  strict?: boolean | undefined;
  safeIntegers?: boolean | undefined;
}

/** What `sql.options` shows; times are milliseconds. */
export type ResolvedOptions = Record<string, unknown> & { adapter: 'postgres' | 'sqlite' };

export interface Settings {
  shown: ResolvedOptions;
  given: SQLOptions;
}

const ADAPTERS = '"postgres", "sqlite", "mysql", "mariadb"';
const POSTGRES_URLS = ['POSTGRES_URL', 'PGURL', 'PG_URL', 'TLS_POSTGRES_DATABASE_URL'];
const MYSQL_URLS = [
  'MYSQL_URL',
  'TLS_MYSQL_DATABASE_URL',
  'MARIADB_URL',
  'TLS_MARIADB_DATABASE_URL',
];

type Env = NodeJS.ProcessEnv;

function fromEnv(env: Env, names: readonly string[]): { name: string; url: string } | undefined {
  const name = names.find((one) => env[one] !== undefined && env[one] !== '');
  return name === undefined ? undefined : { name, url: env[name] as string };
}

/** The adapter that a URL names; undefined for none. */
function adapterOf(url: string): string | undefined {
  const protocol = protocolOf(url);
  switch (protocol) {
    case undefined:
      return undefined;
    case 'postgres':
    case 'postgresql':
      return 'postgres';
    case 'sqlite':
    case 'file':
      return 'sqlite';
    case 'mysql':
    case 'mysql2':
      return 'mysql';
    case 'mariadb':
      return protocol;
    default:
      throw new Error(`Unsupported protocol: ${protocol}. Supported adapters: ${ADAPTERS}`);
  }
}

interface Source {
  url: string | undefined;
  /** From a TLS_... variable: encrypted unless something says otherwise. */
  isTls: boolean;
  adapter: string;
}

function findSource(url: string | undefined, given: SQLOptions, env: Env): Source {
  const { adapter, filename } = given as { adapter?: string; filename?: unknown };
  if (adapter !== undefined && !['postgres', 'sqlite', 'mysql', 'mariadb'].includes(adapter)) {
    throw new Error(`Unsupported adapter: ${adapter}. Supported adapters: ${ADAPTERS}`);
  }
  if (url !== undefined) {
    return { url, isTls: false, adapter: adapter ?? adapterOf(url) ?? 'postgres' };
  }
  if (adapter === 'sqlite' || (adapter === undefined && filename !== undefined)) {
    return { url: sqliteUrl(env), isTls: false, adapter: 'sqlite' };
  }
  const isElsewhere = [given.hostname, given.host, given.path, given.socket].some(Boolean);
  const general = fromEnv(env, ['DATABASE_URL', 'TLS_DATABASE_URL']);
  if (general !== undefined) {
    const own = adapterOf(general.url) ?? 'postgres';
    const isUsable = adapter === undefined ? !(own === 'sqlite' && isElsewhere) : own === adapter;
    if (isUsable) return { url: general.url, isTls: general.name.startsWith('TLS_'), adapter: own };
  }
  const ownUrl = fromEnv(env, POSTGRES_URLS);
  if (ownUrl !== undefined && (adapter ?? 'postgres') === 'postgres') {
    return { url: ownUrl.url, isTls: ownUrl.name.startsWith('TLS_'), adapter: 'postgres' };
  }
  if (adapter !== undefined) return { url: undefined, isTls: false, adapter };
  if (fromEnv(env, MYSQL_URLS) !== undefined)
    return { url: undefined, isTls: false, adapter: 'mysql' };
  if (env.SQLITE_URL && !isElsewhere) {
    return { url: env.SQLITE_URL, isTls: false, adapter: 'sqlite' };
  }
  return { url: undefined, isTls: false, adapter: 'postgres' };
}

function sqliteUrl(env: Env): string | undefined {
  const { DATABASE_URL, SQLITE_URL } = env;
  const adapter = DATABASE_URL ? (adapterOf(DATABASE_URL) ?? 'postgres') : undefined;
  return adapter === 'sqlite' ? DATABASE_URL : SQLITE_URL;
}

/** Reads the arguments of `new SQL`; `first`: a URL or the options. */
export function readSettings(first: unknown, second: unknown, env: Env = process.env): Settings {
  const isUrl = typeof first === 'string' || first instanceof URL;
  const given = ((isUrl ? second : first) ?? {}) as SQLOptions;
  const url = isUrl ? String(first) : given.url === undefined ? undefined : String(given.url);
  const source = findSource(url, given, env);
  if (source.adapter === 'mysql' || source.adapter === 'mariadb') {
    throw notSupported(
      `The adapter "${source.adapter}" of SQL`,
      'PostgreSQL and SQLite are; for MySQL use the package mysql2.',
    );
  }
  const shown =
    source.adapter === 'sqlite' ? readSqlite(source, given) : readPostgres(source, given, env);
  return { shown, given };
}

function firstOf<T>(...values: (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined && value !== '');
}

function readPostgres({ url, isTls }: Source, given: SQLOptions, env: Env): ResolvedOptions {
  const parsed: ConnectionUrl = url === undefined ? { query: {} } : parseConnectionUrl(url);
  const { query } = parsed;
  const host = firstOf(given.hostname, given.host, query.host, parsed.hostname, env.PGHOST);
  const port = readPort(firstOf(given.port, query.port, parsed.port, env.PGPORT) ?? 5432);
  const username =
    firstOf(given.username, given.user, query.user, parsed.username) ??
    firstOf(env.PGUSERNAME, env.PGUSER, env.USER, env.USERNAME) ??
    'postgres';
  const database =
    firstOf(given.database, given.db, env.PGDATABASE, query.dbname, parsed.database) ?? username;
  const folder = host?.startsWith('/') ? host : undefined;
  const path = firstOf(given.path, given.socket, query.path, query.socket);
  const { sslMode, tls } = readTls(given.tls ?? given.ssl, query, env, isTls);
  checkChannelBinding(firstOf(given.channelBinding, query.channel_binding, env.PGCHANNELBINDING));
  const seconds = (name: string, ...values: unknown[]): number | undefined =>
    readSeconds(name, firstOf(...values));
  return {
    adapter: 'postgres',
    hostname: folder === undefined ? (host ?? 'localhost') : 'localhost',
    port,
    username,
    password:
      firstOf<unknown>(
        given.password,
        given.pass,
        query.password,
        parsed.password,
        env.PGPASSWORD,
      ) ?? '',
    database,
    path: path === undefined ? folder && socketIn(folder, port) : socketPath(path, port),
    max: readMax(firstOf<unknown>(given.max, query.max)),
    idleTimeout: seconds('idle_timeout', given.idleTimeout, given.idle_timeout, query.idle_timeout),
    connectionTimeout: seconds(
      'connection_timeout',
      ...[given.connectionTimeout, given.connection_timeout, given.connectTimeout],
      ...[given.connect_timeout, query.connect_timeout, env.PGCONNECT_TIMEOUT],
    ),
    maxLifetime: seconds('max_lifetime', given.maxLifetime, given.max_lifetime, query.max_lifetime),
    prepare: given.prepare ?? query.prepare !== 'false',
    bigint: given.bigint,
    connection: { ...sessionOf(query, env), ...given.connection },
    sslMode,
    tls,
  };
}

/** A folder is where PostgreSQL has its socket. */
function socketPath(path: string, port: number): string {
  return isFolder(path) ? socketIn(path, port) : path;
}

function socketIn(folder: string, port: number): string {
  return `${folder}/.s.PGSQL.${port}`;
}

function isFolder(path: string): boolean {
  const stats = process.getBuiltinModule('node:fs').statSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() ?? false;
}

// Keys of a URL that are ours or libpq's own; all others are the session's.
const OWN_KEYS = new Set([
  ...['sslmode', 'ssl', 'tls', 'path', 'socket', 'connect_timeout', 'idle_timeout', 'max_lifetime'],
  ...['max', 'prepare', 'channel_binding', 'host', 'port', 'user', 'password', 'dbname'],
  ...['sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'hostaddr', 'passfile', 'service'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'gssencmode'],
  ...['target_session_attrs', 'tcp_user_timeout', 'krbsrvname', 'requirepeer', 'require_auth'],
  ...['sslcompression', 'sslcrl', 'sslcrldir', 'sslsni', 'sslnegotiation', 'sslcertmode'],
  ...['ssl_min_protocol_version', 'ssl_max_protocol_version', 'load_balance_hosts'],
  ...['fallback_application_name', 'gsslib', 'gssdelegation', 'client_encoding'],
]);

function sessionOf(query: Record<string, string>, env: Env): Record<string, string> {
  const { PGAPPNAME, PGOPTIONS } = env;
  const session = Object.entries(query).filter(([key]) => !OWN_KEYS.has(key));
  return {
    ...(PGAPPNAME && { application_name: PGAPPNAME }),
    ...(PGOPTIONS && { options: PGOPTIONS }),
    ...Object.fromEntries(session),
  };
}

function readPort(given: number | string): number {
  const port = Number(given);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw invalidArgumentValue(
    `The argument 'port' must be a non-negative integer between 1 and 65535. Received ${String(given)}`,
  );
}

function readMax(given: unknown): number {
  if (given === undefined || given === null) return 10;
  const max = Number(given);
  if (max >= 1 && max < 2 ** 31) return max;
  throw invalidArgumentValue(
    `The property 'options.max' must be a non-negative integer between 1 and 2^31. Received ${max}`,
  );
}

function readSeconds(name: string, given: unknown): number | undefined {
  if (given === undefined || given === null) return undefined;
  const milliseconds = Number(given) * 1000;
  if (milliseconds >= 0 && milliseconds < 2 ** 31) return milliseconds;
  throw invalidArgumentValue(
    `The property 'options.${name}' must be a non-negative integer less than 2^31. Received ${milliseconds / 1000}`,
  );
}

function checkChannelBinding(value: string | undefined): void {
  if (value === undefined || value === 'disable') return;
  throw notSupported(`channelBinding: "${value}"`, 'Leave it out, and use sslmode=verify-full.');
}

const MODES: Readonly<Record<string, object>> = {
  ro: { readonly: true },
  rw: { readonly: false, create: false },
  rwc: { readonly: false, create: true },
  memory: {},
};

function readSqlite({ url }: Source, given: SQLOptions): ResolvedOptions {
  const text = given.filename === undefined ? (url ?? ':memory:') : String(given.filename);
  const path = text.replace(/^(?:sqlite|file):(?:\/\/)?/, '');
  const [filename = '', query = ''] = path.split(/\?([^]*)/);
  const mode = new URLSearchParams(query).get('mode');
  if (mode !== null && MODES[mode] === undefined) {
    throw invalidArgumentValue(
      `The argument 'mode' must be one of: ro, rw, rwc, memory. Received '${mode}'`,
    );
  }
  const { readonly, create, readwrite, strict, safeIntegers, bigint } = given;
  const own = { readonly, create, readwrite, strict, safeIntegers: safeIntegers ?? bigint };
  const set = Object.entries(own).filter(([, value]) => value !== undefined);
  return {
    adapter: 'sqlite',
    filename: filename === '' ? ':memory:' : filename,
    ...(mode !== null && MODES[mode]),
    ...Object.fromEntries(set),
  };
}
