// SPDX-License-Identifier: MIT
// Groups 9 and 10: large messages, in one frame and in many, and many messages.
import { fault, fine, inParts, binary, says, text, type ProtocolCase } from './protocol-case.js';

const KINDS = ['text', 'binary'] as const;
const frameOf = { text, binary };
const KIB = 1024;

const payloadOf = (size: number): Buffer =>
  Buffer.alloc(size, 'abcdefghijklmnopqrstuvwxyz0123456789');
/** Two bytes a letter, so that pieces end inside of one. */
const lettersOf = (size: number): Buffer => Buffer.alloc(size, 'é');

const large = KINDS.flatMap((kind) => [
  ...[64, 256, 1024, 4096].map((kib) => {
    const payload = payloadOf(kib * KIB);
    return fine(`9 ${kind} of ${kib} KiB`, frameOf[kind](payload), says(kind, payload));
  }),
  ...[64, 256, 1024, 4096, 16_384, 65_536].map((size) => {
    const payload = lettersOf(256 * KIB);
    return fine(
      `9 ${kind} of 256 KiB in frames of ${size}`,
      inParts(kind, payload, size),
      says(kind, payload),
    );
  }),
  ...[1, 3, 7].map((size) => {
    const payload = lettersOf(4 * KIB);
    return fine(
      `9 ${kind} of 4 KiB in frames of ${size}`,
      inParts(kind, payload, size),
      says(kind, payload),
    );
  }),
  ...[0, 16, 64, 256, 1024, 4096].map((size) => {
    const payload = payloadOf(size);
    const count = 500;
    return fine(
      `9 ${count} times ${kind} of ${size} bytes`,
      Array.from({ length: count }, () => frameOf[kind](payload)),
      ...Array.from({ length: count }, () => says(kind, payload)),
    );
  }),
  fine(
    `10.1 ${kind} of 64 KiB in frames of 1300`,
    inParts(kind, payloadOf(64 * KIB), 1300),
    says(kind, payloadOf(64 * KIB)),
  ),
]);

const LIMIT = 16 * KIB * KIB;

export const cases: readonly ProtocolCase[] = [
  ...large,
  fault(
    '9 a length of the limit and a byte',
    1009,
    binary('', { lengthBytes: 8, length: LIMIT + 1 }),
  ),
  fault('9 parts that are together more than the limit', 1009, [
    Buffer.concat([inParts('binary', Buffer.alloc(65_536), 65_536)]).fill(0x02, 0, 1),
    binary('', { lengthBytes: 8, length: LIMIT - 65_535 }).fill(0x00, 0, 1),
  ]),
];
