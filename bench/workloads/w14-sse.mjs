// SPDX-License-Identifier: MIT
// W14: server-sent events to many clients. Whoever asks becomes a subscriber; each turn sends one
// event to all of them, and after twenty a client's stream ends and it asks anew. A request is
// twenty events.
import { get } from '../lib/requests.mjs';

const event = `data: ${JSON.stringify({ id: 1234, text: 'something happened' })}\n\n`;

export default {
  id: 'W14',
  name: 'SSE fan-out, 20 events to each of 256',
  app: 'sse',
  requests: [get('/', { Accept: 'text/event-stream' })],
  expect: { body: event.repeat(20) },
  load: { connections: 256 },
  bars: [],
};
