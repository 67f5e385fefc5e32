// SPDX-License-Identifier: MIT
// W8: a handler that reads three headers and two query values of `new URL(req.url)`.
import { get } from '../lib/requests.mjs';

const headers = {
  'User-Agent': 'bunserve-bench/1 (load client)',
  'Accept-Language': 'en-GB,en;q=0.8,de;q=0.5',
  'Accept-Encoding': 'gzip, deflate, br',
  'X-Request-Id': '5f0c9a3e-6c1b-4f3a-9f0e-1f6a2d7b8c90',
  Referer: 'http://localhost/list?page=1',
};

export default {
  id: 'W8',
  name: 'three headers + URL query',
  app: 'meta',
  requests: [get('/meta?page=2&q=serve', headers)],
  expect: {
    body:
      `${headers['User-Agent']}|${headers['Accept-Language']}|` +
      `${headers['X-Request-Id']}|2|serve`,
  },
  bars: [{ subject: 'bunserve', against: 'bun', max: 0.75 }],
};
