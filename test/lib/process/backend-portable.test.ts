// SPDX-License-Identifier: MIT
// The backend of systems without epoll: one libuv handle per socket. BUNSERVE_BACKEND selects it,
// so that it is tested on Linux too.
import { Response } from 'bunserve';
import { startServer } from '../../helpers/with-server.js';
import { defineBasicSuite, pollCount } from './basic-suite.js';

// Read when the first server of a process starts; imports did not start one.
process.env.BUNSERVE_BACKEND = 'portable';

test('has no poll of its own', async () => {
  const before = pollCount();
  const server = startServer({ fetch: () => new Response('x') });
  expect(pollCount()).toBe(before);
  await server.stop(true);
});

describe('the basic suite', defineBasicSuite);
