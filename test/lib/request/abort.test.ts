// SPDX-License-Identifier: MIT
// Clients that leave, and bodies that never come: the signal, and pending or late reads.
import { Response, type ServeOptions, type Server } from 'bunserve';
import type { RawClient } from '../../helpers/raw-client.js';
import {
  connectTo,
  exchange,
  gate,
  get,
  post,
  rejectionOf,
  startServer,
  text,
  withServer,
} from '../../helpers/with-server.js';

const closed = { name: 'AbortError', code: 20, message: 'The connection was closed.' };
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const half = post('/', 'abcdef', FORM).slice(0, -3);

/** A client whose request is in its handler, and the server. */
async function entered(
  options: (enter: (req: globalThis.Request) => void) => ServeOptions,
  send: string,
): Promise<[Server, RawClient, globalThis.Request]> {
  const inside = gate<globalThis.Request>();
  const server = startServer(options(inside.open));
  const client = await connectTo(server);
  await client.write(send);
  return [server, client, await inside.promise];
}

const never = (enter: (req: globalThis.Request) => void): ServeOptions => ({
  fetch: (req) => (enter(req), gate<Response>().promise),
});

function aborted(req: globalThis.Request): Promise<unknown> {
  return new Promise((resolve) => req.signal.addEventListener('abort', resolve));
}

describe('the signal', () => {
  test.each(['destroy', 'halfClose'] as const)(
    'fires when the client leaves: %s',
    async (leave) => {
      const [server, client, req] = await entered(never, get('/'));
      const fired = aborted(req);
      expect(req.signal.aborted).toBe(false);
      client[leave]();
      await fired;
      expect(req.signal.reason).toMatchObject(closed);
      expect(req.signal.reason).toBeInstanceOf(DOMException);
      expect(req.signal).toBe(req.signal);
      client.destroy();
      await server.stop();
    },
  );

  test('is aborted when it is first read afterwards', async () => {
    const [server, client, req] = await entered(never, post('/', 'abcdef').slice(0, -3));
    const read = rejectionOf(req.text());
    client.destroy();
    await read;
    expect(req.signal.aborted).toBe(true);
    expect(req.signal.reason).toMatchObject(closed);
    await server.stop();
  });

  test('throws where it is waited on', async () => {
    const [server, client, req] = await entered(never, get('/'));
    const waiting = rejectionOf(gateUntil(req.signal));
    client.destroy();
    expect(await waiting).toEqual(closed);
    await server.stop();
  });

  test('never fires after the answer', async () => {
    let fired = 0;
    const kept: globalThis.Request[] = [];
    const fetch = (req: globalThis.Request): Response => {
      req.signal.addEventListener('abort', () => fired++);
      kept.push(req);
      return new Response('x');
    };
    await withServer(
      { routes: { '/async': async (req) => (await Promise.resolve(), fetch(req)) }, fetch },
      async (server) => {
        await exchange(server, get('/') + get('/async') + post('/', 'abc'), 3);
        await exchange(server, get('/'));
      },
    );
    expect(kept.map((req) => req.signal.aborted)).toEqual([false, false, false, false]);
    expect(fired).toBe(0);
  });

  test('belongs to one request of a connection', async () => {
    const signals: AbortSignal[] = [];
    const inside = gate();
    const fetch = (req: globalThis.Request): Response | Promise<Response> => {
      signals.push(req.signal);
      if (signals.length < 3) return new Response('x');
      inside.open();
      return gate<Response>().promise;
    };
    const server = startServer({ fetch });
    const client = await connectTo(server);
    await client.write(get('/').repeat(3));
    await inside.promise;
    const fired = new Promise((resolve) => signals[2]?.addEventListener('abort', resolve));
    client.destroy();
    await fired;
    expect(signals.map((signal) => signal.aborted)).toEqual([false, false, true]);
    await server.stop();
  });
});

