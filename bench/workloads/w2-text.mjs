// SPDX-License-Identifier: MIT
// W2: a handler that returns a text, the first thing anybody measures.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W2',
  name: 'handler returning text',
  app: 'text',
  requests: [get('/')],
  expect: { body: 'Bun!' },
  bars: [
    { subject: 'bunserve', against: 'bun', max: 0.85 },
    { subject: 'bunserve', against: 'floor', max: 1.5 },
  ],
};
