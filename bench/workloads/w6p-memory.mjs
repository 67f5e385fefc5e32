// SPDX-License-Identifier: MIT
// W6p: a handler that answers with 1 MiB of bytes from memory, the same ones each time.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W6p',
  name: '1 MiB body from memory',
  app: 'memory',
  requests: [get('/')],
  expect: { body: 'm'.repeat(1024 * 1024) },
  load: { connections: 16, discard: true },
  bars: [{ subject: 'bunserve', against: 'bun', max: 0.85 }],
};
