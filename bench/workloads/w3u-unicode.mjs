// SPDX-License-Identifier: MIT
// W3U: as W3, with ids that arrive percent-encoded in UTF-8 and must be decoded.
import { get } from '../lib/requests.mjs';

const ids = ['\u00e4\u00f6\u00fc', '\u65e5\u672c\u8a9e', 'na\u00efve caf\u00e9', '\u{1f95f} bun'];

export default {
  id: 'W3U',
  name: '/users/:id, unicode',
  app: 'user',
  requests: ids.map((id) => get(`/users/${encodeURIComponent(id)}`)),
  expect: { body: (index) => JSON.stringify({ id: ids[index], ok: true }) },
  bars: [{ subject: 'bunserve', against: 'bun', max: 0.95 }],
};
