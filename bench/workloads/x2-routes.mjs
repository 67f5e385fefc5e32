// SPDX-License-Identifier: MIT
// ROUTES: a table of 10 routes against one of 10,000, half of each with a parameter; requests go
// round up to 512 routes spread over the whole table.
import { get } from '../lib/requests.mjs';

const contestants = ['bunserve', 'bun'];

function requestsFor(count) {
  const resources = count / 2;
  const used = Math.min(resources, 256);
  return Array.from({ length: used }, (_, i) => Math.floor((i * resources) / used)).flatMap((i) => [
    get(`/api/v1/resource${i}`),
    get(`/api/v1/resource${i}/7`),
  ]);
}

export default {
  id: 'ROUTES',
  name: '10,000 routes against 10',
  expect: { body: 'Bun!' },
  subjects: contestants.flatMap((contestant) => [
    {
      key: `${contestant}:10000`,
      contestant,
      app: 'routes10000',
      detail: '10,000 routes',
      requests: requestsFor(10_000),
      against: `${contestant}:10`,
    },
    {
      key: `${contestant}:10`,
      contestant,
      app: 'routes10',
      detail: '10 routes',
      requests: requestsFor(10),
    },
  ]),
  bars: [{ subject: 'bunserve:10000', against: 'bunserve:10', max: 1.15 }],
};
