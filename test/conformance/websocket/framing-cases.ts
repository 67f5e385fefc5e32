// SPDX-License-Identifier: MIT
// Groups 1 to 5: lengths, control frames, reserved bits, opcodes, fragments.
import {
  binary,
  fault,
  fine,
  inParts,
  part,
  ping,
  pong,
  rest,
  says,
  text,
  type ProtocolCase,
} from './protocol-case.js';
import { frameBytes } from '../../helpers/websocket-frames.js';

const KINDS = ['text', 'binary'] as const;
const frameOf = { text, binary };

const lengths: readonly ProtocolCase[] = KINDS.flatMap((kind, k) => [
  ...[0, 1, 124, 125, 126, 127, 128, 1000, 65_535, 65_536, 65_537].map((size) => {
    const payload = Buffer.alloc(size, '*');
    return fine(`1.${k + 1} ${kind} of ${size} bytes`, frameOf[kind](payload), says(kind, payload));
  }),
  ...[125, 126, 65_536].map((size) => {
    const payload = Buffer.alloc(size, 'x');
    const frames = [frameOf[kind](payload), frameOf[kind](payload)];
    return fine(
      `1.${k + 1} ${kind} of ${size} bytes twice`,
      frames,
      says(kind, payload),
      says(kind, payload),
    );
  }),
  ...[0, 0xff, 0x80, 0x7f].map((byte) => {
    const payload = Buffer.alloc(kind === 'text' ? 3 : 5, kind === 'text' ? byte & 0x7f : byte);
    const key = [byte, 0, 255 - byte, 1];
    return fine(
      `1.${k + 1} ${kind} of bytes ${byte} under a key of ${key.join(' ')}`,
      frameOf[kind](payload, { key }),
      says(kind, payload),
    );
  }),
]);

const ten = Array.from({ length: 10 }, (_, i) => `ping ${i}`);

const controls: readonly ProtocolCase[] = [
  fine('2.1 an empty ping', ping(), says('pong', '')),
  fine('2.2 a ping with a text', ping('hello'), says('pong', 'hello')),
  fine(
    '2.3 a ping with bytes',
    ping(Buffer.from([0, 255, 254, 253, 0])),
    says('pong', Buffer.from([0, 255, 254, 253, 0])),
  ),
  fine('2.4 a ping of 125 bytes', ping('x'.repeat(125)), says('pong', 'x'.repeat(125))),
  fault('2.5 a ping of 126 bytes', 1002, ping('x'.repeat(126))),
  fault('2.5 a pong of 126 bytes', 1002, pong('x'.repeat(126))),
  fault('2.5 a ping of 65536 bytes', 1002, ping('x'.repeat(65_536))),
  fault('2.5 a close of 126 bytes', 1002, frameBytes('close', 'x'.repeat(126))),
  fine('2.7 a pong nobody asked for', pong()),
  fine('2.8 a pong with a text nobody asked for', pong('hello')),
  fine('2.9 a pong, then a ping', [pong('a'), ping('b')], says('pong', 'b')),
  fine(
    '2.10 ten pings',
    ten.map((one) => ping(one)),
    ...ten.map((one) => says('pong', one)),
  ),
  fine(
    '2.11 ten pings and texts',
    ten.flatMap((one) => [ping(one), text(one)]),
    ...ten.flatMap((one) => [says('pong', one), says('text', one)]),
  ),
  fault('2.12 an unmasked ping', 1002, ping('a', { masked: false })),
  fault('2.12 an unmasked pong', 1002, pong('a', { masked: false })),
  fault('2.13 a ping that goes on', 1002, part('ping', 'a')),
];

const RSV = [1, 2, 3, 4, 5, 6, 7];

const reserved: readonly ProtocolCase[] = RSV.flatMap((rsv) => [
  fault(`3.${rsv} RSV ${rsv} of a text`, 1002, text('a', { rsv })),
  fault(`3.${rsv} RSV ${rsv} of an empty text`, 1002, text('', { rsv })),
  fault(`3.${rsv} RSV ${rsv} of bytes`, 1002, binary('a', { rsv })),
  fault(`3.${rsv} RSV ${rsv} of a ping`, 1002, ping('a', { rsv })),
  fault(`3.${rsv} RSV ${rsv} of a pong`, 1002, pong('a', { rsv })),
  fault(`3.${rsv} RSV ${rsv} of a close`, 1002, frameBytes('close', '', { rsv })),
  fault(
    `3.${rsv} RSV ${rsv} behind a text and before a ping`,
    1002,
    [text('ok'), text('a', { rsv }), ping('no')],
    says('text', 'ok'),
  ),
  fault(`3.${rsv} RSV ${rsv} of a continuation`, 1002, [part('text', 'a'), rest('b', { rsv })]),
]);

const UNKNOWN = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];

