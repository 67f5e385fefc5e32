// SPDX-License-Identifier: MIT
// W10B: resident bytes per idle WebSocket, 10,000 of them.
import { socketWorkload } from '../lib/sockets.mjs';

export default socketWorkload({
  id: 'W10B',
  name: 'memory per idle WebSocket',
  measure: 'memory',
  app: 'ws-echo',
  text: 'x'.repeat(64),
  connections: 10_000,
  bars: [{ subject: 'bunserve', against: 'bun', max: 1 }],
});
