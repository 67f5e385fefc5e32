// SPDX-License-Identifier: MIT
// The examples of Bun's documentation that have to do with WebSockets, each with a port of its own and
// with a `fetch` where it leaves that out.
const upgrading = (req, server) => (server.upgrade(req) ? undefined : new Response('no'));

const metrics = Bun.serve({
  port: 0,
  fetch(req, server) {
    if (server.upgrade(req)) return undefined;
    return new Response(
      `Active requests: ${server.pendingRequests}\n` +
        `Active WebSockets: ${server.pendingWebSockets}`,
    );
  },
  websocket: { message() {} },
});

const counting = Bun.serve({
  port: 0,
  fetch(req, server) {
    if (server.upgrade(req)) return undefined;
    const chatUsers = server.subscriberCount('chat');
    return new Response(`${chatUsers} users in chat`);
  },
  websocket: {
    message(ws) {
      ws.subscribe('chat');
      ws.send('subscribed');
    },
  },
});

const publishing = Bun.serve({
  port: 0,
  websocket: {
    open: (ws) => ws.subscribe('chat'),
    message() {
      // Publish to all "chat" subscribers
      publishing.publish('chat', 'Hello everyone!');
    },
  },
  fetch: upgrading,
});

const configured = Bun.serve({
  port: 0,
  fetch: upgrading,
  websocket: {
    // Maximum message size (in bytes)
    maxPayloadLength: 64 * 1024,

    // Backpressure limit before messages are dropped
    backpressureLimit: 1024 * 1024,

    // Close connection if backpressure limit is hit
    closeOnBackpressureLimit: true,

    // Handler called when backpressure is relieved
    drain() {
      console.log('Backpressure relieved');
    },

    // Enable per-message deflate compression
    perMessageDeflate: {
      compress: true,
      decompress: true,
    },

    // Send ping frames to keep connection alive
    sendPings: true,

    // Handlers for ping/pong frames
    ping(ws, data) {
      ws.send(`Received ping ${data}`);
    },
    pong(ws, data) {
      ws.send(`Received pong ${data}`);
    },

    // Whether server receives its own published messages
    publishToSelf: false,

    message: (ws, message) => void ws.send(message, true),
  },
});

const ports = [metrics, counting, publishing, configured].map(({ port }) => port);
console.log(JSON.stringify({ ports }));
process.stdin.on('end', () => process.exit(0)).resume();
