// SPDX-License-Identifier: MIT
// CONNS: W2 over 1, 64, 1,000 and 10,000 busy connections. What grows for the floor too is the
// kernel's doing; one connection mostly shows the cost of sleeping and waking between requests.
import { get } from '../lib/requests.mjs';

const contestants = ['bunserve', 'bun', 'floor'];
const counts = [10_000, 1000, 64, 1];

export default {
  id: 'CONNS',
  name: '1 to 10,000 connections against 64',
  app: 'text',
  idle: true,
  requests: [get('/')],
  expect: { body: 'Bun!' },
  subjects: contestants.flatMap((contestant) =>
    counts.map((connections) => ({
      key: `${contestant}:${connections}`,
      contestant,
      detail:
        connections === 1 ? '1 connection' : `${connections.toLocaleString('en')} connections`,
      load: { connections },
      full: connections === 10_000 && contestant !== 'floor',
      against: connections === 64 ? undefined : `${contestant}:64`,
    })),
  ),
  bars: [{ subject: 'bunserve:10000', against: 'bun:10000', max: 0.95 }],
};
