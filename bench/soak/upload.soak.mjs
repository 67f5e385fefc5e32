// SPDX-License-Identifier: MIT
//
// 1 GiB uploads to handlers that read them in different ways. The server is a fresh process each
// time; its resident memory is sampled from the moment the handler starts, after 300 small requests.
import { fork } from 'node:child_process';
import { connect } from 'node:net';

const LIMIT_MIB = 16;
const SIZE = Number(process.env.SOAK_MIB ?? 1024) * 1024 * 1024;
const WARM_UP = 300;
const WAYS = ['for-await', 'slow', 'to-disk', 'byob'];
const GET = 'GET / HTTP/1.1\r\nHost: soak\r\n\r\n';
const POST = `POST / HTTP/1.1\r\nHost: soak\r\nContent-Length: ${SIZE}\r\n\r\n`;

/** Warms the server up, then sends as fast as it takes. */
function upload(port) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const piece = Buffer.alloc(64 * 1024, 'x');
    let answers = 0;
    let sent = 0;
    const pump = () => {
      while (sent < SIZE) {
        sent += piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.on('drain', () => answers >= WARM_UP && pump());
    socket.on('data', () => {
      answers++;
      if (answers < WARM_UP) socket.write(GET);
      else if (answers === WARM_UP) {
        socket.write(POST);
        pump();
      } else {
        socket.destroy();
        resolve();
      }
    });
    socket.on('error', reject);
    socket.write(GET);
  });
}

async function soak(way) {
  const server = fork(new URL('upload-server.mjs', import.meta.url), [way, String(SIZE)]);
  try {
    const next = () => new Promise((resolve) => server.once('message', resolve));
    const { port } = await next();
    const report = next();
    await upload(port);
    const { bytes, pieces, base, peak, ms, cpuMs } = await report;
    const growth = peak - base;
    const ok = bytes === SIZE && growth < LIMIT_MIB;
    console.log(
      `  ${way.padEnd(10)} ${bytes} bytes in ${pieces} pieces, ${ms} ms, CPU ${cpuMs} ms; ` +
        `RSS ${base.toFixed(1)} -> ${peak.toFixed(1)} MiB, +${growth.toFixed(1)} ` +
        `(limit ${LIMIT_MIB}) ${ok ? 'ok' : 'FAILED'}`,
    );
    return ok;
  } finally {
    server.kill();
  }
}

export async function run() {
  let ok = true;
  for (const way of WAYS) ok = (await soak(way)) && ok;
  return ok;
}
