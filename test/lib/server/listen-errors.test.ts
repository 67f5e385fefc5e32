// SPDX-License-Identifier: MIT
// Addresses that cannot be had: the errors programs catch, in Bun's form.
import { serve, type Server } from 'bunserve';
import { bodyOf, startServer, thrownBy, withServer } from '../../helpers/with-server.js';

const fetch = (): Response => new Response('ok');

function failure(options: {
  port?: number | undefined;
  hostname?: string;
  reusePort?: boolean;
}): Record<string, unknown> {
  return thrownBy(() => void serve({ fetch, development: false, ...options }).stop(true));
}

test('port in use', async () => {
  await withServer({ fetch }, async ({ port }) => {
    expect(failure({ port, hostname: '127.0.0.1' })).toEqual({
      name: 'Error',
      code: 'EADDRINUSE',
      errno: 0,
      syscall: 'listen',
      message: `Failed to start server. Is port ${port} in use?`,
    });
  });
});

test('an unknown name', () => {
  const hostname = 'bunserve-test.invalid';
  expect(failure({ port: 0, hostname })).toMatchObject({
    name: 'Error',
    code: 'ENOTFOUND',
    errno: 4,
    syscall: 'getaddrinfo',
    message: `getaddrinfo ENOTFOUND ${hostname}`,
  });
});

test('an address of another machine', () => {
  // 192.0.2.0/24 is never assigned (RFC 5737).
  expect(failure({ port: 0, hostname: '192.0.2.1' })).toEqual({
    name: 'Error',
    code: 'EADDRNOTAVAIL',
    errno: -99,
    syscall: 'listen',
    message: 'EADDRNOTAVAIL: address not available, listen',
  });
});

describe('reusePort', () => {
  test('several servers share a port when all ask for it', async () => {
    const servers: Server[] = [];
    const first = startServer({ reusePort: true, fetch: () => new Response('1') });
    servers.push(first);
    try {
      const { port } = first;
      for (const name of ['2', '3']) {
        servers.push(startServer({ port, reusePort: true, fetch: () => new Response(name) }));
      }
      expect(servers.map((server) => server.port)).toEqual([port, port, port]);
      const answers = new Set<string>();
      // The kernel spreads connections by a hash of the client's port: 200 reach all three.
      for (let i = 0; i < 200; i++) answers.add(await bodyOf(first));
      expect([...answers].sort()).toEqual(['1', '2', '3']);
    } finally {
      await Promise.all(servers.map((server) => server.stop(true)));
    }
  });

  test.each([
    [true, false],
    [false, true],
    [false, false],
  ])('not when one does not: %p, %p', async (first, second) => {
    await withServer({ reusePort: first, fetch }, async ({ port }) => {
      const refused = failure({ port, hostname: '127.0.0.1', reusePort: second });
      expect(refused.code).toBe('EADDRINUSE');
    });
  });
});

test('the port is free again after stop()', async () => {
  const first = startServer({ fetch });
  const { port } = first;
  await first.stop();
  for (let round = 0; round < 3; round++) {
    await withServer({ port, fetch }, async (server) => {
      expect(await bodyOf(server)).toBe('ok');
    });
  }
});
