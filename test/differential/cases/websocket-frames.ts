// SPDX-License-Identifier: MIT
// What clients send: frames as they should be, and every way in which they should not.
import { closePayload, type FrameOptions, type Opcode } from '../../helpers/websocket-frames.js';
import type { DifferentialCase } from '../case.js';
import { DEFLATE, frame, sockets, socket, text, type SocketCase } from './socket.js';

const CODE = {
  message: 'log("message", message.length > 200 ? message.length : message)',
  ping: 'log("ping", message)',
  pong: 'log("pong", message)',
  close: 'log("close", code, reason)',
};

/** Frames, and how many lines of the log they make. */
function sent(name: string, bytes: string, lines: number, more: Partial<SocketCase> = {}) {
  return socket({ name, code: CODE, send: [bytes], lines, ...more });
}

/** Frames that end the connection. */
function broken(name: string, bytes: string, more: Partial<SocketCase> = {}) {
  return sent(name, bytes, 1, { gives: '101 closed', ...more });
}

const part = (opcode: Opcode, payload: string | Buffer, more: FrameOptions = {}): string =>
  frame(opcode, payload, { fin: false, ...more });

const proper: readonly DifferentialCase[] = [
  sent('a text', text('hello'), 1),
  sent('an empty text', text(''), 1),
  sent('bytes', frame('binary', Buffer.from([0, 255, 128])), 1),
  sent('an empty binary', frame('binary'), 1),
  sent(
    'a text of 125, 126, 65535 and 65536 bytes',
    [125, 126, 65_535, 65_536].map((n) => text('x'.repeat(n))).join(''),
    4,
  ),
  sent('unicode', text('é€😀'), 1),
  sent('a key of zeros', frame('text', 'abc', { key: [0, 0, 0, 0] }), 1),
  sent('parts', part('text', 'a') + part('continuation', 'b') + frame('continuation', 'c'), 1),
  sent('empty parts', part('text', '') + part('continuation', '') + frame('continuation', ''), 1),
  sent(
    'parts with a ping between',
    part('text', 'a') + frame('ping', 'p') + frame('continuation', 'b'),
    2,
  ),
  sent(
    'a character over two parts',
    part('text', Buffer.from([0xc3])) + frame('continuation', Buffer.from([0xa9])),
    1,
  ),
  sent('a ping', frame('ping', 'p'), 1),
  sent('an empty ping', frame('ping'), 1),
  sent('a ping of 125 bytes', frame('ping', 'p'.repeat(125)), 1),
  sent('a pong nobody asked for', frame('pong', 'p'), 1),
  sent('ten pings', Array.from({ length: 10 }, (_, i) => frame('ping', `${i}`)).join(''), 10),
  sent('many small messages', Array.from({ length: 200 }, (_, i) => text(`${i}`)).join(''), 200),
  socket({
    name: 'a message in single bytes',
    code: CODE,
    send: [
      { send: part('text', 'ab') + frame('ping', 'p') + frame('continuation', 'é'), pieces: 1 },
    ],
    lines: 2,
  }),
];

const closing: readonly DifferentialCase[] = [
  broken('an empty close', frame('close')),
  broken('a close', frame('close', closePayload(1000, 'bye'))),
  ...[
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
  ].map((code) => broken(`close ${code}`, frame('close', closePayload(code)))),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code) =>
    broken(`close ${code}, which is none`, frame('close', closePayload(code))),
  ),
  broken('a close of one byte', frame('close', Buffer.from([3]))),
  broken('a close with a reason of 123 bytes', frame('close', closePayload(1000, 'x'.repeat(123)))),
  broken('a close with a unicode reason', frame('close', closePayload(1000, 'é😀'))),
  broken(
    'a close whose reason is no UTF-8',
    frame('close', closePayload(1000, Buffer.from([0xff]))),
  ),
  broken('frames behind a close', frame('close', closePayload(1000)) + text('a')),
  broken(
    'a close inside a fragmented message',
    part('text', 'a') + frame('close', closePayload(1000)),
  ),
  sockets(1, {
    name: 'no close at all',
    code: CODE,
    send: [{ halfClose: true }],
    lines: 1,
    gives: ['101 closed'],
  }),
];

