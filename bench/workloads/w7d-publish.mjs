// SPDX-License-Identifier: MIT
// W7D: one message to 500 subscribers; a request is one delivery.
import { socketWorkload } from '../lib/sockets.mjs';

export default socketWorkload({
  id: 'W7D',
  name: 'WebSocket publish to 500',
  app: 'ws-publish',
  text: 'x'.repeat(64),
  load: { fanout: true, connections: 500 },
  bars: [{ subject: 'bunserve', against: 'bun', max: 1.05 }],
});
