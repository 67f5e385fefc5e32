// SPDX-License-Identifier: MIT
// STATIC: the same body from a static route and from a handler of the same server, in pairs.
import { get } from '../lib/requests.mjs';

const contestants = ['bunserve', 'bun'];

export default {
  id: 'STATIC',
  name: 'static route against a handler',
  requests: [get('/')],
  expect: { body: 'Bun!' },
  subjects: contestants.flatMap((contestant) => [
    {
      key: `${contestant}:static`,
      contestant,
      app: 'static',
      detail: 'static',
      against: `${contestant}:handler`,
    },
    { key: `${contestant}:handler`, contestant, app: 'handler', detail: 'handler' },
  ]),
  bars: [{ subject: 'bunserve:static', against: 'bunserve:handler', max: 0.85 }],
};