function gateUntil(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

describe('a pending read', () => {
  test.each(['text', 'json', 'arrayBuffer', 'blob', 'formData'] as const)(
    '%s() rejects when the client leaves',
    async (read) => {
      const [server, client, req] = await entered(never, half);
      const waiting = rejectionOf(req[read]());
      client.destroy();
      expect(await waiting).toEqual(closed);
      await server.stop();
    },
  );

  test('of the stream', async () => {
    const [server, client, req] = await entered(never, half);
    const reader = (req.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value).toEqual(new TextEncoder().encode('abc'));
    const waiting = rejectionOf(reader.read());
    client.destroy();
    expect(await waiting).toEqual(closed);
    await server.stop();
  });

  test('rejects in the handler, which goes on to nowhere', async () => {
    const outcome = gate<unknown>();
    const options = (enter: (req: globalThis.Request) => void): ServeOptions => ({
      async fetch(req) {
        enter(req);
        outcome.open(await rejectionOf(req.text()));
        return new Response('to nobody');
      },
    });
    const [server, client] = await entered(options, half);
    client.destroy();
    expect(await outcome.promise).toEqual(closed);
    await server.stop();
  });

  test.each([false, true])(
    'rejects when the answer comes first, async handler: %p',
    async (isAsync) => {
      const outcome = gate<unknown>();
      const fetch = (req: globalThis.Request): Response | Promise<Response> => {
        void rejectionOf(req.text()).then(outcome.open);
        return isAsync ? Promise.resolve().then(() => new Response('x')) : new Response('x');
      };
      await withServer({ fetch: fetch as never }, async (server) => {
        const client = await connectTo(server);
        await client.write(half);
        await client.untilMessages(1);
        expect(await outcome.promise).toEqual(closed);
        // The rest is read past, and the connection goes on.
        await client.write(`def${post('/', 'x')}`);
        await client.untilMessages(2);
        expect(client.messages.map(text)).toEqual(['x', 'x']);
        client.destroy();
      });
    },
  );

  test('rejects when the body turns out to be malformed', async () => {
    const options = (enter: (req: globalThis.Request) => void): ServeOptions => ({
      fetch: async (req) => (
        enter(req),
        new Response(JSON.stringify(await rejectionOf(req.text())))
      ),
    });
    const send = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc';
    const [server, client] = await entered(options, send);
    await client.write('no line end');
    await client.untilEnd();
    expect(client.messages.map(({ status }) => status)).toEqual([400]);
    client.destroy();
    await server.stop();
  });
});

test('a read after the answer rejects', async () => {
  let kept: globalThis.Request | undefined;
  await withServer({ fetch: (req) => ((kept = req), new Response('x')) }, async (server) => {
    await exchange(server, post('/', 'abc'));
    expect(await rejectionOf((kept as globalThis.Request).text())).toEqual(closed);
  });
});

describe('too large', () => {
  const options = {
    maxRequestBodySize: 8,
    fetch: async (req: globalThis.Request) => new Response(await req.text()),
  };
  test.each([
    ['at the limit', post('/', '12345678'), [200]],
    ['above it', post('/', '123456789'), [413]],
    [
      'chunked above it',
      `${post('/', '').replace('Content-Length: 0', 'Transfer-Encoding: chunked')}9\r\n123456789\r\n0\r\n\r\n`,
      [413],
    ],
  ])('%s', async (_, send, statuses) => {
    await withServer(options, async (server) => {
      const client = await connectTo(server);
      await client.write(send);
      await client.untilMessages(1);
      expect(client.messages.map(({ status }) => status)).toEqual(statuses);
      if (statuses[0] === 413) await client.untilEnd();
      client.destroy();
    });
  });

  test('while it is being read', async () => {
    const outcome = gate<Record<string, unknown>>();
    const fetch = async (req: globalThis.Request): Promise<Response> => {
      outcome.open(await rejectionOf(req.text()));
      return new Response('never');
    };
    const routes = { '/other': new Response('other') };
    await withServer({ ...options, routes, fetch }, async (server) => {
      const client = await connectTo(server);
      await client.write(
        'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n',
      );
      await exchange(server, get('/other'));
      await client.write('5\r\n12345\r\n');
      await client.untilEnd();
      expect(client.messages.map(({ status }) => status)).toEqual([413]);
      expect((await outcome.promise).name).not.toBe('not rejected');
      client.destroy();
    });
  });
});
