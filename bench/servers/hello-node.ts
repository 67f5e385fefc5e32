// SPDX-License-Identifier: MIT
// The smallest program in TypeScript on node:http: started by tsx.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const answer = (_: IncomingMessage, res: ServerResponse): void => {
  res.writeHead(200, { 'Content-Type': 'text/plain;charset=utf-8', 'Content-Length': 4 });
  res.end('Bun!');
};
createServer(answer).listen(Number(process.env.BENCH_PORT), '127.0.0.1');