const faults: readonly DifferentialCase[] = [
  broken('no mask', frame('text', 'a', { masked: false })),
  broken('a ping without a mask', frame('ping', 'a', { masked: false })),
  broken('RSV1', frame('text', 'a', { rsv: 4 })),
  broken('RSV2', frame('text', 'a', { rsv: 2 })),
  broken('RSV3', frame('text', 'a', { rsv: 1 })),
  broken('all of RSV', frame('text', 'a', { rsv: 7 })),
  broken('RSV1 of a ping', frame('ping', 'a', { rsv: 4 })),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    broken(`opcode ${opcode}`, frame(opcode, 'a')),
  ),
  broken('an empty frame of opcode 3', frame(3)),
  broken('a ping of 126 bytes', frame('ping', 'x'.repeat(126))),
  broken('a close of 126 bytes', frame('close', 'x'.repeat(126))),
  broken('a fragmented ping', part('ping', 'a')),
  broken('a fragmented close', part('close', closePayload(1000))),
  broken('a stray continuation', frame('continuation', 'a')),
  broken('a stray continuation that goes on', part('continuation', 'a')),
  broken('a message inside a message', part('text', 'a') + text('b')),
  broken('a binary inside a text', part('text', 'a') + frame('binary', 'b')),
  sent('a continuation behind the end', text('a') + frame('continuation', 'b'), 2, {
    gives: '101 closed',
  }),
  sent('a text, then a fault', text('a') + frame(3, 'a'), 2, { gives: '101 closed' }),
  broken('no UTF-8', frame('text', Buffer.from([0xff]))),
  broken('an overlong form', frame('text', Buffer.from([0xc0, 0xaf]))),
  broken('a surrogate', frame('text', Buffer.from([0xed, 0xa0, 0x80]))),
  broken('a character that is cut', frame('text', Buffer.from([0xe2, 0x82]))),
  broken('beyond U+10FFFF', frame('text', Buffer.from([0xf4, 0x90, 0x80, 0x80]))),
  broken(
    'no UTF-8 in a later part',
    part('text', 'a') + frame('continuation', Buffer.from([0xff])),
  ),
  broken('HTTP instead of frames', 'GET / HTTP/1.1\r\nHost: test\r\n\r\n'),
  broken('a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
  broken('zeros', '\0'.repeat(64)),
];

const SMALL = { websocket: '{ maxPayloadLength: 100 }' };

const limits: readonly DifferentialCase[] = [
  sent('exactly the limit', text('x'.repeat(100)), 1, SMALL),
  broken('a byte more than the limit', text('x'.repeat(101)), SMALL),
  broken(
    'parts whose sum is more',
    part('text', 'x'.repeat(60)) + frame('continuation', 'x'.repeat(60)),
    SMALL,
  ),
  sent(
    'parts whose sum is the limit',
    part('text', 'x'.repeat(50)) + frame('continuation', 'x'.repeat(50)),
    1,
    SMALL,
  ),
  broken('a length of 2^31', frame('binary', 'a', { lengthBytes: 8, length: 2 ** 31 })),
  broken('a length of 2^32', frame('binary', 'a', { lengthBytes: 8, length: 2n ** 32n })),
  broken('a length of 2^63', frame('binary', 'a', { lengthBytes: 8, length: 2n ** 63n })),
  broken('a length of 2^64 - 1', frame('binary', 'a', { lengthBytes: 8, length: 2n ** 64n - 1n })),
  broken(
    'the default limit and a byte',
    frame('binary', 'a', { lengthBytes: 8, length: 16 * 1024 * 1024 + 1 }),
  ),
  broken('a limit of zero', text('a'), { websocket: '{ maxPayloadLength: 0 }' }),
  sent('a limit of zero and an empty message', text(''), 1, {
    websocket: '{ maxPayloadLength: 0 }',
  }),
];

