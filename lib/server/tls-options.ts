// SPDX-License-Identifier: MIT
//
// The `tls` option: one object, or one per server name, made into what the addon takes
// (behaviours 13). Options are looked at in Bun's order, so that of several mistakes the same one is
// reported.

import { invalidArgument, invalidArgumentValue, tlsError } from '../errors.js';
import { native } from '../native/binding.js';
import type { NativeTlsEntry } from '../native/contract.js';
import { hasTlsOption } from './tls-names.js';
import {
  readFlag,
  readNumber,
  readPath,
  readPem,
  readProtocols,
  readText,
  type GivenOptions,
} from './tls-values.js';

/** The only protocol that is spoken. */
const HTTP11 = 'http/1.1';

/** `SSL_OP_NO_TLSv1_2` and `SSL_OP_NO_TLSv1_3`, in OpenSSL and BoringSSL alike. */
const NO_TLS12 = 0x0800_0000;
const NO_TLS13 = 0x2000_0000;

function nodeRoots(): string[] {
  return [process.getBuiltinModule('node:tls').rootCertificates.join('\n')];
}

function joined(texts: string[], text: string | undefined): string[] {
  return text === undefined ? texts : [...texts, text];
}

/** Undefined when no option of TLS is there. */
function readEntry(given: GivenOptions): NativeTlsEntry | undefined {
  if (!hasTlsOption(given)) return undefined;
  const passphrase = readText(given, 'passphrase') ?? '';
  const dhParams = readPath(given, 'dhParamsFile');
  const serverName = readText(given, 'serverName') ?? readText(given, 'servername', 'serverName');
  const lowMemory = readFlag(given, 'lowMemoryMode') ?? false;
  const rejectUnauthorized =
    given.rejectUnauthorized === null ? undefined : readFlag(given, 'rejectUnauthorized');
  const requestCertificate = readFlag(given, 'requestCert') ?? false;
  const ca = readPem(given, 'ca');
  const cert = readPem(given, 'cert');
  const key = readPem(given, 'key');
  const options = readNumber(given, 'secureOptions');
  const keys = joined(key, readPath(given, 'keyFile'));
  const certificates = joined(cert, readPath(given, 'certFile'));
  const authorities = joined(ca, readPath(given, 'caFile'));
  const protocols = readProtocols(given, 'ALPNProtocols');
  const ciphers = readText(given, 'ciphers') ?? '';
  // Renegotiation is always refused, which is within any limit.
  readNumber(given, 'clientRenegotiationLimit');
  readNumber(given, 'clientRenegotiationWindow');
  const revocations = readPem(given, 'crl');

  if (dhParams !== undefined) {
    const failure = native.tlsCheckDh(dhParams);
    if (failure !== undefined) throw tlsError(failure);
  }
  if (keys.length === 0 || certificates.length === 0) {
    const missing = keys.length === 0 ? 'key' : 'cert';
    throw invalidArgumentValue(
      `TLSOptions.${missing} is missing. TLS needs both key and cert, as PEM text or as a BunFile.`,
    );
  }
  if ((options & NO_TLS12) !== 0 && (options & NO_TLS13) !== 0) {
    throw invalidArgumentValue('TLSOptions.secureOptions leaves no version of TLS to be used');
  }
  const useRoots = requestCertificate && authorities.length === 0;
  return {
    serverName: serverName ?? '',
    keys,
    certificates,
    passphrase,
    authorities: useRoots ? nodeRoots() : authorities,
    revocations,
    nameAuthorities: requestCertificate && !useRoots,
    requestCertificate,
    rejectUnauthorized: rejectUnauthorized ?? true,
    ciphers,
    options,
    protocol: protocols === undefined || protocols.includes(HTTP11) ? HTTP11 : '',
    lowMemory,
  };
}

function readObject(value: unknown): NativeTlsEntry | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    throw invalidArgument('TLSOptions must be an object');
  }
  return readEntry(value as GivenOptions);
}

function readList(list: readonly unknown[]): NativeTlsEntry[] {
  const entries: NativeTlsEntry[] = [];
  for (const value of list) {
    const entry = readObject(value);
    if (entry === undefined) continue;
    if (entries.length > 0 && entry.serverName === '') {
      throw invalidArgument('SNI tls object must have a serverName');
    }
    entries.push(entry);
  }
  return entries;
}

/** Entries for the addon, the default one first; none when TLS was not asked for. */
export function readTls(options: object): NativeTlsEntry[] {
  const { tls } = options as GivenOptions;
  if (tls) {
    const entries = Array.isArray(tls) ? readList(tls) : readList([tls]);
    if (entries.length > 0) return entries;
  }
  // Their deprecated place.
  return readList([options]);
}

/** Gives a server its certificates; on failure it keeps those it has. */
export function useTls(server: number, entries: NativeTlsEntry[]): void {
  const failure = native.serverSetTls(server, entries);
  if (failure !== undefined) throw tlsError(failure);
}
