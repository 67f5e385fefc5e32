// SPDX-License-Identifier: MIT
// Hosts the small servers that cases bring along as source text: one Bun.serve per distinct text,
// all in this process. A text is a function of the scope below that returns serve() options; what
// serve() throws is reported instead of a port, because some cases are about exactly that.
import { readFileSync } from 'node:fs';
import { shown, sockets } from './sockets.mjs';
import { echo, json, listening, log } from './support.mjs';

const snippets = JSON.parse(readFileSync(process.env.APP_SNIPPETS, 'utf8'));
const ports = {};
const failures = {};

for (const [id, source] of Object.entries(snippets)) {
  const scope = { echo, json, log: (line) => log(id, line), sockets, shown, Bun };
  try {
    const options = new Function(`return (${source});`)()(scope);
    const server = Bun.serve({ port: 0, development: false, ...options });
    scope.server = server;
    ports[id] = server.port;
  } catch (error) {
    failures[id] = `${error?.name}: ${error?.message}`;
  }
}

listening({ ports, failures });
