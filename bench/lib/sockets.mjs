// SPDX-License-Identifier: MIT
// What workloads about WebSockets send, and the check that a server answers it rightly: a handshake,
// then one frame, for which one frame must come back. Knows no contestant.
import { connect } from 'node:net';
import { deflateRawSync, inflateRawSync, constants } from 'node:zlib';
import { get } from './requests.mjs';

const kPatience = 20_000;
const kKey = [0x12, 0x34, 0x56, 0x78];
const kTail = Buffer.from([0, 0, 0xff, 0xff]);

export const handshake = (headers = {}) =>
  get('/', {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  });

/** A text frame of a client. */
export function frame(text, compressed = false) {
  const bytes = Buffer.from(text);
  const flush = { finishFlush: constants.Z_SYNC_FLUSH };
  const payload = compressed ? deflateRawSync(bytes, flush).subarray(0, -kTail.length) : bytes;
  const wide = payload.length < 126 ? 0 : 2;
  const head = Buffer.alloc(2 + wide);
  head[0] = compressed ? 0xc1 : 0x81;
  head[1] = 0x80 | (wide === 0 ? payload.length : 126);
  if (wide !== 0) head.writeUInt16BE(payload.length, 2);
  const masked = payload.map((byte, i) => byte ^ kKey[i & 3]);
  return Buffer.concat([head, Buffer.from(kKey), masked]);
}

/** The text of the whole frame at the start of `bytes`, or null. */
function readFrame(bytes) {
  if (bytes.length < 2) return null;
  const wide = bytes[1] === 126 ? 2 : bytes[1] === 127 ? 8 : 0;
  if (bytes.length < 2 + wide) return null;
  const length = wide === 0 ? bytes[1] : wide === 2 ? bytes.readUInt16BE(2) : NaN;
  const payload = bytes.subarray(2 + wide, 2 + wide + length);
  if (payload.length < length) return null;
  const isCompressed = (bytes[0] & 0x40) !== 0;
  if (!isCompressed) return payload.toString();
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  return inflateRawSync(Buffer.concat([payload, kTail]), options).toString();
}

/** Whether the server switches, and answers the frame with `expect.text` (null: with anything). */
export function verifySocket(address, [request, message], expect) {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    let received = Buffer.alloc(0);
    let isOpen = false;
    const fail = (why) => {
      socket.destroy();
      reject(new Error(why));
    };
    const succeed = () => {
      socket.destroy();
      resolve();
    };
    socket.setTimeout(kPatience, () => fail('no whole answer in time'));
    socket.on('error', ({ message: why }) => fail(why));
    socket.on('end', () => fail('closed before the answer was whole'));
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      if (!isOpen) {
        const end = received.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = received.toString('latin1', 0, end);
        if (!head.startsWith('HTTP/1.1 101 ')) return void fail(`no 101 but ${head.slice(0, 60)}`);
        if (expect.text === null) return void succeed();
        received = received.subarray(end + 4);
        isOpen = true;
        socket.write(message);
      }
      const text = readFrame(received);
      if (text === null) return;
      if (text === expect.text) succeed();
      else fail(`wrong answer ${JSON.stringify(text.slice(0, 100))}`);
    });
    socket.write(request);
  });
}

/** A workload about sockets: `text` is what is sent, and what comes back. */
export function socketWorkload({ text, compressed = false, load, ...more }) {
  const headers = compressed ? { 'Sec-WebSocket-Extensions': 'permessage-deflate' } : {};
  return {
    requests: [handshake(headers), frame(text ?? '', compressed)],
    expect: { status: 101, text: text ?? null },
    verify: verifySocket,
    load: { sockets: true, ...load },
    ...more,
  };
}
