// SPDX-License-Identifier: MIT
//
// The module hooks for Node without module.registerHooks (Node 20), in its loader thread; what they do
// is in hook-steps.ts. Must stay free of imports from the library: this is a thread of its own.

import type { MessagePort } from 'node:worker_threads';
import { HookSteps, type LoadContext, type LoadResult, type ResolveContext } from './hook-steps.js';
import type { ResolveResult } from './hook-steps.js';

let steps = new HookSteps(undefined);

/** What the program's thread hands over. */
export interface HooksData {
  main: string | undefined;
  generations: Int32Array | undefined;
  /** Told of the program's files. */
  port: MessagePort | undefined;
}

export function initialize({ main, generations, port }: HooksData): void {
  // Peers are looked for beside the program; a thread's own first argument is Node's.
  if (main !== undefined) process.argv[1] = main;
  steps = new HookSteps(
    main,
    generations && { generations, onFile: (file) => port?.postMessage(file) },
  );
}

type Next<Context, Result> = (what: string, context: Context) => Promise<Result>;

export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: Next<ResolveContext, ResolveResult>,
): Promise<ResolveResult> {
  const own = steps.own(specifier);
  if (own !== undefined) return own;
  let found: ResolveResult;
  try {
    found = await next(steps.before(specifier, context), context);
  } catch (error) {
    found = await next(steps.after(specifier, context, error), context);
  }
  return steps.marked(found, context);
}

export async function load(
  url: string,
  context: LoadContext,
  next: Next<LoadContext, LoadResult>,
): Promise<LoadResult> {
  const loaded = steps.load(url, context);
  // CommonJS is compiled by the thread that runs it.
  if (loaded?.format === 'commonjs') return { ...loaded, source: null };
  if (loaded !== undefined) return loaded;
  return steps.adapt(url, await next(url, context));
}