const DEFLATES = { websocket: '{ perMessageDeflate: true }', headers: [DEFLATE] };
const HELLO = Buffer.from([0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]);
const packed = (payload: Buffer, more: FrameOptions = {}): string =>
  frame('text', payload, { rsv: 4, ...more });

const compressed: readonly DifferentialCase[] = [
  sent('compressed', packed(HELLO), 1, DEFLATES),
  sent('compressed twice', packed(HELLO) + packed(HELLO), 2, DEFLATES),
  sent(
    'compressed in parts',
    packed(HELLO.subarray(0, 3), { fin: false }) + frame('continuation', HELLO.subarray(3)),
    1,
    DEFLATES,
  ),
  sent(
    'compressed, with a ping between',
    packed(HELLO.subarray(0, 3), { fin: false }) +
      frame('ping', 'p') +
      frame('continuation', HELLO.subarray(3)),
    2,
    DEFLATES,
  ),
  sent('not compressed where it might be', text('plain'), 1, DEFLATES),
  sent('compressed without a byte', packed(Buffer.alloc(0)), 1, DEFLATES),
  sent(
    'an empty part that says it is compressed',
    packed(Buffer.alloc(0), { fin: false }) + frame('continuation', HELLO),
    1,
    DEFLATES,
  ),
  sent('compressed nothing', packed(Buffer.from([0x00])), 1, DEFLATES),
  sent(
    'a stored block',
    packed(Buffer.from([0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00])),
    1,
    DEFLATES,
  ),
  sent(
    'two blocks',
    packed(
      Buffer.from([0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00]),
    ),
    1,
    DEFLATES,
  ),
  sent(
    'a last block',
    packed(Buffer.from([0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00])),
    1,
    DEFLATES,
  ),
  broken(
    'RSV1 of a continuation',
    part('text', 'a') + frame('continuation', 'b', { rsv: 4 }),
    DEFLATES,
  ),
  broken('RSV1 of a ping where it is agreed upon', frame('ping', 'a', { rsv: 4 }), DEFLATES),
  broken('RSV1 and RSV2', frame('text', HELLO, { rsv: 6 }), DEFLATES),
  broken('what is not compressed', packed(Buffer.from([0xff, 0xff, 0xff, 0xff])), DEFLATES),
  broken('compressed no UTF-8', packed(Buffer.from([0xfa, 0x0f, 0x00])), DEFLATES),
  broken('compressed beyond the limit', packed(HELLO), {
    ...DEFLATES,
    websocket: '{ perMessageDeflate: true, maxPayloadLength: 4 }',
  }),
  sent('compressed up to the limit', packed(Buffer.from([0x4b, 0x4c, 0x04, 0x02, 0x00])), 1, {
    ...DEFLATES,
    websocket: '{ perMessageDeflate: true, maxPayloadLength: 5 }',
  }),
];

/** A length in more bytes than it needs. */
function tooLong(name: string, payload: string, lengthBytes: 2 | 8): DifferentialCase {
  const why = 'Received a length in more bytes than it needs';
  const frames = [`close 1002 "${why}"`];
  const ours = { gives: '101 closed', frames, log: [`"close" 1006 "${why}"`] };
  const test = { divergence: 'websocket-length', ours } as const;
  return sent(name, text(payload, { lengthBytes }), 1, test);
}

const lengths: readonly DifferentialCase[] = [
  tooLong('5 bytes, length in 2', 'hello', 2),
  tooLong('5 bytes, length in 8', 'hello', 8),
  tooLong('200 bytes, length in 8', 'x'.repeat(200), 8),
  broken('a ping with its length in 2', frame('ping', 'p', { lengthBytes: 2 })),
];

export const cases: readonly DifferentialCase[] = [
  ...proper,
  ...closing,
  ...faults,
  ...limits,
  ...compressed,
  ...lengths,
];
