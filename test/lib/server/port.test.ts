// SPDX-License-Identifier: MIT
// Where the default port comes from: $BUN_PORT, $PORT, $NODE_PORT, 3000, in this order.
import { serve } from 'bunserve';
import { freePort } from '../../helpers/free-port.js';

const NAMES = ['BUN_PORT', 'PORT', 'NODE_PORT'] as const;
const fetch = (): Response => new Response('ok');
const hostname = '127.0.0.1';

/** The port that serve() took or, when another program has it, the one it asked for. */
async function chosenPort(options: object = {}): Promise<number | undefined> {
  try {
    const server = serve({ hostname, fetch, development: false, ...options });
    const { port } = server;
    await server.stop(true);
    return port;
  } catch (error) {
    const text = /^Failed to start server\. Is port (\d+) in use\?$/.exec((error as Error).message);
    if (text === null) throw error;
    return Number(text[1]);
  }
}

describe('default port', () => {
  const before = { ...process.env };
  let ports: number[] = [];

  beforeAll(async () => {
    ports = [await freePort(), await freePort(), await freePort()];
  });
  beforeEach(() => {
    for (const name of NAMES) delete process.env[name];
  });
  afterAll(() => {
    for (const name of NAMES) {
      delete process.env[name];
      if (before[name] !== undefined) process.env[name] = before[name];
    }
  });

  function setAll(): void {
    NAMES.forEach((name, i) => (process.env[name] = String(ports[i])));
  }

  test('each variable goes before the next', async () => {
    setAll();
    for (const [i, name] of NAMES.entries()) {
      expect(await chosenPort()).toBe(ports[i]);
      delete process.env[name];
    }
  });

  test('3000 without any', async () => {
    expect(await chosenPort()).toBe(3000);
  });

  test('an empty variable is no variable', async () => {
    process.env.BUN_PORT = '';
    process.env.PORT = String(ports[0]);
    expect(await chosenPort()).toBe(ports[0]);
  });

  test.each(['abc', '-1', '65536', '1.5'])('an invalid one gives 3000: %s', async (value) => {
    process.env.PORT = value;
    process.env.NODE_PORT = String(ports[0]);
    expect(await chosenPort()).toBe(3000);
  });

  test.each([null, undefined, ''])('option %p is absent', async (port) => {
    setAll();
    expect(await chosenPort({ port })).toBe(ports[0]);
  });

  test('the option wins, as a number or a string', async () => {
    process.env.BUN_PORT = String(ports[0]);
    expect(await chosenPort({ port: ports[1] })).toBe(ports[1]);
    expect(await chosenPort({ port: String(ports[2]) })).toBe(ports[2]);
  });
});
