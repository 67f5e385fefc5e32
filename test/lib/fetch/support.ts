// SPDX-License-Identifier: MIT
// Helpers of the fetch tests: turning calls into comparable outcomes.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';

// A failed property says what differed, not only on which input.
fc.configureGlobal({ includeErrorInReport: true });

/** The value of a call, or the class of what it threw. */
export function outcome(call: () => unknown): unknown {
  try {
    return { value: call() };
  } catch (error) {
    return { thrown: (error as Error).name };
  }
}

/** The value of a call's promise, or the class of its rejection. */
export async function settled(call: () => unknown): Promise<unknown> {
  try {
    return { value: await call() };
  } catch (error) {
    return { thrown: (error as Error).name };
  }
}

const root = fileURLToPath(import.meta.resolve('#lib/fetch/headers.js')).replace(
  /[^/]*\/[^/]*$/,
  '',
);

/** Runs module code in a fresh Node, with `lib` as the URL of our compiled lib; gives its stdout. */
export async function inFreshNode(code: string, flags: readonly string[] = []): Promise<string> {
  const script = `const lib = 'file://${root}';\n${code}`;
  const args = [...flags, '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.trim();
}

function form(): FormData {
  const data = new FormData();
  data.append('a', 'b\nc');
  data.append('é"', 'x');
  return data;
}

async function* iterate(...chunks: readonly unknown[]): AsyncGenerator<unknown> {
  for (const chunk of chunks) yield Promise.resolve(chunk);
}

function streamOf(...chunks: readonly unknown[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

function failing(): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.error(new RangeError('broken')) });
}

function lockedStream(): ReadableStream {
  const stream = streamOf();
  stream.getReader();
  return stream;
}

const bytes = Uint8Array.of(0x7b, 0x7d, 0xff, 0x41);

/** A body of every kind, made anew on each call: streams can be used once only. */
export const bodyFactory = fc.constantFrom<() => unknown>(
  () => undefined,
  () => null,
  () => '',
  () => '{"a":[1,"é"]}',
  () => '\ufeff\ud800 text',
  () => 'a=1&b=%C3%A9',
  () => 5,
  () => true,
  () => 7n,
  () => ({}),
  () => [1, 2],
  () => new Date(0),
  () => () => 1,
  () => Symbol('s'),
  () => bytes,
  () => new Uint8Array(0),
  () => bytes.buffer,
  () => new DataView(bytes.buffer, 1, 2),
  () => new Uint16Array(2),
  () => new Float64Array([1.5]),
  () => Buffer.from('{}'),
  () => new Blob(['bl', 'ob']),
  () => new Blob([], { type: 'Text/Plain' }),
  () => new Blob(['a=1'], { type: 'application/x-www-form-urlencoded' }),
  () => new URLSearchParams('a=1&b=é'),
  () => form(),
  () => new FormData(),
  () => streamOf(),
  () => streamOf(Uint8Array.of(0x7b), Uint8Array.of(0x7d)),
  () => streamOf('text'),
  () => streamOf(new ArrayBuffer(2)),
  () => failing(),
  () => lockedStream(),
  () => iterate(Uint8Array.of(0x61), Buffer.from('b')),
  () => iterate('x', 'y'),
);
