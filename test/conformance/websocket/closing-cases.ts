// SPDX-License-Identifier: MIT
// Group 7: how connections are closed, by whom, and with which codes.
import { frameBytes } from '../../helpers/websocket-frames.js';
import {
  binary,
  close,
  fault,
  part,
  ping,
  rest,
  says,
  text,
  type ProtocolCase,
} from './protocol-case.js';

const ALLOWED = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];
const FORBIDDEN = [
  0, 1, 99, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 32_768, 65_535,
];
const REASONS: Readonly<Record<string, string>> = {
  'no reason': '',
  'a word': 'bye',
  'a unicode reason': 'tschüß 👋',
  'a reason of 123 bytes': 'x'.repeat(123),
};

export const cases: readonly ProtocolCase[] = [
  fault('7.1.1 a text, then a close', 1000, [text('a'), close(1000)], says('text', 'a')),
  fault('7.1.2 two closes', 1000, [close(1000), close(1000)]),
  fault('7.1.3 a ping behind a close', 1000, [close(1000), ping('p')]),
  fault('7.1.4 a text behind a close', 1000, [close(1000), text('a')]),
  fault('7.1.5 a close inside a message', 1000, [part('text', 'a'), close(1000), rest('b')]),
  fault(
    '7.1.6 a large text, then a close and a ping',
    1000,
    [text('x'.repeat(262_144)), close(1000), ping('p')],
    says('text', 'x'.repeat(262_144)),
  ),
  fault('7.1.7 bytes behind a close that are no frames', 1000, [
    close(1000),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  ]),
  fault('7.3.1 a close without a code', 1005, close()),
  fault('7.3.2 a close of one byte', 1002, frameBytes('close', 'a')),
  ...Object.entries(REASONS).map(([name, reason]) =>
    fault(`7.3 a close with ${name}`, 1000, close(1000, reason)),
  ),
  fault('7.3.6 a close with a reason of 124 bytes', 1002, close(1000, 'x'.repeat(124))),
  ...['ff', 'c3', 'eda080', 'f4908080'].map((digits) =>
    fault(`7.5.1 a close whose reason is ${digits}`, 1007, close(1000, Buffer.from(digits, 'hex'))),
  ),
  ...ALLOWED.flatMap((code) => [
    fault(`7.7 close ${code}`, code, close(code)),
    fault(
      `7.7 close ${code} with a reason, behind a message`,
      code,
      [binary('a'), close(code, 'why')],
      says('binary', 'a'),
    ),
  ]),
  ...FORBIDDEN.flatMap((code) => [
    fault(`7.9 close ${code}`, 1002, close(code)),
    fault(
      `7.9 close ${code} with a reason, behind a message`,
      1002,
      [text('a'), close(code, 'why')],
      says('text', 'a'),
    ),
  ]),
];
