// SPDX-License-Identifier: MIT
// Groups 12 and 13: compressed messages of several kinds and sizes, under every parameter of
// permessage-deflate, with and without memory of the messages before, and what is no deflate stream.
import { constants, deflateRawSync } from 'node:zlib';
import { frameBytes } from '../../helpers/websocket-frames.js';
import {
  close,
  fault,
  part,
  ping,
  rest,
  says,
  type Answer,
  type ProtocolCase,
} from './protocol-case.js';

const RSV1 = 4;
const TAIL = 4;

interface Packing {
  readonly windowBits?: number;
  readonly level?: number;
  /** What was sent before, for clients that remember. */
  readonly dictionary?: Buffer;
}

function packed(payload: Buffer, { dictionary, ...more }: Packing = {}): Buffer {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, ...more };
  const known = dictionary !== undefined && dictionary.length > 0 ? { dictionary } : {};
  return deflateRawSync(payload, { ...options, ...known }).subarray(0, -TAIL);
}

/** A compressed message, in frames of `size` bytes when said. */
function frames(opcode: 'text' | 'binary', deflated: Buffer, size = deflated.length || 1): Buffer {
  const made: Buffer[] = [];
  for (let at = 0; at === 0 || at < deflated.length; at += size) {
    const fin = at + size >= deflated.length;
    const piece = deflated.subarray(at, at + size);
    made.push(
      frameBytes(at === 0 ? opcode : 'continuation', piece, { fin, rsv: at === 0 ? RSV1 : 0 }),
    );
  }
  return Buffer.concat(made);
}

