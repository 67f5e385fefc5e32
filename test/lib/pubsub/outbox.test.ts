// SPDX-License-Identifier: MIT
// What waits for a link: order, bounds, batches, and what becomes of a batch that fails.
import { Outbox, type Packet } from '#lib/pubsub/outbox.js';

interface Sent {
  names: string[];
  done: (error?: Error) => void;
}

function make(limits = {}): { outbox: Outbox; sent: Sent[]; errors: string[] } {
  const sent: Sent[] = [];
  const errors: string[] = [];
  const outbox = new Outbox(
    { maxMessages: 4, maxBytes: 100, batchBytes: 50, ...limits },
    (packets) =>
      new Promise((resolve, reject) => {
        const done = (error?: Error): void => (error ? reject(error) : resolve(undefined));
        sent.push({ names: packets.map(({ channel }) => channel), done });
      }),
    (error) => errors.push(`${(error as NodeJS.ErrnoException).code} ${error.message}`),
  );
  return { outbox, sent, errors };
}

const packet = (channel: string, size = 10): Packet => ({
  channel,
  parts: [Buffer.alloc(size)],
  size,
});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('nothing leaves before the link is open; what waits leaves in batches, one at a time', async () => {
  const { outbox, sent } = make({ maxMessages: 100, maxBytes: 1_000 });
  for (const name of 'abcdefg') outbox.push(packet(name));
  await turn();
  expect(sent).toEqual([]);
  outbox.open();
  await turn();
  expect(sent.map(({ names }) => names.join(''))).toEqual(['abcde']);
  outbox.push(packet('h', 500));
  sent[0]!.done();
  await turn();
  expect(sent.map(({ names }) => names.join(''))).toEqual(['abcde', 'fg']);
  let isIdle = false;
  void outbox.idle().then(() => (isIdle = true));
  sent[1]!.done();
  await turn();
  expect([sent.at(-1)!.names.join(''), isIdle]).toEqual(['h', false]);
  sent[2]!.done();
  await turn();
  expect(isIdle).toBe(true);
});

test('a long queue loses its oldest and sends the rest in order', async () => {
  const { outbox, sent } = make({ maxMessages: 10_000, maxBytes: 1e9, batchBytes: 1e9 });
  const count = 40_000;
  for (let i = 0; i < count; i++) outbox.push(packet(String(i)));
  expect(outbox.dropped).toBe(30_000);
  outbox.open();
  const got: string[] = [];
  while (got.length < 10_000) {
    await turn();
    const { names, done } = sent.pop() as Sent;
    got.push(...names);
    done();
  }
  await outbox.idle();
  expect(got).toEqual(Array.from({ length: 10_000 }, (_, i) => String(30_000 + i)));
});

test('too many, or too many bytes: the oldest go, told at the first one and at the end', async () => {
  const { outbox, sent, errors } = make();
  for (const name of 'abcdef') outbox.push(packet(name));
  expect(outbox.dropped).toBe(2);
  outbox.push(packet('g', 70));
  expect(outbox.dropped).toBe(3);
  outbox.open();
  await turn();
  expect(sent[0]!.names.join('')).toBe('def');
  sent[0]!.done();
  await turn();
  sent[1]!.done();
  await turn();
  expect(sent[1]!.names.join('')).toBe('g');
  expect(errors).toEqual([
    'ERR_BUNSERVE_PUBSUB_DROPPED Messages are dropped, the oldest first: too many wait for the link',
    'ERR_BUNSERVE_PUBSUB_DROPPED 3 messages were dropped; the link is free again',
  ]);
});

test('a batch that fails is lost, the next one waits a little', async () => {
  const { outbox, sent, errors } = make();
  outbox.open();
  outbox.push(packet('a'));
  await turn();
  outbox.push(packet('b'));
  sent[0]!.done(new Error('refused'));
  while (sent.length < 2) await turn();
  expect(sent[1]!.names).toEqual(['b']);
  sent[1]!.done();
  await outbox.idle();
  expect(errors).toEqual(['ERR_BUNSERVE_PUBSUB_LOST 1 messages were lost: refused']);
});

test('what is under way when the link is cut is lost, though it may answer later', async () => {
  const { outbox, sent, errors } = make();
  outbox.open();
  outbox.push(packet('a'));
  await turn();
  outbox.push(packet('b'));
  outbox.shut();
  await turn();
  expect(sent).toHaveLength(1);
  outbox.open();
  await turn();
  expect(sent.map(({ names }) => names.join(''))).toEqual(['a', 'b']);
  sent[0]!.done();
  sent[1]!.done();
  await outbox.idle();
  expect(errors).toEqual(['ERR_BUNSERVE_PUBSUB_LOST 1 messages were lost: the link was cut']);
});

test('after its end nothing leaves and nothing is kept', async () => {
  const { outbox, sent, errors } = make();
  outbox.push(packet('a'));
  outbox.end();
  for (let i = 0; i < 10; i++) outbox.push(packet('b'));
  outbox.open();
  await turn();
  await outbox.idle();
  expect([sent.length, outbox.dropped, errors.length]).toEqual([0, 11, 1]);
  expect(errors[0]).toContain('the link is closed');
});
