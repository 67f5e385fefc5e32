// SPDX-License-Identifier: MIT
// Builds the fixed bytes that a workload sends, and the file in which the load client reads them.
// The headers are those of an ordinary small client. Knows nothing of servers or figures.
import { writeFileSync } from 'node:fs';

const kHeaders = { Host: 'localhost', 'User-Agent': 'bunserve-bench/1', Accept: '*/*' };

function request(method, path, headers, body) {
  const all = { ...kHeaders, ...headers };
  if (body !== undefined) all['Content-Length'] = Buffer.byteLength(body);
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`);
}

export const get = (path, headers = {}) => request('GET', path, headers);

export const post = (path, type, body, headers = {}) =>
  request('POST', path, { 'Content-Type': type, ...headers }, body);

// One variant after the other, each after its length in decimal and a line feed.
export function writeRequests(file, requests) {
  writeFileSync(
    file,
    Buffer.concat(requests.flatMap((bytes) => [Buffer.from(`${bytes.length}\n`), bytes])),
  );
}
