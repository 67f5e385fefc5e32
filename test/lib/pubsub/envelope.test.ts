// SPDX-License-Identifier: MIT
// Messages between processes, whole and in parts, and bytes that are none.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Assembler, encode, ORIGIN_BYTES, type Envelope } from '#lib/pubsub/envelope.js';

const [us, them, others] = [0, 1, 2].map(() => randomBytes(ORIGIN_BYTES)) as [
  Buffer,
  Buffer,
  Buffer,
];
const make = (text: string): Envelope => ({
  kind: 'text',
  compress: false,
  bytes: Buffer.from(text),
});

test('what was put in comes out, whatever the size of the parts', () => {
  const assembler = new Assembler(us, 1e9);
  let sequence = 0;
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 500 }),
      fc.constantFrom('text' as const, 'binary' as const),
      fc.boolean(),
      fc.integer({ min: 19, max: 600 }),
      (bytes, kind, compress, limit) => {
        const parts = encode(them, ++sequence, { kind, compress, bytes }, limit);
        expect(parts.every((part) => part.length <= limit)).toBe(true);
        const results = parts.map((part) => assembler.take(part));
        expect(results.slice(0, -1).every((result) => result === undefined)).toBe(true);
        const { bytes: got, ...rest } = results.at(-1) as Envelope;
        expect(rest).toEqual({ kind, compress });
        expect(Buffer.compare(got, bytes)).toBe(0);
      },
    ),
  );
});

test('bytes of any kind are refused or read, never anything else', () => {
  const assembler = new Assembler(us, 10_000);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, isMarked) => {
      if (isMarked && bytes.length > 1) [bytes[0], bytes[1]] = [0xb1, (bytes[1] as number) & 7];
      try {
        assembler.take(bytes);
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toMatch(/^ERR_BUNSERVE_PUBSUB_/);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a process's own messages are not for it", () => {
  const assembler = new Assembler(us, 1e6);
  for (const part of encode(us, 1, make('x'.repeat(100)), 50)) {
    expect(assembler.take(part)).toBeUndefined();
  }
  expect(assembler.take(encode(them, 1, make('theirs'), 50)[0]!)).toMatchObject({ kind: 'text' });
});

test('parts of several senders mix; what lost a part is dropped, and the next one arrives', () => {
  const assembler = new Assembler(us, 1e6);
  const [a, b] = [
    encode(them, 1, make('a'.repeat(90)), 50),
    encode(others, 1, make('b'.repeat(90)), 50),
  ];
  const results = a.flatMap((part, i) => [assembler.take(part), assembler.take(b[i]!)]);
  expect(results.slice(-2).map((one) => Buffer.from(one!.bytes).toString())).toEqual([
    'a'.repeat(90),
    'b'.repeat(90),
  ]);
  const broken = encode(them, 2, make('c'.repeat(90)), 50);
  for (const part of [broken[0]!, ...broken.slice(2)]) expect(assembler.take(part)).toBeUndefined();
  const next = encode(them, 3, make('d'.repeat(90)), 50).map((part) => assembler.take(part));
  expect(Buffer.from(next.at(-1)!.bytes).toString()).toBe('d'.repeat(90));
  const cut = encode(them, 4, make('e'.repeat(90)), 50);
  assembler.take(cut[0]!);
  assembler.clear();
  expect(cut.slice(1).map((part) => assembler.take(part))).toEqual(
    cut.slice(1).map(() => undefined),
  );
});

test('what is incomplete is bounded', () => {
  const assembler = new Assembler(us, 5_000);
  let dropped = 0;
  for (let i = 0; i < 100; i++) {
    const [part] = encode(randomBytes(ORIGIN_BYTES), 1, make('x'.repeat(200)), 150);
    try {
      assembler.take(part!);
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ERR_BUNSERVE_PUBSUB_LOST');
      dropped += 1;
    }
  }
  // 5,000 bytes are room for 12 of them.
  expect(dropped).toBe(88);
});

test('more parts than can be counted', () => {
  const large = { ...make(''), bytes: Buffer.alloc(70_000) };
  expect(() => encode(us, 1, large, 19)).toThrow(
    expect.objectContaining({ code: 'ERR_BUNSERVE_PUBSUB_TOO_LARGE' }),
  );
});
