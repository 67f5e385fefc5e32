// SPDX-License-Identifier: MIT
// W9: W1 with 16 requests in one write, answered before the next 16 are sent.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W9',
  name: 'pipelined x16, static',
  app: 'static',
  requests: [get('/')],
  expect: { body: 'Bun!' },
  load: { pipeline: 16 },
  bars: [{ subject: 'bunserve', against: 'bun', max: 0.9 }],
};
