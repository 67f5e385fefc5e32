// SPDX-License-Identifier: MIT
// W7: WebSockets. Messages of 64 bytes come back.
import { socketWorkload } from '../lib/sockets.mjs';

export default socketWorkload({
  id: 'W7',
  name: 'WebSocket echo, 64 bytes',
  app: 'ws-echo',
  text: 'x'.repeat(64),
  bars: [
    { subject: 'bunserve', against: 'bun', max: 1 },
    { subject: 'bunserve', against: 'uws', max: 2 },
  ],
});
