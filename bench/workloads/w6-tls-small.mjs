// SPDX-License-Identifier: MIT
// W6: TLS, keep-alive, a small text. ECDSA P-256, TLS 1.3, AES-128-GCM for everybody.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W6',
  name: 'TLS, keep-alive, a small text',
  tls: true,
  app: 'text',
  requests: [get('/')],
  expect: { body: 'Bun!' },
  load: { tls: 'kept' },
  bars: [{ subject: 'bunserve', against: 'bun', max: 1 }],
};
