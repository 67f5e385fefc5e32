// SPDX-License-Identifier: MIT
// Strings between JavaScript and the addon, both ways, in every make and around every size at which
// the addon goes about it differently: as request and response bodies, pieces of streams and
// WebSocket messages. Buffer says what their UTF-8 is.
import { once } from 'node:events';
import { type Server, serve } from 'bunserve';
import WebSocket from 'ws';

const SIZES = [
  0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 130, 1000, 16_384, 21_844, 21_845, 21_846, 32_767,
  32_768, 65_530, 65_531, 65_532, 65_536, 65_537, 200_000,
];

/** By name: `size` UTF-16 units that are wide, odd or cut where it hurts. */
const MAKES: Record<string, (size: number) => string> = {
  ascii: (size) => 'a'.repeat(size),
  'latin-1 at the end': (size) => 'a'.repeat(Math.max(0, size - 1)) + 'é'.slice(0, size),
  'latin-1 at the start': (size) => ('é' + 'a'.repeat(size)).slice(0, size),
  'latin-1': (size) => 'é'.repeat(size),
  'two bytes': (size) => 'ł'.repeat(size),
  'three bytes': (size) => '日'.repeat(size),
  // An odd size cuts the last one in two.
  'four bytes': (size) => '😀'.repeat(size / 2 + 1).slice(0, size),
  'one wide character at the end': (size) =>
    'a'.repeat(Math.max(0, size - 1)) + '日'.slice(0, size),
  text: (size) => 'Grüße aus Łódź, 日本 and 😀: '.repeat(size / 20 + 1).slice(0, size),
  'lone halves': (size) => '\udc00a\ud800'.repeat(size / 3 + 1).slice(0, size),
  // Its low bytes are ASCII.
  'looks like ASCII when cut': (size) => '\u0141'.repeat(size),
};

const cases = Object.entries(MAKES).flatMap(([make, of]) =>
  SIZES.map((size) => [`${make}, ${size}`, of(size)] as const),
);

let server: Server;
let given = '';
let seen = '';
let bytesGiven = false;

beforeAll(() => {
  server = serve({
    port: 0,
    hostname: '127.0.0.1',
    maxRequestBodySize: 10_000_000,
    development: false,
    routes: {
      '/body': () => new Response(given),
      '/stream': () =>
        new Response(
          new ReadableStream<never>({
            start(controller) {
              controller.enqueue(given as never);
              controller.enqueue('|' as never);
              controller.enqueue(given as never);
              controller.close();
            },
          }),
        ),
      '/text': async (req: Request) => {
        seen = await req.text();
        return new Response('seen');
      },
    },
    fetch: (req: Request, self: Server) =>
      self.upgrade(req) ? undefined : new Response('none', { status: 400 }),
    websocket: {
      maxPayloadLength: 10_000_000,
      message(ws: { send(message: string | Uint8Array): number }, message: string) {
        seen = message;
        bytesGiven = ws.send(given) === Buffer.byteLength(given);
      },
    },
  } as never);
});

afterAll(() => server.stop(true));

const equal = (bytes: Uint8Array, text: string): boolean => Buffer.from(text).equals(bytes);
/** What of a string survives UTF-8. */
const survivor = (text: string): string => Buffer.from(text).toString();

async function got(path: string, init?: RequestInit): Promise<Buffer> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
  return Buffer.from(await response.arrayBuffer());
}

test('response bodies', async () => {
  for (const [name, text] of cases) {
    given = text;
    expect([name, equal(await got('/body'), text)]).toEqual([name, true]);
  }
});

test('pieces of streams', async () => {
  for (const [name, text] of cases) {
    given = text;
    expect([name, equal(await got('/stream'), `${text}|${text}`)]).toEqual([name, true]);
  }
});

test('request bodies, also such that are not UTF-8', async () => {
  for (const [name, text] of cases) {
    await got('/text', { method: 'POST', body: Buffer.from(text) });
    expect([name, seen === survivor(text)]).toEqual([name, true]);
    const broken = Buffer.concat([Buffer.from(text), Buffer.from([0xc3, 0x28, 0xe2, 0x82])]);
    await got('/text', { method: 'POST', body: broken });
    expect([name, seen === broken.toString()]).toEqual([name, true]);
  }
});

test('WebSocket messages', async () => {
  const client = new WebSocket(`ws://127.0.0.1:${server.port}/`);
  await once(client, 'open');
  for (const [name, text] of cases) {
    given = text;
    client.send(text);
    const [data] = (await once(client, 'message')) as [Buffer];
    const results = [equal(data, text), bytesGiven, seen === survivor(text)];
    expect([name, ...results]).toEqual([name, true, true, true]);
  }
  client.close();
  await once(client, 'close');
});

test('a string of many megabytes', async () => {
  for (const text of [
    'a'.repeat(9_000_000),
    'a'.repeat(8_999_999) + '日',
    '日'.repeat(3_000_000),
  ]) {
    given = text;
    expect(equal(await got('/body'), text)).toBe(true);
  }
});
