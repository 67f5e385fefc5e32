// SPDX-License-Identifier: MIT
// W7G: compressed messages of 1 KB of JSON come back compressed.
import { socketWorkload } from '../lib/sockets.mjs';

export default socketWorkload({
  id: 'W7G',
  name: 'WebSocket echo, compressed',
  app: 'ws-deflate',
  text: JSON.stringify(
    Array.from({ length: 20 }, (_, id) => ({ id, name: `user ${id}`, ok: true })),
  ),
  compressed: true,
  bars: [],
});
