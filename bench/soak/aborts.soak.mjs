// SPDX-License-Identifier: MIT
// Clients that leave at random points of random requests, by FIN, by RST, and half-closed.
// Options: count=100000 clients=64 seed=1.
import { connect } from 'node:net';
import { soaking } from './lib/soak.mjs';

/** Small and repeatable (mulberry32). */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const get = (path) => `GET ${path} HTTP/1.1\r\nHost: soak\r\n\r\n`;
const post = (path, body) =>
  `POST ${path} HTTP/1.1\r\nHost: soak\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const chunked = (path, ...chunks) => {
  const framed = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
  return `POST ${path} HTTP/1.1\r\nHost: soak\r\nTransfer-Encoding: chunked\r\n\r\n${framed}`;
};
const body = 'b'.repeat(30_000);

const requests = [
  get('/'),
  get('/static') + get('/static-large'),
  get('/large'),
  get('/string') + get('/'),
  get('/soon').repeat(3),
  get('/wait'),
  get('/wait') + get('/fail'),
  get('/signal'),
  get('/forget'),
  get('/fail').repeat(4),
  post('/read', body),
  post('/json', '{"a":[1,2,3]}'),
  chunked('/read', 'abc', body, ''),
  chunked('/read', 'abc', body),
  `${chunked('/read', 'abc')}zz\r\n`,
  post('/forget', body),
  get('/missing'),
  'garbage\r\n\r\n',
];

/** One client; resolves when its socket is gone. */
function live(port, random) {
  return new Promise((resolve) => {
    const request = requests[Math.floor(random() * requests.length)];
    const sent = random() < 0.5 ? request.length : Math.floor(random() * (request.length + 1));
    const moment = random();
    const how = random();
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const leave = () => {
      if (how < 0.4) socket.destroy();
      else if (how < 0.8) socket.resetAndDestroy();
      else {
        socket.end();
        socket.once('end', () => socket.destroy());
        // A response of 3 MB is not waited for.
        // (Unread data make it a reset; after end() Node's own reset loses the 'close' event.)
        socket.once('data', () => socket.destroy());
      }
    };
    socket.on('error', () => undefined);
    socket.on('close', resolve);
    socket.on('end', () => socket.destroy());
    socket.on('connect', () => {
      const split = Math.floor(random() * sent);
      socket.write(request.slice(0, split), 'latin1');
      const rest = () => socket.write(request.slice(split, sent), 'latin1');
      if (moment < 0.2) {
        leave();
      } else if (moment < 0.5) {
        rest();
        leave();
      } else if (moment < 0.8) {
        setImmediate(() => {
          rest();
          setImmediate(leave);
        });
      } else {
        rest();
        socket.once('data', leave);
        // Some requests have no answer.
        setTimeout(leave, 20);
      }
    });
  });
}

export const run = () =>
  soaking('100,000 clients that leave at random points', async (soak) => {
    const count = soak.option('count', 100_000);
    const clients = soak.option('clients', 64);
    const random = randomFrom(soak.option('seed', 1));
    const server = await soak.serve({ SOAK_IDLE: '0' });
    const rounds = async (many) => {
      let left = many;
      await Promise.all(
        Array.from({ length: clients }, async () => {
          while (left > 0) {
            if (--left % 1000 === 0) soak.progress(`${left} left`);
            await live(server.port, random);
          }
        }),
      );
    };
    await rounds(Math.ceil(count / 10));
    const before = await server.counters();
    const began = performance.now();
    await rounds(count);
    const seconds = (performance.now() - began) / 1000;
    const after = await server.counters();
    soak.figure('clients that left', `${count} in ${seconds.toFixed(1)} s`);
    soak.figure('abort events', after.aborted);
    soak.checkBaseline(before, after, 32);
  });
