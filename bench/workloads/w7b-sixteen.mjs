// SPDX-License-Identifier: MIT
// W7B: the same, 16 messages at a time.
import { socketWorkload } from '../lib/sockets.mjs';

export default socketWorkload({
  id: 'W7B',
  name: 'WebSocket echo, 64 bytes, 16 outstanding',
  app: 'ws-echo',
  text: 'x'.repeat(64),
  load: { pipeline: 16 },
  bars: [],
});
