// SPDX-License-Identifier: MIT
// A video element in Chromium jumps about in a file that it has not loaded: by ranges, from handlers
// and from routes, and each place shows its own picture.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { file, Response, type Server } from 'bunserve';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { startServer } from '../../helpers/with-server.js';
import { frameOf, webmOf } from './webm.js';

const folder = temporaryFolder();
const film = join(folder, 'film.webm');
const SECONDS = 40;
const SIZE = { width: 640, height: 480 };

let browser: Browser;
let page: Page;
let server: Server;
const ranges: string[] = [];

/** A picture a second: a block whose grey tells the second, in noise that makes the file large. */
const PICTURES = `async ({ seconds, width, height }) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  const pictures = [];
  for (let second = 0; second < seconds; second++) {
    const noise = context.createImageData(width, height);
    for (let i = 0; i < noise.data.length; i++) noise.data[i] = i % 4 === 3 ? 255 : Math.random() * 256;
    context.putImageData(noise, 0, 0);
    const grey = second * 6;
    context.fillStyle = 'rgb(' + [grey, grey, grey] + ')';
    context.fillRect(0, 0, 256, 256);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.9 });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    pictures.push(btoa(text));
  }
  return pictures;
}`;

/** Jumps to a second, and waits for its picture; the second that this tells. */
const SHOWN = `async (second) => {
  const video = document.querySelector('video');
  const presented = () => new Promise((resolve) =>
    video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime)));
  let frame = presented();
  video.currentTime = second + 0.5;
  while (Math.floor(await frame) !== second) frame = presented();
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  return Math.round(context.getImageData(100, 100, 1, 1).data[0] / 6);
}`;

const READY = `async (source) => {
  const video = document.createElement('video');
  video.preload = 'metadata';
  video.muted = true;
  const ready = new Promise((resolve, reject) => {
    video.addEventListener('loadedmetadata', resolve);
    video.addEventListener('error', () => reject(new Error(video.error.message)));
  });
  video.src = source;
  document.body.replaceChildren(video);
  await ready;
  return [video.duration, video.seekable.length];
}`;

beforeAll(async () => {
  server = startServer({
    routes: {
      '/': new Response('<!doctype html><title>film</title>', {
        headers: { 'Content-Type': 'text/html' },
      }),
      '/handler': (req) => {
        ranges.push(req.headers.get('range') ?? '');
        return new Response(file(film));
      },
      '/route': file(film),
      '/dir/*': { dir: folder },
    },
  });
  const executablePath = process.env.BUNSERVE_CHROMIUM ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  page = await browser.newPage();
  await page.goto(`http://localhost:${server.port}/`);
  const pictures = await page.evaluate<string[]>(
    `(${PICTURES})(${JSON.stringify({ seconds: SECONDS, ...SIZE })})`,
  );
  const frames = pictures.map((text) => frameOf(Buffer.from(text, 'base64')));
  writeFileSync(film, webmOf(frames, 1, SIZE));
});
afterAll(async () => {
  await browser.close();
  await server.stop(true);
});

test.each(['/handler', '/route', '/dir/film.webm'])('%s', async (path) => {
  const ready = await page.evaluate(`(${READY})(${JSON.stringify(path)})`);
  expect(ready).toEqual([SECONDS, 1]);
  for (const second of [35, 2, 20, 39, 0, 11]) {
    expect(await page.evaluate(`(${SHOWN})(${second})`)).toBe(second);
  }
});

test('by ranges that do not begin at the beginning', () => {
  const starts = ranges.map((range) => Number(/^bytes=(\d+)-/.exec(range)?.[1] ?? -1));
  expect(starts.length).toBeGreaterThan(1);
  expect(Math.max(...starts)).toBeGreaterThan(1_000_000);
});
