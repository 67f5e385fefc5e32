// SPDX-License-Identifier: MIT
// Routes that only show their params: decoding, many of them, and names that collide with
// properties of Object.prototype.
import { json, listening, port } from './support.mjs';

const show = (req) => json(req.params);
const many = Array.from({ length: 70 }, (_, i) => `:p${i}`).join('/');

const server = Bun.serve({
  port,
  development: false,
  routes: {
    '/d/:v': show,
    '/d2/:first/:second': show,
    '/tail/:v/*': show,
    [`/many/${many}`]: show,
    '/names/:constructor/:toString/:hasOwnProperty': (req) => json({ ...req.params }),
    '/order/:zeta/:alpha/:mid': (req) => json(Object.keys(req.params)),
    '/none': show,
    '/shape/:id': (req) => json([Object.prototype.toString.call(req.params), 'id' in req.params]),
    '/write/:id': (req) => {
      req.params.id = 'changed';
      return json(req.params);
    },
    '/twice/:id': (req) => json(req.params === req.params),
  },
  fetch: (req) => json({ route: 'fetch', url: req.url }),
});

listening({ ports: { '': server.port } });
