// SPDX-License-Identifier: MIT
// W13: a ReadableStream of 1 MiB, sixteen pieces of 64 KiB that are ready when they are asked for.
import { get } from '../lib/requests.mjs';

export default {
  id: 'W13',
  name: '1 MiB ReadableStream',
  app: 'stream',
  requests: [get('/')],
  expect: { body: 's'.repeat(1024 * 1024) },
  load: { connections: 16, discard: true },
  bars: [],
};
