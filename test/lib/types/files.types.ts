// SPDX-License-Identifier: MIT
// Checked by the compiler, not run: what files are and take, in TypeScript.
import { file, Response, serve, write, type BunFile, type Server } from 'bunserve';

const one: BunFile = file('a.txt', { type: 'text/plain' });
file(new URL('file:///a.txt'));
file(3);
// @ts-expect-error no file is named by this
file({ path: 'a.txt' });
// @ts-expect-error a type is a text
file('a.txt', { type: 5 });

export const blob: Blob = one;
export const name: string | undefined = one.name;
export const size: number = one.size;
export const text: Promise<string> = one.text();
export const json: Promise<unknown> = one.json();
export const bytes: Promise<Uint8Array> = one.bytes();
export const stream: ReadableStream<Uint8Array> = one.stream();
export const there: Promise<boolean> = one.exists();
export const part: BunFile = one.slice(0, 10, 'text/html').slice(-5);
// @ts-expect-error only the name can be changed
one.size = 5;

export async function use(): Promise<number> {
  const writer = one.writer({ highWaterMark: 1024 });
  writer.write('text');
  writer.write(new Uint8Array(3));
  // @ts-expect-error numbers are no bytes
  writer.write(5);
  await writer.flush();
  await writer.end();
  await one.write(new Blob(['x']), { mode: 0o600 });
  await write('b.txt', new Response(one));
  await write(one, 'text', { createPath: false });
  // @ts-expect-error no such option
  await write(one, 'text', { append: true });
  return write(new URL('file:///b.txt'), one);
}

export const server = (): Server =>
  serve({
    routes: {
      '/logo.png': one,
      '/both': { GET: one, POST: () => new Response(one.slice(0, 5)) },
      '/static/*': { dir: './public', dotfiles: 'deny', precompressed: false, statCache: false },
    },
    fetch: () => new Response(one, { headers: { ETag: '"x"' } }),
  });
