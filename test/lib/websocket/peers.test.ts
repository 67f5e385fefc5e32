// SPDX-License-Identifier: MIT
// Clients of others: ws, undici, python3-websockets and Chromium, with compression and without, over
// TCP and TLS. Each sends texts and bytes of many sizes and closes; all must come back as they were.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serve, type Server } from 'bunserve';
import { Agent, WebSocket as UndiciSocket } from 'undici';
import WsSocket from 'ws';
import { Authority } from '../../helpers/certificates.js';
import { root } from '../process/program.js';

const PAGE = '<!doctype html><title>peer</title>';
const authority = new Authority();
const pair = authority.issue('localhost', { names: ['localhost', '127.0.0.1'] });

/** Texts, and bytes as "#" and hexadecimal digits. */
const messages = [
  '',
  'hello',
  'é€😀'.repeat(50),
  'x'.repeat(125),
  'x'.repeat(126),
  'y'.repeat(65_536),
  '{"a":1}'.repeat(40_000),
  '#',
  '#00ff80',
  `#${'00'.repeat(70_000)}`,
];
const bytesIn = (message: string): Buffer => Buffer.from(message.slice(1), 'hex');

interface Closed {
  readonly code: number;
  readonly reason: string;
}

const closes: Closed[] = [];
let heard: () => void = () => undefined;

async function nextClose(): Promise<Closed> {
  while (closes.length === 0) await new Promise<void>((resolve) => (heard = resolve));
  return closes.shift()!;
}

function start(compressed: boolean, encrypted: boolean): Server {
  return serve({
    port: 0,
    hostname: '127.0.0.1',
    development: false,
    tls: encrypted ? pair : null,
    fetch(req, server) {
      if (server.upgrade(req)) return undefined;
      return new Response(PAGE, { headers: { 'content-type': 'text/html' } });
    },
    websocket: {
      perMessageDeflate: compressed ? { compress: 'dedicated', decompress: 'dedicated' } : false,
      message(ws, message) {
        ws.send(message, true);
      },
      close(_, code, reason) {
        closes.push({ code, reason });
        heard();
      },
    },
  });
}

describe.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('compressed: %p, encrypted: %p', (compressed, encrypted) => {
  let server: Server;
  let url: string;

  beforeAll(() => {
    server = start(compressed, encrypted);
    url = `${encrypted ? 'wss' : 'ws'}://127.0.0.1:${server.port}/`;
  });
  afterAll(async () => {
    await server.stop(true);
  });

  test('ws', async () => {
    const client = new WsSocket(url, { ca: authority.certificate, perMessageDeflate: compressed });
    await once(client, 'open');
    expect(client.extensions.includes('permessage-deflate')).toBe(compressed);
    for (const message of messages) {
      const sent = message.startsWith('#') ? bytesIn(message) : message;
      client.send(sent, { compress: compressed });
      const [data, isBinary] = (await once(client, 'message')) as [Buffer, boolean];
      expect(isBinary).toBe(typeof sent !== 'string');
      expect(data.equals(Buffer.from(sent))).toBe(true);
    }
    client.ping('p');
    const [pong] = (await once(client, 'pong')) as [Buffer];
    expect(pong.toString()).toBe('p');
    client.close(4000, 'done');
    expect(await nextClose()).toEqual({ code: 4000, reason: 'done' });
    const [code] = (await once(client, 'close')) as [number];
    expect(code).toBe(4000);
  });

  test('undici', async () => {
    const dispatcher = new Agent({ connect: { ca: authority.certificate } });
    const client = new UndiciSocket(url, { dispatcher });
    client.binaryType = 'arraybuffer';
    await new Promise((resolve, reject) => {
      client.addEventListener('open', resolve, { once: true });
      client.addEventListener('error', reject, { once: true });
    });
    // undici always offers compression.
    expect(client.extensions.includes('permessage-deflate')).toBe(compressed);
    for (const message of messages) {
      const sent = message.startsWith('#') ? bytesIn(message) : message;
      const answer = new Promise<string | ArrayBuffer>((resolve) => {
        client.addEventListener('message', ({ data }) => resolve(data as string), { once: true });
      });
      client.send(sent);
      const data = await answer;
      expect(typeof data).toBe(typeof sent === 'string' ? 'string' : 'object');
      expect(Buffer.from(data as string).equals(Buffer.from(sent))).toBe(true);
    }
    const closed = new Promise<number>((resolve) => {
      client.addEventListener('close', ({ code }) => resolve(code), { once: true });
    });
    client.close(4000, 'done');
    expect(await nextClose()).toEqual({ code: 4000, reason: 'done' });
    expect(await closed).toBe(4000);
    await dispatcher.close();
  });

  if (!encrypted) {
    test('python3-websockets', async () => {
      const script = join(root, 'test', 'lib', 'websocket', 'programs', 'python_peer.py');
      const python = await runPython([script, url, String(compressed), JSON.stringify(small)]);
      expect(python).toEqual({
        seen: Array.from({ length: small.length + 1 }, () => true),
        extensions: compressed ? ['PerMessageDeflate'] : [],
        code: 4000,
      });
      expect(await nextClose()).toEqual({ code: 4000, reason: 'done' });
    });
  }
});

/** What fits into a command line. */
const small = messages.filter(({ length }) => length < 1000);

/** The server is in this process: nothing may block. */
async function runPython(args: readonly string[]): Promise<unknown> {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const { stdout } = await promisify(execFile)('/usr/bin/python3', [...args]);
  return JSON.parse(stdout);
}

test('python3-websockets is there', () => {
  const { stderr } = spawnSync('/usr/bin/python3', ['-c', 'import websockets']);
  expect(stderr.toString()).toBe('');
});

describe('Chromium', () => {
  test.each([false, true])('compressed: %p', async (compressed) => {
    const server = start(compressed, false);
    const executablePath = process.env.BUNSERVE_CHROMIUM ?? '/usr/bin/chromium';
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${server.port}/`);
      const seen = await page.evaluate(
        async ({ port, messages: all }) => {
          const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
          socket.binaryType = 'arraybuffer';
          await new Promise((resolve, reject) => {
            socket.onopen = resolve;
            socket.onerror = reject;
          });
          const results: boolean[] = [];
          for (const message of all) {
            const digits = message.startsWith('#') ? (message.slice(1).match(/../g) ?? []) : null;
            const sent =
              digits === null ? message : new Uint8Array(digits.map((one) => parseInt(one, 16)));
            const answer = new Promise<string | ArrayBuffer>((resolve) => {
              socket.onmessage = ({ data }) => resolve(data as string);
            });
            socket.send(sent);
            const data = await answer;
            if (typeof sent === 'string') results.push(data === sent);
            else {
              const bytes = new Uint8Array(data as ArrayBuffer);
              results.push(bytes.length === sent.length && bytes.every((b, i) => b === sent[i]));
            }
          }
          const closed = new Promise<number>((resolve) => {
            socket.onclose = ({ code }) => resolve(code);
          });
          const { extensions } = socket;
          socket.close(4000, 'done');
          return { results, code: await closed, extensions };
        },
        { port: server.port!, messages },
      );
      expect(seen.results).toEqual(messages.map(() => true));
      expect(seen.code).toBe(4000);
      expect(seen.extensions.includes('permessage-deflate')).toBe(compressed);
      expect(await nextClose()).toEqual({ code: 4000, reason: 'done' });
    } finally {
      await browser.close();
      await server.stop(true);
    }
  });
});
