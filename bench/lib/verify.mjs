// SPDX-License-Identifier: MIT
// Sends a workload's bytes once over a plain socket and compares the answer with what the workload
// expects, so that no figure is taken of a server that answers wrongly. Knows no contestant.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';

const kPatience = 20_000;

function decodeChunks(bytes) {
  const parts = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) return null;
    const size = parseInt(bytes.toString('latin1', at, end), 16);
    const next = end + 2 + size + 2;
    if (Number.isNaN(size)) throw new Error('bad chunk size');
    if (bytes.length < next) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(end + 2, next - 2));
    at = next;
  }
}

// The whole answer at the start of `bytes`, or null while some of it is missing.
function parseAnswer(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const lines = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(lines[0].split(' ')[1]);
  const headers = new Map(
    lines.slice(1).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = bytes.subarray(end + 4);
  if (/chunked/i.test(headers.get('transfer-encoding') ?? '')) {
    const body = decodeChunks(rest);
    return body && { status, headers, body };
  }
  const length = Number(headers.get('content-length') ?? NaN);
  if (Number.isNaN(length)) throw new Error('neither Content-Length nor chunked');
  return rest.length < length ? null : { status, headers, body: rest.subarray(0, length) };
}

// How many bytes an answer with a Content-Length has; 0 while that is not known.
function neededFor(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return 0;
  const head = bytes.toString('latin1', 0, end);
  return end + 4 + Number(head.match(/^content-length: *(\d+)/im)?.[1] ?? 0);
}

// `address`: as node:net's connect() takes it.
export function exchange(address, request, tls) {
  return new Promise((resolve, reject) => {
    const socket = tls ? connectTls({ ...address, rejectUnauthorized: false }) : connect(address);
    const received = [];
    let size = 0;
    let needed = 0;
    const fail = (error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(kPatience, () => fail(new Error('no whole answer in time')));
    socket.on('error', fail);
    socket.on('end', () => fail(new Error('closed before the answer was whole')));
    socket.on('data', (data) => {
      received.push(data);
      size += data.length;
      // A large body comes in thousands of pieces: not put together for each of them.
      if (size < needed) return;
      try {
        const bytes = Buffer.concat(received.splice(0));
        const answer = parseAnswer(bytes);
        if (!answer) {
          received.push(bytes);
          needed = neededFor(bytes);
          return;
        }
        socket.destroy();
        resolve(answer);
      } catch (error) {
        fail(error);
      }
    });
    socket.write(request);
  });
}

export async function verify(address, requests, expect, tls) {
  for (const [index, request] of requests.entries()) {
    const { status, body } = await exchange(address, request, tls);
    const wanted = typeof expect.body === 'function' ? expect.body(index) : expect.body;
    const text = body.toString();
    if (status !== (expect.status ?? 200) || (wanted !== undefined && text !== wanted)) {
      const line = request.toString('latin1').split('\r\n')[0];
      throw new Error(
        `wrong answer to "${line}": status ${status}, body ${JSON.stringify(text.slice(0, 200))}` +
          `, expected ${JSON.stringify(String(wanted).slice(0, 200))}`,
      );
    }
  }
}
