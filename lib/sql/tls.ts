// SPDX-License-Identifier: MIT
//
// Encryption of the connection: libpq's modes, and TLS options of Node.

import type { ConnectionOptions } from 'node:tls';
import { invalidArgumentValue } from '../errors.js';

const fs = process.getBuiltinModule('node:fs');

const MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof MODES)[number] | 'allow';

/** A file to read: BunFile and what is like it. */
interface NamedFile {
  readonly name?: string | undefined;
  text(): Promise<string>;
}

type Pem = string | Buffer | NamedFile | readonly (string | Buffer | NamedFile)[];

export interface SqlTlsOptions extends Omit<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'host' | 'port' | 'path' | 'socket'
> {
  ca?: Pem | undefined;
  cert?: Pem | undefined;
  key?: Pem | undefined;
  caFile?: string | undefined;
  certFile?: string | undefined;
  keyFile?: string | undefined;
  serverName?: string | undefined;
}

/** `true`: encrypted, not verified. A file: the authority to verify against. */
export type TlsSettings = boolean | SslMode | SqlTlsOptions | NamedFile;

/** What the driver's `ssl` takes. */
export type DriverTls = false | 'prefer' | ConnectionOptions;

function isFile(value: unknown): value is NamedFile {
  return (
    typeof value === 'object' && value !== null && typeof (value as NamedFile).text === 'function'
  );
}

function pem(value: Pem | undefined, file: string | undefined): Pem | undefined {
  if (value === undefined) return file === undefined ? undefined : fs.readFileSync(file);
  if (isFile(value)) return fs.readFileSync(value.name ?? '');
  return Array.isArray(value)
    ? (value as Pem[]).map((one) => pem(one, undefined) as Buffer)
    : value;
}

function modeOf(text: string): number {
  const mode = text === 'allow' ? 'prefer' : text === 'true' ? 'require' : text;
  const at = MODES.indexOf(mode === 'false' ? 'disable' : (mode as (typeof MODES)[number]));
  if (at >= 0) return at;
  throw invalidArgumentValue(
    `The argument 'sslmode' must be one of: disable, allow, prefer, require, verify-ca, verify-full. Received '${text}'`,
  );
}

/** `sslMode`: 0 disable, 1 prefer, 2 require, 3 verify-ca, 4 verify-full. */
export function readTls(
  given: TlsSettings | undefined,
  query: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv,
  isTlsUrl: boolean,
): { sslMode: number; tls: DriverTls } {
  if (given === false) return { sslMode: 0, tls: false };
  const text = query.sslmode ?? query.ssl ?? query.tls ?? env.PGSSLMODE;
  let mode = typeof given === 'string' ? modeOf(given) : text ? modeOf(text) : 0;
  const isExplicit = typeof given === 'string' || query.sslmode !== undefined;
  if (isTlsUrl && !isExplicit) mode = Math.max(mode, 2);
  const options: SqlTlsOptions = isFile(given)
    ? { ca: given }
    : typeof given === 'object'
      ? { ...given }
      : {};
  if (given !== undefined && typeof given !== 'string') mode = Math.max(mode, 2);
  options.caFile ??= query.sslrootcert;
  options.certFile ??= query.sslcert;
  options.keyFile ??= query.sslkey;
  if (query.sslpassword !== undefined) options.passphrase ??= query.sslpassword;
  const isStrict =
    options.ca !== undefined ||
    options.caFile !== undefined ||
    options.checkServerIdentity !== undefined ||
    options.rejectUnauthorized === true;
  if (isStrict && mode < 3) mode = 4;
  return { sslMode: mode, tls: driverTls(mode, options, env) };
}

function driverTls(mode: number, options: SqlTlsOptions, env: NodeJS.ProcessEnv): DriverTls {
  if (mode === 0) return false;
  if (mode === 1) return 'prefer';
  const { ca, cert, key, caFile, certFile, keyFile, serverName, ...rest } = options;
  const files = { ca: pem(ca, caFile), cert: pem(cert, certFile), key: pem(key, keyFile) };
  const isVerified =
    options.rejectUnauthorized ?? (mode >= 3 && env.NODE_TLS_REJECT_UNAUTHORIZED !== '0');
  return {
    ...rest,
    ...(Object.fromEntries(
      Object.entries(files).filter(([, value]) => value !== undefined),
    ) as ConnectionOptions),
    ...(serverName !== undefined && { servername: serverName }),
    // verify-ca: any name will do.
    ...(mode === 3 && { checkServerIdentity: () => undefined }),
    rejectUnauthorized: isVerified,
  };
}
