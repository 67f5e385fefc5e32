// SPDX-License-Identifier: MIT
// examples/react in real Chromium: in development with edits, and in production.
import type { Browser } from 'playwright-core';
import { launch, Project, visit, type Visit } from './project.js';

let browser: Browser;
let project: Project;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(() => {
  project = Project.ofExample('react');
});
afterEach(() => project.remove());

async function use({ page }: Visit): Promise<void> {
  await page.getByText('Be the first to sign.').waitFor();
  await page.getByRole('button', { name: /^Waved/ }).click();
  await page.getByRole('button', { name: 'Waved 1 times' }).waitFor();
  await page.getByLabel('Your name').fill('Ada');
  await page.getByLabel('Say something').fill('Grüße <b>& more</b>');
  await page.getByRole('button', { name: 'Sign' }).click();
  await page.getByText('Grüße <b>& more</b>').waitFor();
  // Tailwind and the CSS module are in force, and the image has come.
  const look = await page.evaluate<[string, string, number]>(`[
    getComputedStyle(document.querySelector('button[type=submit]')).borderRadius,
    getComputedStyle(document.querySelector('header span')).fontVariantNumeric,
    document.querySelector('header img').naturalWidth,
  ]`);
  expect(look).toEqual(['8px', 'tabular-nums', expect.any(Number)]);
  expect(look[2]).toBeGreaterThan(0);
}

test('development: it works, and edits arrive without a reload', async () => {
  const { url, program } = await project.serve(['server.ts']);
  const visited = await visit(browser, url);
  const { page, trouble } = visited;
  await use(visited);
  await page.evaluate('window.isSame = true');
  project.edit('src/App.tsx', 'Waved <span', 'Greeted <span');
  // The component is another, its state is the same.
  await page.getByRole('button', { name: 'Greeted 1 times' }).waitFor();
  project.edit('src/Count.module.css', 'tabular-nums', 'oldstyle-nums');
  await page.waitForFunction(
    `getComputedStyle(document.querySelector('header span')).fontVariantNumeric === 'oldstyle-nums'`,
  );
  // A class that Tailwind has not met before.
  project.edit('src/App.tsx', 'text-2xl', 'text-[37px]');
  await page.waitForFunction(`getComputedStyle(document.querySelector('h1')).fontSize === '37px'`);
  expect(await page.evaluate('window.isSame')).toBe(true);
  expect(trouble).toEqual([]);
  // The console, in the terminal.
  await page.evaluate(`console.log('said in the page')`);
  let line = '';
  while (!line.includes('said in the page')) line = await program.line();
  expect(line).toContain('[console.log]');
});

test('broken source is shown in page and terminal, and mended', async () => {
  const { url, program } = await project.serve(['server.ts']);
  const { page } = await visit(browser, url);
  await page.getByText('Be the first to sign.').waitFor();
  project.edit('src/App.tsx', 'export function App() {', 'export function App() { const = 1;');
  const overlay = page.locator('vite-error-overlay');
  await overlay.waitFor();
  expect(await overlay.locator('.message-body').textContent()).toMatch(/Unexpected token/);
  expect(await overlay.locator('.file').textContent()).toContain('src/App.tsx');
  while (!program.stderr.includes('Unexpected token')) await page.waitForTimeout(20);
  // A page that is opened meanwhile shows it as well.
  const other = await visit(browser, url);
  await other.page.locator('vite-error-overlay').waitFor();
  expect((await fetch(`${url}api/entries`)).status).toBe(200);
  project.edit('src/App.tsx', 'const = 1;', '');
  await page.getByText('Be the first to sign.').waitFor();
  await other.page.getByText('Be the first to sign.').waitFor();
  expect(await page.locator('vite-error-overlay').count()).toBe(0);
});

test('production: it works, from hashed files', async () => {
  const { url } = await project.serve(['server.ts'], { env: { NODE_ENV: 'production' } });
  const visited = await visit(browser, url);
  await use(visited);
  expect(visited.trouble).toEqual([]);
  const html = await (await fetch(url)).text();
  expect(html).not.toMatch(/vite|_bun/);
  const assets = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path as string);
  expect(assets.length).toBeGreaterThan(1);
  for (const path of assets) {
    const answer = await fetch(new URL(path, url));
    expect([path, answer.status]).toEqual([path, 200]);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const etag = answer.headers.get('etag') as string;
    const again = await fetch(new URL(path, url), { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
  }
});
