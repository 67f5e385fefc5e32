// SPDX-License-Identifier: MIT
//
// The `tls` option as users see it.

import type { BunFile } from '../file/bun-file.js';

type TlsSource = string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView | BunFile;

/** PEM: text, bytes or a file, which is read when the server starts; or several of them. */
export type TlsValue = TlsSource | TlsSource[] | null;

/** Certificates of a server, or of one of its names. */
export interface TlsOptions {
  /** Private keys. Every key needs a certificate, and the other way round. */
  key?: TlsValue | undefined;
  /**
   * Certificate chains, leaf first, one for each key. Clients get the first one of a kind they can
   * verify; ECDSA goes before RSA.
   */
  cert?: TlsValue | undefined;
  /** Decrypts the keys. */
  passphrase?: string | null | undefined;
  /** Authorities of client certificates, instead of the well-known ones. */
  ca?: TlsValue | undefined;
  /** Revoked client certificates. Every authority must have a list then. */
  crl?: TlsValue | undefined;
  keyFile?: string | null | undefined;
  certFile?: string | null | undefined;
  caFile?: string | null | undefined;
  /** The name these certificates are for, such as `example.com` or `*.example.com`. */
  serverName?: string | null | undefined;
  servername?: string | null | undefined;
  /** Asks clients for a certificate; `server.tls(request)` shows it. Default false. */
  requestCert?: boolean | undefined;
  /** Refuses clients without a valid certificate when one is asked for. Default true. */
  rejectUnauthorized?: boolean | null | undefined;
  /** Cipher suites of TLS 1.2, in OpenSSL's notation. Default: forward secret AEAD suites. */
  ciphers?: string | null | undefined;
  /** `SSL_OP_*`, such as `crypto.constants.SSL_OP_NO_TLSv1_2`. */
  secureOptions?: number | undefined;
  /**
   * Names of protocols, separated by commas or as on the wire. Of these only `http/1.1` can be
   * selected. Default: `http/1.1`.
   */
  ALPNProtocols?: string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView | null | undefined;
  /** Keeps 16 KiB instead of 150 for a client that reads slowly; large bodies cost more calls. */
  lowMemoryMode?: boolean | undefined;
  /** Must be readable; without effect, since no cipher suite uses such parameters. */
  dhParamsFile?: string | null | undefined;
  /** Renegotiation is always refused, whatever limit is given. */
  clientRenegotiationLimit?: number | undefined;
  clientRenegotiationWindow?: number | undefined;
}
