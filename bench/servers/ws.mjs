// SPDX-License-Identifier: MIT
// The WebSocket apps on `ws`, written as its users write them. Knows nothing of how it is measured.
import { WebSocketServer } from 'ws';

const clients = (server) => server.clients;

const apps = {
  'ws-echo': { message: (socket, data, isBinary) => socket.send(data, { binary: isBinary }) },
  'ws-deflate': {
    options: {
      perMessageDeflate: {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        threshold: 0,
      },
    },
    message: (socket, data, isBinary) => socket.send(data, { binary: isBinary }),
  },
  'ws-publish': {
    message: (_, data, isBinary, server) => {
      for (const one of clients(server)) one.send(data, { binary: isBinary });
    },
  },
  'ws-connect': { open: (socket) => socket.close() },
};

const app = apps[process.argv[2]];
if (!app) process.exit(64);
const server = new WebSocketServer({
  port: Number(process.env.BENCH_PORT),
  host: '127.0.0.1',
  perMessageDeflate: false,
  ...app.options,
});
server.on('connection', (socket) => {
  socket.on('error', () => {});
  app.open?.(socket);
  if (app.message) {
    socket.on('message', (data, isBinary) => app.message(socket, data, isBinary, server));
  }
});
