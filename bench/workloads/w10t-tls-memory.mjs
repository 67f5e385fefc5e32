// SPDX-License-Identifier: MIT
// W10t: resident bytes per idle TLS connection, after one request on each of 5,000.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W10t',
  name: 'memory per idle TLS connection',
  measure: 'memory',
  tls: true,
  app: 'text',
  requests: [get('/')],
  expect: { body: 'Bun!' },
  connections: 5000,
  bars: [{ subject: 'bunserve', against: 'bun', max: 1 }],
};
