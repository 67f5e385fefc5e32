// SPDX-License-Identifier: MIT
// W11: from starting the process to its first whole answer.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W11',
  name: 'process start to first response',
  measure: 'start',
  app: 'text',
  requests: [get('/')],
  expect: { body: 'Bun!' },
  repeats: 11,
  bars: [{ subject: 'bunserve', against: 'node', max: 1 }],
};
