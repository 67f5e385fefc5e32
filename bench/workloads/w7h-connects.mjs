// SPDX-License-Identifier: MIT
// W7H: a connection, its handshake, and the end of it.
import { socketWorkload } from '../lib/sockets.mjs';

export default socketWorkload({
  id: 'W7H',
  name: 'WebSocket connects',
  app: 'ws-connect',
  load: { close: true },
  bars: [],
});
