// SPDX-License-Identifier: MIT
// A server whose handler fails once the connection is a socket.
const kind = process.argv[2];

const server = Bun.serve({
  port: 0,
  fetch(req, self) {
    self.upgrade(req);
    const error = new Error('after the upgrade');
    if (kind === 'throws') throw error;
    return Promise.reject(error);
  },
  websocket: { message: (ws, message) => void ws.send(message) },
});
console.log(JSON.stringify({ port: server.port }));
