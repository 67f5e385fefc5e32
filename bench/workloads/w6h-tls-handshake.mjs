// SPDX-License-Identifier: MIT
// W6h: TLS, a full handshake for every request. ECDSA P-256, TLS 1.3, AES-128-GCM for everybody.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W6h',
  name: 'TLS, a full handshake for every request',
  tls: true,
  app: 'text',
  requests: [get('/', { Connection: 'close' })],
  expect: { body: 'Bun!' },
  load: { tls: 'full', close: true, connections: 32 },
  bars: [{ subject: 'bunserve', against: 'bun', max: 1 }],
};
