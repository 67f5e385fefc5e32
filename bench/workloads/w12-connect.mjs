// SPDX-License-Identifier: MIT
// W12: a new connection for every request; the server closes it, as `Connection: close` asks.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W12',
  name: 'new connection per request',
  app: 'text',
  requests: [get('/', { Connection: 'close' })],
  expect: { body: 'Bun!' },
  load: { close: true },
  bars: [{ subject: 'bunserve', against: 'bun', max: 1 }],
};
