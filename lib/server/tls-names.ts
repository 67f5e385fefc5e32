// SPDX-License-Identifier: MIT
//
// The names of all TLS options: one that is there asks for TLS, in `tls` or in their deprecated place
// beside `port`. Apart from the rest, which is loaded when TLS is asked for.

const NAMES = [
  ...['key', 'cert', 'ca', 'crl', 'keyFile', 'certFile', 'caFile', 'dhParamsFile', 'passphrase'],
  ...['serverName', 'servername', 'requestCert', 'rejectUnauthorized', 'lowMemoryMode'],
  ...['secureOptions', 'ciphers', 'ALPNProtocols'],
  ...['clientRenegotiationLimit', 'clientRenegotiationWindow'],
];

export function hasTlsOption(given: object): boolean {
  const values = given as Readonly<Record<string, unknown>>;
  return NAMES.some((name) => values[name] !== undefined && values[name] !== null);
}
