// SPDX-License-Identifier: MIT
// The error page in real Chromium: both colour schemes, a phone's width, the policy, the button.
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Server } from 'bunserve';
import { startServer } from '../../helpers/with-server.js';

const MESSAGE = `<img src=x onerror="document.title='owned'"> ${'long '.repeat(60)}${'x'.repeat(400)}`;

let browser: Browser;
let server: Server;
const original = console.error;

beforeAll(async () => {
  console.error = () => undefined;
  server = startServer({
    development: true,
    fetch: () => {
      throw new TypeError(MESSAGE, { cause: new Error('the cause') });
    },
  });
  // Without a sandbox of its own it also runs as root, in a container.
  const executablePath = process.env.BUNSERVE_CHROMIUM ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser.close();
  await server.stop(true);
  console.error = original;
});

async function open(options: BrowserContextOptions): Promise<{ page: Page; trouble: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const trouble: string[] = [];
  const address = `http://localhost:${server.port}/path`;
  page.on('console', (line) => {
    if (!line.text().includes('status of 500')) trouble.push(line.text());
  });
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== address) trouble.push(request.url());
  });
  const response = await page.goto(address);
  expect(response?.status()).toBe(500);
  return { page, trouble };
}

/** Relative luminance of a CSS rgb() colour (WCAG 2). */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
    const c = Number(part) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const colors = `[...document.querySelectorAll('.where, .name, .message, .call, .place, .keyword, .string, .number-of, summary, footer, textarea, button')]
  .map((element) => {
    let behind = element;
    while (behind && /rgba\\(0, 0, 0, 0\\)|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
    return [element.className || element.tagName, getComputedStyle(element).color, getComputedStyle(behind ?? document.body).backgroundColor];
  })`;

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test.each([
    ['desktop', { width: 1280, height: 900 }],
    ['phone', { width: 360, height: 740 }],
  ])('%s: shown, readable, no sideways scrolling, nothing run or fetched', async (_, viewport) => {
    const { page, trouble } = await open({ colorScheme, viewport });
    await page.evaluate(
      "for (const each of document.querySelectorAll('details')) each.open = true",
    );
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
    expect(await page.locator('.message').first().textContent()).toBe(MESSAGE);
    expect(await page.locator('.error .error .message').textContent()).toBe('the cause');
    expect(await page.title()).toBe('Internal Server Error');
    const background = await page.evaluate<string>(
      'getComputedStyle(document.body).backgroundColor',
    );
    expect(luminance(background) > 0.5).toBe(colorScheme === 'light');
    for (const [what, ink, paper] of await page.evaluate<[string, string, string][]>(colors)) {
      expect([what, contrast(ink, paper) >= 4.5]).toEqual([what, true]);
    }
    expect(trouble).toEqual([]);
    await page.context().close();
  });
});

test('the button copies the text, and without scripts there is none', async () => {
  const { page } = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByRole('button', { name: 'Copy as text' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await page.evaluate<string>('navigator.clipboard.readText()');
  expect(copied.startsWith(`TypeError: ${MESSAGE}\n`)).toBe(true);
  expect(copied).toContain('caused by');
  await page.context().close();
  const { page: quiet } = await open({ javaScriptEnabled: false });
  expect(await quiet.locator('button').isVisible()).toBe(false);
  await quiet.getByText('As text', { exact: true }).click();
  expect(await quiet.locator('textarea').isVisible()).toBe(true);
  await quiet.context().close();
});
