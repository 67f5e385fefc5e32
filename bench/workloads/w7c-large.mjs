// SPDX-License-Identifier: MIT
// W7C: WebSocket messages of 16 KB come back.
import { socketWorkload } from '../lib/sockets.mjs';

export default socketWorkload({
  id: 'W7C',
  name: 'WebSocket echo, 16 KB',
  app: 'ws-echo',
  text: 'x'.repeat(16_384),
  bars: [{ subject: 'bunserve', against: 'bun', max: 0.6 }],
});