const opcodes: readonly ProtocolCase[] = UNKNOWN.flatMap((opcode) => [
  fault(`4 opcode ${opcode}`, 1002, frameBytes(opcode)),
  fault(`4 opcode ${opcode} with bytes`, 1002, frameBytes(opcode, 'a')),
  fault(`4 opcode ${opcode} that goes on`, 1002, part(opcode, 'a')),
  fault(
    `4 opcode ${opcode} behind a text and before a ping`,
    1002,
    [text('ok'), frameBytes(opcode, 'a'), ping('no')],
    says('text', 'ok'),
  ),
  fault(`4 opcode ${opcode} inside a message`, 1002, [part('text', 'a'), frameBytes(opcode, 'a')]),
]);

const fragments: readonly ProtocolCase[] = [
  fault('5.1 a ping in two parts', 1002, [part('ping', 'a'), rest('b')]),
  fault('5.2 a pong in two parts', 1002, [part('pong', 'a'), rest('b')]),
  fault('5.2 a close in two parts', 1002, [part('close', 'a'), rest('b')]),
  ...KINDS.flatMap((kind) => [
    fine(`5.3 ${kind} in two parts`, [part(kind, 'one '), rest('two')], says(kind, 'one two')),
    fine(`5.4 ${kind} in three parts`, inParts(kind, Buffer.from('abc'), 1), says(kind, 'abc')),
    fine(
      `5.6 ${kind} in two parts, a ping between`,
      [part(kind, 'a'), ping('p'), rest('b')],
      says('pong', 'p'),
      says(kind, 'ab'),
    ),
    fine(
      `5.7 ${kind} in two parts, a pong between`,
      [part(kind, 'a'), pong('p'), rest('b')],
      says(kind, 'ab'),
    ),
    fine(
      `5.8 ${kind} in five parts, pings between`,
      [
        part(kind, 'a'),
        ping('1'),
        part('continuation', 'b'),
        ping('2'),
        part('continuation', 'c'),
        part('continuation', 'd'),
        ping(''),
        rest('e'),
      ],
      says('pong', '1'),
      says('pong', '2'),
      says('pong', ''),
      says(kind, 'abcde'),
    ),
    fine(
      `5.14 ${kind} in empty parts`,
      [part(kind, ''), part('continuation', ''), rest('')],
      says(kind, ''),
    ),
    fine(
      `5.14 ${kind} with its bytes in the middle`,
      [part(kind, ''), part('continuation', 'x'), rest('')],
      says(kind, 'x'),
    ),
    fine(
      `5.15 ${kind} in parts, twice`,
      [part(kind, 'a'), rest('b'), part(kind, 'c'), rest('d')],
      says(kind, 'ab'),
      says(kind, 'cd'),
    ),
    fault(`5.18 ${kind} inside ${kind}`, 1002, [part(kind, 'a'), frameOf[kind]('b')]),
    fault(`5.18 ${kind} that goes on inside ${kind}`, 1002, [part(kind, 'a'), part(kind, 'b')]),
    fault(`5.18 ${kind} inside another one, behind a continuation`, 1002, [
      part(kind, 'a'),
      part('continuation', 'b'),
      frameOf[kind]('c'),
    ]),
    fault(
      `5.19 ${kind}, a ping and a stray continuation`,
      1002,
      [frameOf[kind]('ok'), ping('p'), rest('stray')],
      says(kind, 'ok'),
      says('pong', 'p'),
    ),
  ]),
  fault('5.9 a stray continuation', 1002, rest('a')),
  fault('5.10 an empty stray continuation', 1002, rest('')),
  fault('5.11 a stray continuation that goes on', 1002, part('continuation', 'a')),
  fault('5.12 a stray continuation before a text', 1002, [rest('a'), text('b')]),
  fault(
    '5.13 a stray continuation behind a message in parts',
    1002,
    [part('text', 'a'), rest('b'), rest('c')],
    says('text', 'ab'),
  ),
  fault('5.16 binary inside text', 1002, [part('text', 'a'), binary('b')]),
  fault('5.17 text inside binary', 1002, [part('binary', 'a'), text('b')]),
  fault('5.20 no mask', 1002, text('a', { masked: false })),
  fault('5.20 an empty frame without a mask', 1002, text('', { masked: false })),
  fault('5.21 a part without a mask', 1002, [part('text', 'a'), rest('b', { masked: false })]),
  fault(
    '5.22 a length in 2 bytes that fits into 0',
    1002,
    text('x'.repeat(125), { lengthBytes: 2 }),
  ),
  fault('5.22 a length in 8 bytes that fits into 0', 1002, text('', { lengthBytes: 8 })),
  fault(
    '5.22 a length in 8 bytes that fits into 2',
    1002,
    text('x'.repeat(126), { lengthBytes: 8 }),
  ),
  fault(
    '5.23 a length with the highest bit',
    1009,
    binary('a', { lengthBytes: 8, length: 2n ** 63n }),
  ),
];

export const cases: readonly ProtocolCase[] = [
  ...lengths,
  ...controls,
  ...reserved,
  ...opcodes,
  ...fragments,
];
