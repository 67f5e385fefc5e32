// SPDX-License-Identifier: MIT
// STATIC: the same body from a static route and from a handler of the same server, in pairs; one
// request at a time, where most of the cost is the kernel's, and 16 pipelined, where it is not.
import { get } from '../lib/requests.mjs';

const contestants = ['bunserve', 'bun'];

export default {
  id: 'STATIC',
  name: 'static route against a handler',
  requests: [get('/')],
  expect: { body: 'Bun!' },
  subjects: contestants.flatMap((contestant) =>
    ['', ' x16'].flatMap((times) => {
      const load = times === '' ? {} : { pipeline: 16 };
      const key = (app) => `${contestant}:${app}${times}`;
      const subject = (app) => ({ key: key(app), contestant, app, detail: app + times, load });
      return [{ ...subject('static'), against: key('handler') }, subject('handler')];
    }),
  ),
  bars: [{ subject: 'bunserve:static', against: 'bunserve:handler', max: 0.85 }],
};
