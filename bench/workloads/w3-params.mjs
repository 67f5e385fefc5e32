// SPDX-License-Identifier: MIT
// W3: /users/:id answered with JSON, ids of one to six digits in turn.
import { get } from '../lib/requests.mjs';

const ids = ['7', '42', '815', '4711', '65536', '123456', '99', '1000'];

export default {
  id: 'W3',
  name: '/users/:id to JSON',
  app: 'user',
  requests: ids.map((id) => get(`/users/${id}`)),
  expect: { body: (index) => JSON.stringify({ id: ids[index], ok: true }) },
  bars: [{ subject: 'bunserve', against: 'bun', max: 0.95 }],
};
