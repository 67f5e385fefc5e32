// SPDX-License-Identifier: MIT
// W4: POST of 1,024 bytes of JSON, parsed and sent back. Most of its cost is the engine's own
// JSON.parse and JSON.stringify.
import { post } from '../lib/requests.mjs';

const kSize = 1024;

function document() {
  const users = Array.from({ length: 8 }, (_, i) => ({
    id: 1000 + i,
    name: `User Number ${i}`,
    email: `user${i}@example.org`,
    active: i % 2 === 0,
    score: i * 1.25,
    tags: ['a', 'bc'],
  }));
  const value = { users, note: '' };
  value.note = 'x'.repeat(kSize - JSON.stringify(value).length);
  return JSON.stringify(value);
}

const body = document();

export default {
  id: 'W4',
  name: 'POST 1 KB JSON, parse, echo',
  app: 'echo',
  requests: [post('/echo', 'application/json', body)],
  expect: { body },
  bars: [{ subject: 'bunserve', against: 'bun', max: 1.15 }],
};
