// SPDX-License-Identifier: MIT
// W1: a static text route; where a contestant has none, a handler that sends the same text.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W1',
  name: 'static text route',
  app: 'static',
  requests: [get('/')],
  expect: { body: 'Bun!' },
  bars: [{ subject: 'bunserve', against: 'bun', max: 0.95 }],
};
