// SPDX-License-Identifier: MIT
// server.requestIP(): the peer of a request, as long as the request is under way.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { SocketAddress } from 'bunserve';
import { bodyOf, exchange, get, thrownBy, withServer } from '../../helpers/with-server.js';

type Asked = SocketAddress | null;

/** What requestIP() says in a handler at once, after an await, and when the request is over. */
async function asked(options: object, host?: string): Promise<Asked[]> {
  const answers: Asked[] = [];
  let kept: Request | undefined;
  const fetch = async (request: Request, server: { requestIP(r: Request): Asked }) => {
    kept = request;
    answers.push(server.requestIP(request));
    await turn();
    answers.push(server.requestIP(request));
    return new Response('ok');
  };
  await withServer({ ...options, fetch } as never, async (server) => {
    await exchange(server, get('/'), 1, host === undefined ? {} : { host });
    answers.push(server.requestIP(kept as Request));
  });
  return answers;
}

const port = expect.any(Number) as number;

test.each([
  ['127.0.0.1', '127.0.0.1', '127.0.0.1', 'IPv4'],
  ['::1', '::1', '::1', 'IPv6'],
  ['::', '::1', '::1', 'IPv6'],
  ['::', '127.0.0.1', '::ffff:127.0.0.1', 'IPv6'],
])('a server on %s, a client on %s', async (hostname, host, address, family) => {
  const peer = { address, family, port };
  expect(await asked({ hostname }, host)).toEqual([peer, peer, null]);
});

test("the port is the peer's own", async () => {
  let seen: Asked = null;
  const fetch = (request: Request, server: { requestIP(r: Request): Asked }): Response => {
    seen = server.requestIP(request);
    return new Response('ok');
  };
  await withServer({ fetch }, async (server) => {
    await bodyOf(server);
    expect((seen as unknown as SocketAddress).port).not.toBe(server.port);
  });
});

test('unix sockets have no address', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bunserve-test-'));
  try {
    expect(await asked({ unix: join(folder, 's') })).toEqual([null, null, null]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('requests of other origin have none', async () => {
  const answers: Asked[] = [];
  const fetch = (request: Request, server: { requestIP(r: Request): Asked }): Response => {
    answers.push(server.requestIP(request.clone() as Request));
    answers.push(server.requestIP(new Request(request.url)));
    return new Response('ok');
  };
  await withServer({ fetch }, async (server) => {
    expect(await bodyOf(server)).toBe('ok');
  });
  expect(answers).toEqual([null, null]);
});

test.each([undefined, null, 5, {}, 'x'])('%p is no request', async (value) => {
  await withServer({ fetch: () => new Response('ok') }, async (server) => {
    expect(thrownBy(() => server.requestIP(value as never))).toEqual({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
      message: 'Expected Request object',
    });
  });
});
