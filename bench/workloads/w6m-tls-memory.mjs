// SPDX-License-Identifier: MIT
// W6m: TLS, 1 MiB from memory. ECDSA P-256, TLS 1.3, AES-128-GCM for everybody.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W6m',
  name: 'TLS, 1 MiB from memory',
  tls: true,
  app: 'memory',
  requests: [get('/')],
  expect: { body: 'm'.repeat(1024 * 1024) },
  load: { tls: 'kept', connections: 16 },
  bars: [{ subject: 'bunserve', against: 'bun', max: 1 }],
};
