// SPDX-License-Identifier: MIT
// W7F: one message to 10,000 subscribers; a request is one delivery.
import { socketWorkload } from '../lib/sockets.mjs';

export default socketWorkload({
  id: 'W7F',
  name: 'WebSocket publish to 10,000',
  app: 'ws-publish',
  text: 'x'.repeat(64),
  load: { fanout: true, connections: 10_000 },
  bars: [{ subject: 'bunserve', against: 'bun', max: 1.05 }],
});
