// SPDX-License-Identifier: MIT
// Many connections that have each had one answer and then stay open.
import { connect } from 'node:net';

/** As many connects under way at once as fit into a listener's queue. */
const AT_ONCE = 256;

/**
 * A source address takes at most this many: beyond half of the ephemeral ports the kernel searches
 * for a free one so long that connect() itself is what takes the time.
 */
const PER_ADDRESS = 10_000;

function open(port, localAddress) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    const failed = (error) => {
      socket.destroy();
      reject(error);
    };
    const left = () => failed(new Error('the server closed a connection before it answered'));
    socket.once('error', failed);
    socket.once('end', left);
    socket.write('GET / HTTP/1.1\r\nHost: soak\r\n\r\n');
    socket.once('data', () => {
      socket.off('error', failed).off('end', left);
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** Opens `count` of them; rejects with the first that gets no answer. `progress(opened)` after each batch. */
export async function openIdle(port, count, progress = () => undefined) {
  const sockets = [];
  while (sockets.length < count) {
    const batch = Math.min(AT_ONCE, count - sockets.length);
    const address = `127.0.0.${1 + Math.floor(sockets.length / PER_ADDRESS)}`;
    sockets.push(...(await Promise.all(Array.from({ length: batch }, () => open(port, address)))));
    progress(sockets.length);
  }
  return sockets;
}
