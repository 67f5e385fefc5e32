// SPDX-License-Identifier: MIT
// Checked by the compiler, not run: what TypeScript knows of WebSockets. What follows a line with
// "@ts-expect-error" must be refused, the rest must pass; `npm run build:test` is the judge.
import {
  Response,
  serve,
  type Server,
  type ServerWebSocket,
  type ServerWebSocketSendStatus,
  type WebSocketCompressor,
  type WebSocketHandler,
} from 'bunserve';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only when the type argument is `true`. */
function check<T extends true>(_?: T): void {}

const seen: unknown[] = [];

interface Data {
  user: string;
}

// The type of ws.data comes from `data`, from the type argument, or is undefined.
export const byData = (): Server<Data> =>
  serve({
    fetch(req, server) {
      if (server.upgrade(req, { data: { user: 'a' } })) return;
      return new Response('no');
    },
    websocket: {
      data: {} as Data,
      open: (ws) => {
        seen.push(ws);
        check<Same<typeof ws.data, Data>>();
      },
      message(ws, message) {
        check<Same<typeof ws, ServerWebSocket<Data>>>();
        check<Same<typeof message, string | Buffer<ArrayBuffer>>>();
        // @ts-expect-error no such field
        void ws.data.nothing;
        ws.data = { user: message.toString() };
      },
    },
  });

export const byArgument = (): Server<Data> =>
  serve<Data>({
    fetch: () => new Response('x'),
    websocket: { message: (ws) => void ws.send(ws.data.user) },
  });

export const without = (): Server =>
  serve({
    // Nothing is returned for a request that was upgraded.
    routes: {
      '/a': (req, server) => {
        server.upgrade(req);
      },
      '/b': (req, server) => (server.upgrade(req) ? undefined : new Response('no')),
      '/c': { GET: async (req, server) => void server.upgrade(req) },
      '/d/:id': async (req, server) => {
        if (server.upgrade(req, { headers: { 'X-Id': req.params.id } })) return undefined;
        return new Response('no');
      },
    },
    fetch(req, server) {
      server.upgrade(req);
    },
    websocket: {
      message(ws) {
        seen.push(ws);
        check<Same<typeof ws.data, undefined>>();
      },
    },
  });

export const handler: WebSocketHandler<Data> = {
  maxPayloadLength: 1,
  backpressureLimit: 1,
  closeOnBackpressureLimit: true,
  idleTimeout: 1,
  sendPings: false,
  publishToSelf: true,
  perMessageDeflate: { compress: 'dedicated', decompress: true },
  async open() {},
  async message() {},
  drain() {},
  close(ws, code, reason) {
    seen.push(code, reason);
    check<Same<typeof code, number>>();
    check<Same<typeof reason, string>>();
    ws.publish(ws.data.user, 'gone');
  },
  ping(_, data) {
    seen.push(data);
    check<Same<typeof data, Buffer<ArrayBuffer>>>();
  },
  error(error) {
    seen.push(error);
    check<Same<typeof error, Error>>();
  },
};

// @ts-expect-error no such size
export const compressor: WebSocketCompressor = '5KB';
// @ts-expect-error seconds are a number
export const timeout: WebSocketHandler = { idleTimeout: '5' };
// @ts-expect-error a handler is a function
export const open: WebSocketHandler = { open: true };

export function members(ws: ServerWebSocket<Data>, server: Server<Data>): void {
  const status: ServerWebSocketSendStatus = ws.send('text', true);
  seen.push(status);
  check<Same<typeof status, number>>();
  ws.send(new Uint8Array(1));
  ws.send(new ArrayBuffer(1));
  ws.send(new Blob([]));
  ws.sendText('text');
  // @ts-expect-error bytes are no text
  ws.sendText(new Uint8Array(1));
  // @ts-expect-error text is no bytes
  ws.sendBinary('text');
  ws.ping();
  ws.pong('x');
  ws.close();
  ws.close(1000, 'x');
  // @ts-expect-error a code is a number
  ws.close('x');
  check<Same<ReturnType<typeof ws.subscribe>, boolean>>();
  check<Same<typeof ws.subscriptions, string[]>>();
  check<Same<typeof ws.remoteAddress, string | undefined>>();
  ws.binaryType = 'arraybuffer';
  // @ts-expect-error no such type
  ws.binaryType = 'text';
  // @ts-expect-error read-only
  ws.readyState = 3;
  const five: number = ws.cork((same) => (same === ws ? 5 : 6));
  void five;
  check<Same<ReturnType<typeof server.publish>, number>>();
  server.publish('topic', new Uint8Array(1), false);
  // @ts-expect-error a message is missing
  server.publish('topic');
  check<Same<ReturnType<typeof server.subscriberCount>, number>>();
  check<Same<typeof server.pendingWebSockets, number>>();
}
