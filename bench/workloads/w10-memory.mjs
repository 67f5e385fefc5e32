// SPDX-License-Identifier: MIT
// W10: resident bytes per idle keep-alive connection, after one request on each of 10,000.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W10',
  name: 'memory per idle connection',
  measure: 'memory',
  app: 'text',
  requests: [get('/')],
  expect: { body: 'Bun!' },
  connections: 10_000,
  bars: [
    { subject: 'bunserve', absolute: true, max: 1000 },
    { subject: 'bunserve', against: 'bun', max: 1 },
  ],
};
