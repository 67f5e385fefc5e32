// SPDX-License-Identifier: MIT
// A server without routes whose handler answers with what it saw. It logs each call, so that a
// case can tell "rejected before the handler" from "rejected after it"; calls under /unlogged are
// left out, for inputs where both are right.
import { echo, listening, log, port } from './support.mjs';

const server = Bun.serve({
  port,
  development: false,
  maxRequestBodySize: 64 * 1024,
  fetch(req) {
    if (!/\/(__probe|unlogged)$/.test(req.url)) log('', `${req.method} ${req.url}`);
    return echo(req);
  },
});

listening({ ports: { '': server.port } });
