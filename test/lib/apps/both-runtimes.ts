// SPDX-License-Identifier: MIT
// One application on us and on real Bun, asked the same: what it takes to compare their answers.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { scheme, transportOptions } from '../../helpers/transport.js';
import { Program, root } from '../process/program.js';

const programs = join(root, 'test', 'lib', 'apps', 'programs');

/** A request of one of the programs, or what a client does with it. */
export interface Ask {
  readonly path: string;
  /** Made anew for each runtime: a stream can be sent once. */
  readonly init?: () => RequestInit;
  /** Reads the first bytes only, leaves, and asks at this path whether the program knows. */
  readonly leftAt?: string;
}

// What a body brings along: a Response wrapped into another keeps its type in ours, and becomes
// "application/octet-stream" in Bun, where `headers` does not have it (`response-content-type`).
const automaticType = /^(text\/plain;\s?charset=utf-8|application\/octet-stream)$/i;

// Framing of streams is compared byte by byte in the differential suite (`stream-length`).
const framing = ['content-length', 'transfer-encoding'];

function isCompared(name: string, value: string, isStream: boolean): boolean {
  if (name === 'content-type') return !automaticType.test(value);
  if (isStream && framing.includes(name)) return false;
  return !['date', 'connection', 'keep-alive'].includes(name);
}

function shown(body: Uint8Array, origin: string): string {
  if (body.byteLength <= 2000) return Buffer.from(body).toString().replaceAll(origin, 'origin');
  return `${body.byteLength} bytes ${createHash('sha256').update(body).digest('hex')}`;
}

async function untilLeft(origin: string, { path, leftAt }: Ask): Promise<unknown> {
  const leaving = new AbortController();
  const response = await fetch(origin + path, { signal: leaving.signal });
  const { value } = (await response.body?.getReader().read()) ?? {};
  leaving.abort();
  const said = await fetch(origin + leftAt);
  return { path, hasBegun: (value?.byteLength ?? 0) > 0, said: await said.text() };
}

/** How the connection ended instead of an answer. */
function causeOf(error: unknown): string {
  return String((error as { cause?: { code?: string } }).cause?.code);
}

async function answer(origin: string, ask: Ask, areStreams: boolean): Promise<unknown> {
  const { path } = ask;
  const init = ask.init?.();
  if (ask.leftAt !== undefined) return untilLeft(origin, ask);
  const response = await fetch(origin + path, { redirect: 'manual', ...init }).catch(causeOf);
  if (typeof response === 'string') return { path, failed: response };
  const headers = [...response.headers].filter(([name, value]) =>
    isCompared(name, value, areStreams),
  );
  const body = await response.arrayBuffer().then(
    (bytes) => shown(new Uint8Array(bytes), origin),
    () => 'cut off',
  );
  return { path, method: init?.method, status: response.status, headers, body };
}

async function answers(
  program: Program,
  asks: readonly Ask[],
  areStreams: boolean,
): Promise<unknown[]> {
  try {
    const { port } = await program.next<{ port: number }>();
    const all: unknown[] = [];
    for (const ask of asks)
      all.push(await answer(`${scheme}://127.0.0.1:${port}`, ask, areStreams));
    return all;
  } finally {
    program.kill();
    await program.exit();
  }
}

async function bunPath(): Promise<string> {
  const finder = pathToFileURL(join(root, 'scripts', 'bun-path.mjs')).href;
  const { bunPath: find } = (await import(finder)) as { bunPath: () => string };
  return find();
}

/** What the program says under either runtime. */
export async function answersOfBoth(
  name: string,
  asks: readonly Ask[],
  areStreams = false,
): Promise<{ ours: unknown[]; bun: unknown[] }> {
  const file = join(programs, `${name}.mjs`);
  const { tls } = transportOptions();
  const env: Record<string, string> = tls === undefined ? {} : { APP_TLS: JSON.stringify(tls) };
  const flags = ['--import', 'bunserve/register', '--no-warnings'];
  const ours = await answers(new Program([file], { flags, env }), asks, areStreams);
  const bun = await answers(new Program([file], { node: await bunPath(), env }), asks, areStreams);
  return { ours, bun };
}
