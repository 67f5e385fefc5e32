// SPDX-License-Identifier: MIT
// A server without routes whose handler answers with what it saw. It logs each call, so that a
// case can tell "rejected before the handler" from "rejected after it".
import { describeRequest, json, listening, log, port } from './support.mjs';

const server = Bun.serve({
  port,
  development: false,
  maxRequestBodySize: 64 * 1024,
  fetch(req) {
    if (!req.url.endsWith('/__probe')) log('', `${req.method} ${req.url}`);
    if (req.method === 'GET' || req.method === 'HEAD') return json(describeRequest(req, ''));
    return withBody(req);
  },
});

async function withBody(req) {
  try {
    const bytes = await req.arrayBuffer();
    return json(describeRequest(req, Buffer.from(bytes).toString('latin1')));
  } catch (error) {
    log('', `body: ${error?.name}`);
    throw error;
  }
}

listening({ ports: { '': server.port } });
