// SPDX-License-Identifier: MIT
// W6f: TLS, a file of 64 MiB. ECDSA P-256, TLS 1.3, AES-128-GCM for everybody.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W6f',
  name: 'TLS, a file of 64 MiB',
  tls: true,
  app: 'file',
  requests: [get('/')],
  expect: {},
  load: { tls: 'kept', connections: 4, bodyBytes: 64 * 1024 * 1024 },
  bars: [{ subject: 'bunserve', against: 'bun', max: 1 }],
};
