// SPDX-License-Identifier: MIT
// Group 6: what is UTF-8 and what is not, whole and cut anywhere, told as early as it can be.
import {
  binary,
  fault,
  fine,
  inParts,
  part,
  ping,
  rest,
  says,
  text,
  type ProtocolCase,
} from './protocol-case.js';

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

/** Texts, by what is to be seen about them. */
const VALID: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  ASCII: Buffer.from('Hello-World'),
  Greek: Buffer.from('κόσμε'),
  'Greek between ASCII': Buffer.from('Hello-µ@ßöäüàá-UTF-8!!'),
  'U+0000': hex('00'),
  'the last of one byte': hex('7f'),
  'the first of two bytes': hex('c2 80'),
  'the last of two bytes': hex('df bf'),
  'the first of three bytes': hex('e0 a0 80'),
  'before the surrogates': hex('ed 9f bf'),
  'behind the surrogates': hex('ee 80 80'),
  'U+FFFD': hex('ef bf bd'),
  'U+FFFE': hex('ef bf be'),
  'the last of three bytes': hex('ef bf bf'),
  'a byte order mark': hex('ef bb bf 61'),
  'the first of four bytes': hex('f0 90 80 80'),
  'U+1FFFF': hex('f0 9f bf bf'),
  'U+FFFFF': hex('f3 bf bf bf'),
  'U+10FFFE': hex('f4 8f bf be'),
  'the last of four bytes': hex('f4 8f bf bf'),
  emoji: Buffer.from('👩‍👩‍👧‍👦 and 🇨🇭'),
  CJK: Buffer.from('漢字かな交じり文'),
};

const INVALID: Readonly<Record<string, Buffer>> = {
  'a lone continuation': hex('80'),
  'the last continuation': hex('bf'),
  'two continuations': hex('80 bf'),
  'seven continuations': hex('80 bf 80 bf 80 bf 80'),
  'all continuations': Buffer.from(Array.from({ length: 64 }, (_, i) => 0x80 + i)),
  'a start of two bytes and a space': hex('c2 20'),
  'a start of three bytes and a space': hex('e0 20'),
  'a start of four bytes and a space': hex('f0 20'),
  'the start of five bytes': hex('f8 88 80 80 80'),
  'the start of six bytes': hex('fc 84 80 80 80 80'),
  fe: hex('fe'),
  ff: hex('ff'),
  'fe and ff': hex('fe fe ff ff'),
  'an end after one of two': hex('c2'),
  'an end after one of three': hex('e2'),
  'an end after two of three': hex('e2 82'),
  'an end after one of four': hex('f0'),
  'an end after two of four': hex('f0 9f'),
  'an end after three of four': hex('f0 9f 98'),
  'a slash in two bytes': hex('c0 af'),
  'a slash in three bytes': hex('e0 80 af'),
  'a slash in four bytes': hex('f0 80 80 af'),
  'a slash in five bytes': hex('f8 80 80 80 af'),
  'a slash in six bytes': hex('fc 80 80 80 80 af'),
  'the longest overlong of two': hex('c1 bf'),
  'the longest overlong of three': hex('e0 9f bf'),
  'the longest overlong of four': hex('f0 8f bf bf'),
  'U+0000 in two bytes': hex('c0 80'),
  'U+0000 in three bytes': hex('e0 80 80'),
  'U+0000 in four bytes': hex('f0 80 80 80'),
  'U+D800': hex('ed a0 80'),
  'U+DB7F': hex('ed ad bf'),
  'U+DC00': hex('ed b0 80'),
  'U+DFFF': hex('ed bf bf'),
  'a pair of surrogates': hex('ed a0 bd ed b8 80'),
  'U+110000': hex('f4 90 80 80'),
  f5: hex('f5 80 80 80'),
  'a fault behind Greek': hex('ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0 80 65 64 69 74 65 64'),
  'a fault behind 100 letters': Buffer.concat([Buffer.alloc(100, 'a'), hex('ff')]),
  'latin-1': Buffer.from('M\u00fcnchen', 'latin1'),
};

/** The parts of a message, so far as they matter. */
const valid = Object.entries(VALID).flatMap(([name, payload]): ProtocolCase[] => [
  fine(`6 ${name}`, text(payload), says('text', payload)),
  fine(`6 ${name}, in parts of a byte`, inParts('text', payload, 1), says('text', payload)),
  fine(
    `6 ${name}, in parts with pings between`,
    [
      part('text', payload.subarray(0, payload.length >> 1)),
      ping('p'),
      rest(payload.subarray(payload.length >> 1)),
    ],
    says('pong', 'p'),
    says('text', payload),
  ),
]);

const invalid = Object.entries(INVALID).flatMap(([name, payload]): ProtocolCase[] => [
  fault(`6 ${name}`, 1007, text(payload)),
  fault(`6 ${name}, in parts of a byte`, 1007, inParts('text', payload, 1)),
  fine(`6 ${name}, in a binary message`, binary(payload), says('binary', payload)),
]);

const early: readonly ProtocolCase[] = [
  fault('6.4 a fault in a part that another one follows', 1007, part('text', hex('61 ff 61'))),
  fault('6.4 a fault over two parts, another one follows', 1007, [
    part('text', hex('f4')),
    part('continuation', hex('90')),
  ]),
  fault('6.4 a fault in the second part, another one follows', 1007, [
    part('text', 'ok'),
    part('continuation', hex('80')),
  ]),
  fault(
    '6.4 a fault in a frame that is not complete',
    1007,
    part('text', hex('ff'), { length: 1000 }),
  ),
  fault(
    '6.4 a fault in the middle of a frame that is not complete',
    1007,
    text(hex('61 62 ce fa 61'), { length: 70_000 }),
  ),
  fault(
    '6.4 an overlong start in a frame that is not complete',
    1007,
    part('text', hex('e0 80'), { length: 10 }),
  ),
];

export const cases: readonly ProtocolCase[] = [...valid, ...invalid, ...early];
