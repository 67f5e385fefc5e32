// SPDX-License-Identifier: MIT
// The default backend on Linux: one epoll of our own under a single libuv handle.
import { Response } from 'bunserve';
import { startServer } from '../../helpers/with-server.js';
import { defineBasicSuite, pollCount } from './basic-suite.js';

test('has a poll of its own, one for all servers', async () => {
  const before = pollCount();
  const servers = [1, 2, 3].map(() => startServer({ fetch: () => new Response('x') }));
  expect(pollCount()).toBe(before + 1);
  await Promise.all(servers.map((server) => server.stop(true)));
});

describe('the basic suite', defineBasicSuite);
