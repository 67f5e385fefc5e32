// SPDX-License-Identifier: MIT
// How encrypted connections end: what is whole says so, what is cut off never looks whole.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Response, type Server } from 'bunserve';
import { Authority } from '../../helpers/certificates.js';
import { sClient } from '../../helpers/s-client.js';
import { gate, withErrorLog, withServer } from '../../helpers/with-server.js';

const tls = new Authority().issue('localhost');

interface Layers {
  readonly wire: Socket;
  readonly secure: TLSSocket;
}

/** A client whose TCP connection can be ended behind the back of its TLS. */
async function layered(server: Server): Promise<Layers> {
  const wire = connectTcp({ port: server.port as number, host: '127.0.0.1' });
  wire.on('error', () => undefined);
  const secure = connectTls({ socket: wire, rejectUnauthorized: false });
  await new Promise((resolve, reject) => {
    secure.once('secureConnect', resolve).once('error', reject);
  });
  secure.on('error', () => undefined);
  return { wire, secure };
}

const PART = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsome of it';

/** What readers of a body are told when it ends before its length. */
async function readersOf(end: (layers: Layers) => void): Promise<string[]> {
  const [begun, told] = [gate(), gate<string[]>()];
  const fetch = async (req: Request): Promise<Response> => {
    const copy = req.clone();
    const failure = (error: unknown): string => (error as Error).name;
    const whole = req.text().catch(failure);
    const aborted = new Promise((resolve) => {
      req.signal.addEventListener('abort', () => resolve('aborted'));
    });
    const pieces = (async () => {
      for await (const piece of copy.body as unknown as AsyncIterable<Uint8Array>) void piece;
      return 'complete';
    })().catch(failure);
    begun.open();
    told.open((await Promise.all([whole, pieces, aborted])) as string[]);
    return new Response('never');
  };
  let result: string[] = [];
  await withServer({ tls, fetch: fetch as never }, async (server) => {
    const layers = await layered(server);
    layers.secure.write(PART);
    await begun.promise;
    end(layers);
    result = await told.promise;
    layers.wire.destroy();
  });
  return result;
}

describe('a body that is cut off is an error, not a shorter body', () => {
  const ends: [string, (layers: Layers) => void][] = [
    ['FIN without close_notify', ({ wire }) => wire.end()],
    ['close_notify and FIN', ({ secure }) => secure.end()],
    ['RST', ({ wire }) => wire.resetAndDestroy()],
    ['what is no record', ({ wire }) => wire.write('not TLS at all, and long enough to tell')],
  ];
  test.each(ends)('%s', async (_name, end) => {
    expect(await readersOf(end)).toEqual(['AbortError', 'AbortError', 'aborted']);
  });
});

describe.each(['-tls1_2', '-tls1_3'])('%s', (version) => {
  test('what is whole ends with close_notify', async () => {
    await withServer({ tls, fetch: () => new Response('whole') }, async ({ port }) => {
      const { text, isWhole } = await sClient(port, [version]);
      expect([text.includes('whole'), isWhole]).toEqual([true, true]);
    });
  });

  test('a body that fails does not', async () => {
    const body = (): ReadableStream =>
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(new TextEncoder().encode('half'));
          await new Promise((resolve) => setImmediate(resolve));
          controller.error(new Error('no more'));
        },
      });
    await withErrorLog(() =>
      withServer({ tls, fetch: () => new Response(body()) }, async ({ port }) => {
        const { text, isWhole } = await sClient(port, [version]);
        expect([text.includes('200 OK'), isWhole]).toEqual([true, false]);
      }),
    );
  });
});

test('a client that has said its end is answered still', async () => {
  const [asked, answer] = [gate(), gate()];
  const fetch = async (): Promise<Response> => {
    asked.open();
    await answer.promise;
    return new Response('late');
  };
  await withServer({ tls, fetch: fetch as never }, async (server) => {
    const socket = connectTls({
      ...{ port: server.port as number, host: '127.0.0.1', allowHalfOpen: true },
      rejectUnauthorized: false,
    });
    let received = '';
    socket.on('data', (data: Buffer) => (received += data.toString()));
    socket.end('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await asked.promise;
    answer.open();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(received).toMatch(/^HTTP\/1\.1 200 OK[^]*late$/);
  });
});

test('idle connections of a server that stops are told', async () => {
  await withServer({ tls, fetch: () => new Response('x') }, async (server) => {
    const waiting = sClient(server.port, [], 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const { secure } = await layered(server);
    secure.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await new Promise((resolve) => secure.once('data', resolve));
    const ended = new Promise((resolve) => secure.once('end', resolve));
    while (server.closeIdleConnections() === 0) await new Promise(setImmediate);
    await ended;
    await server.stop(true);
    await waiting;
  });
});