/** Bytes without a pattern, always the same ones. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 0x2545f491;
  for (let i = 0; i < size; i += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

const repeated = (text: string, size: number): Buffer => {
  const bytes = Buffer.alloc(size, text);
  // No character is cut at the end.
  for (let at = size - 1; at >= 0 && (bytes[at]! & 0x80) !== 0; at -= 1) bytes[at] = 0x2e;
  return bytes;
};

const CONTENTS: readonly [name: string, kind: 'text' | 'binary', make: (size: number) => Buffer][] =
  [
    ['one letter', 'text', (size) => repeated('a', size)],
    ['JSON', 'text', (size) => repeated('{"id":1234,"name":"x","tags":["a","b"]},', size)],
    ['Greek', 'text', (size) => repeated('κόσμε ', size)],
    ['zeros', 'binary', (size) => Buffer.alloc(size)],
    ['noise', 'binary', noise],
  ];

const SIZES = [0, 1, 16, 64, 256, 1024, 4096, 16_384, 65_536, 131_072];

const contents: readonly ProtocolCase[] = CONTENTS.flatMap(([name, kind, make], n) =>
  SIZES.flatMap((size): ProtocolCase[] => {
    const payload = make(size);
    const count = size > 4096 ? 3 : 20;
    const answers = Array.from({ length: count }, () => says(kind, payload));
    const message = frames(kind, packed(payload));
    const cut = frames(kind, packed(payload), Math.max(1, size >> 4));
    const deflate = { offer: 'permessage-deflate', server: 'shared' } as const;
    const bytes = (one: Buffer): Buffer => Buffer.concat([...answers.map(() => one), close(1000)]);
    return [
      {
        id: `12.${n + 1} ${name}, ${count} of ${size}`,
        bytes: bytes(message),
        answers,
        code: 1000,
        deflate,
      },
      {
        id: `12.${n + 1} ${name}, ${count} of ${size} in parts`,
        bytes: bytes(cut),
        answers,
        code: 1000,
        deflate,
      },
    ];
  }),
);

interface Setting {
  readonly name: string;
  readonly offer: string;
  readonly server: 'shared' | 'dedicated' | 'small';
  readonly windowBits?: number;
  readonly remembers?: boolean;
}

const D = 'permessage-deflate';
const SETTINGS: readonly Setting[] = [
  { name: 'nothing said', offer: D, server: 'dedicated', remembers: true },
  {
    name: 'the server forgets',
    offer: `${D}; server_no_context_takeover`,
    server: 'dedicated',
    remembers: true,
  },
  { name: 'the client forgets', offer: `${D}; client_no_context_takeover`, server: 'dedicated' },
  {
    name: 'both forget',
    offer: `${D}; client_no_context_takeover; server_no_context_takeover`,
    server: 'dedicated',
  },
  {
    name: 'a server window of 9',
    offer: `${D}; server_max_window_bits=9`,
    server: 'dedicated',
    remembers: true,
  },
  {
    name: 'a server window of 12',
    offer: `${D}; server_max_window_bits=12; client_max_window_bits`,
    server: 'dedicated',
    remembers: true,
  },
  {
    name: 'a client window of 9',
    offer: `${D}; client_max_window_bits=9`,
    server: 'dedicated',
    windowBits: 9,
    remembers: true,
  },
  {
    name: 'small windows of the server',
    offer: `${D}; client_max_window_bits`,
    server: 'small',
    windowBits: 9,
    remembers: true,
  },
  { name: 'two offers', offer: `${D}; server_max_window_bits=9, ${D}`, server: 'shared' },
];

const settings: readonly ProtocolCase[] = SETTINGS.flatMap(({ name, offer, server, ...how }, n) =>
  [16, 256, 4096, 65_536].flatMap((size) =>
    [0, 64].map((cut): ProtocolCase => {
      const sent: Buffer[] = [];
      const answers: Answer[] = [];
      let before = Buffer.alloc(0);
      const window = 2 ** (how.windowBits ?? 15);
      for (let i = 0; i < 10; i += 1) {
        const payload = repeated(`{"message":${i},"of":"${'x'.repeat(i)}"},`, size);
        const dictionary = how.remembers === true ? before.subarray(-window + 262) : undefined;
        const deflated = packed(payload, {
          windowBits: how.windowBits ?? 15,
          ...(dictionary === undefined ? {} : { dictionary }),
        });
        sent.push(frames('text', deflated, cut === 0 ? undefined : cut));
        answers.push(says('text', payload));
        before = Buffer.concat([before, payload]);
      }
      const id = `13.${n + 1} ${name}, 10 of ${size}${cut === 0 ? '' : ` in parts of ${cut}`}`;
      return {
        id,
        bytes: Buffer.concat([...sent, close(1000)]),
        answers,
        code: 1000,
        deflate: { offer, server },
      };
    }),
  ),
);

const HELLO = packed(Buffer.from('Hello'));
const shared = { offer: D, server: 'shared' } as const;
const under = (test: ProtocolCase): ProtocolCase => ({ ...test, deflate: shared });

const faults: readonly ProtocolCase[] = [
  under({
    id: '13 an empty message without a block',
    bytes: Buffer.concat([frames('text', Buffer.alloc(0)), close(1000)]),
    answers: [says('text', '')],
    code: 1000,
  }),
  under({
    id: '13 a stored block',
    bytes: Buffer.concat([frames('text', packed(Buffer.from('Hello'), { level: 0 })), close(1000)]),
    answers: [says('text', 'Hello')],
    code: 1000,
  }),
  under({
    id: '13 a last block',
    bytes: Buffer.concat([
      frames('text', Buffer.concat([deflateRawSync(Buffer.from('Hello')), Buffer.from([0])])),
      close(1000),
    ]),
    answers: [says('text', 'Hello')],
    code: 1000,
  }),
  under({
    id: '13 a ping between',
    bytes: Buffer.concat([
      part('text', HELLO.subarray(0, 2), { rsv: RSV1 }),
      ping('p'),
      rest(HELLO.subarray(2)),
      close(1000),
    ]),
    answers: [says('pong', 'p'), says('text', 'Hello')],
    code: 1000,
  }),
  under({
    id: '13 compressed and not',
    bytes: Buffer.concat([
      frames('text', HELLO),
      frameBytes('text', 'plain'),
      frames('binary', HELLO),
      close(1000),
    ]),
    answers: [says('text', 'Hello'), says('text', 'plain'), says('binary', 'Hello')],
    code: 1000,
  }),
  under(
    fault('13 RSV1 of a continuation', 1002, [
      part('text', HELLO, { rsv: RSV1 }),
      rest('a', { rsv: RSV1 }),
    ]),
  ),
  under(fault('13 RSV1 of a ping', 1002, ping('a', { rsv: RSV1 }))),
  under(fault('13 RSV1 and RSV2', 1002, frameBytes('text', HELLO, { rsv: 6 }))),
  under(
    fault(
      '13 no deflate stream',
      1007,
      frameBytes('text', Buffer.from([0xff, 0xff, 0xff, 0xff]), { rsv: RSV1 }),
    ),
  ),
  under(
    fault(
      '13 a block of an unknown kind',
      1007,
      frameBytes('binary', Buffer.from([0x06]), { rsv: RSV1 }),
    ),
  ),
  under(
    fault(
      '13 a distance beyond everything',
      1007,
      frameBytes(
        'binary',
        packed(Buffer.from('abcabcabcabc'), { dictionary: Buffer.from('abcabcabcabcabc') }),
        { rsv: RSV1 },
      ),
    ),
  ),
  under(
    fault('13 compressed, but no UTF-8', 1007, frames('text', packed(Buffer.from([0x61, 0xff])))),
  ),
];

export const cases: readonly ProtocolCase[] = [...contents, ...settings, ...faults];
