// SPDX-License-Identifier: MIT
// W7E: the same, 16 messages at a time.
import { socketWorkload } from '../lib/sockets.mjs';

export default socketWorkload({
  id: 'W7E',
  name: 'WebSocket publish to 500, 16 outstanding',
  app: 'ws-publish',
  text: 'x'.repeat(64),
  load: { fanout: true, connections: 500, pipeline: 16 },
  bars: [{ subject: 'bunserve', against: 'bun', max: 1.05 }],
});
