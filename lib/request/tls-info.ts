// SPDX-License-Identifier: MIT
//
// What was negotiated on the connection of a request, in the words of Node's TLSSocket.

import type { X509Certificate } from 'node:crypto';
import { native } from '../native/binding.js';
import { liveCore } from './bun-request.js';

/** The TLS connection of a request. */
export interface TlsConnection {
  /** `"TLSv1.3"` or `"TLSv1.2"`. */
  protocol: string;
  /** Cipher suite: OpenSSL's name, IANA's, and the protocol version, as `getCipher()` of Node. */
  cipher: { name: string; standardName: string; version: string };
  /** What ALPN selected, or null. */
  alpnProtocol: string | null;
  /** The name that the client asked for, or null. */
  servername: string | null;
  /** Whether the handshake was shortened by a session ticket. */
  isSessionReused: boolean;
  /** The client showed a certificate, and one of the authorities vouches for it. */
  authorized: boolean;
  /** Why not, such as `"CERT_HAS_EXPIRED"`; null when authorized, or without a certificate. */
  authorizationError: string | null;
  /** The client's certificate, or null. Only `authorized` says whether it is to be believed. */
  peerCertificate: X509Certificate | null;
  /** All certificates that the client sent, its own first. */
  peerCertificateChain: X509Certificate[];
}

/** Null: no TLS, a finished request, one that never came from a connection. */
export function tlsOf(request: globalThis.Request): TlsConnection | null {
  const core = liveCore(request);
  const found = core === null ? null : native.requestTls(core.handle);
  if (found === null) return null;
  const chain = found.certificates.map((der) => {
    const crypto = process.getBuiltinModule('node:crypto');
    return new crypto.X509Certificate(Buffer.from(der));
  });
  return {
    protocol: found.protocol,
    cipher: {
      name: found.cipher,
      standardName: found.cipherStandardName,
      version: found.protocol,
    },
    alpnProtocol: found.applicationProtocol || null,
    servername: found.serverName || null,
    isSessionReused: found.resumed,
    authorized: found.authorized,
    authorizationError: found.verifyError || null,
    peerCertificate: chain[0] ?? null,
    peerCertificateChain: chain,
  };
}
