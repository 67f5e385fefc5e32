// SPDX-License-Identifier: MIT
// Runs a program on a set of fetch classes, step by step, and says what each step came to.
// Runs in Node and in Bun: imports nothing but its neighbours.

import type { FetchClasses, Outcome, Program, Step } from './language.js';
import { plain, realize, type Store } from './values.js';

type Holder = globalThis.Response | globalThis.Request;
type AnyHeaders = globalThis.Headers & {
  getAll?(name: string): string[];
  toJSON?(): unknown;
  readonly count?: number;
};

const responseAttributes = ['status', 'statusText', 'ok', 'type', 'url', 'redirected', 'bodyUsed'];
const requestAttributes = [
  'method',
  'url',
  'mode',
  'credentials',
  'cache',
  'redirect',
  'referrer',
  'referrerPolicy',
  'integrity',
  'keepalive',
  'destination',
  'duplex',
  'bodyUsed',
];

// How many turns of the event loop a promise gets. Nothing here waits for anything but memory.
const kTurns = 40;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function within(promise: Promise<Outcome>): Promise<Outcome> {
  let outcome: Outcome | null = null;
  void promise.then((result) => (outcome = result));
  for (let i = 0; i < kTurns && outcome === null; i++) await turn();
  return outcome ?? 'pending';
}

function thrown(error: unknown): Outcome {
  if (typeof error !== 'object' || error === null) return { thrown: String(error) };
  const { name, code } = error as { name: string; code?: unknown };
  return typeof code === 'string' ? { thrown: name, code } : { thrown: name };
}

export class Machine implements Store {
  readonly log: string[] = [];
  readonly #holders: Holder[] = [];
  readonly #headers: AnyHeaders[] = [];
  readonly #iterators: Iterator<unknown>[] = [];
  readonly #readers: ReadableStreamDefaultReader<unknown>[] = [];
  readonly #controllers: AbortController[] = [];

  constructor(private readonly classes: FetchClasses) {}

  async run(program: Program): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const step of program) {
      outcomes.push(await this.#step(step));
      // How many microtasks an error takes from stream to stream is nobody's promise.
      await turn();
    }
    return outcomes;
  }

  controller(on: number): AbortController {
    return (this.#controllers[on % 2] ??= new AbortController());
  }

  response(on: number): unknown {
    return this.#pick(
      this.#holders.filter((one) => 'status' in one),
      on,
    );
  }

  request(on: number): unknown {
    return this.#pick(
      this.#holders.filter((one) => 'method' in one),
      on,
    );
  }

  headers(on: number): unknown {
    return on < 0 ? this.headersOf(-1 - on) : this.#pick(this.#headers, on);
  }

  bodyOf(on: number): unknown {
    return this.#pick(this.#holders, on)?.body;
  }

  headersOf(on: number): unknown {
    return this.#pick(this.#holders, on)?.headers;
  }

  #pick<T>(list: readonly T[], on: number): T | undefined {
    return list.length === 0 ? undefined : list[on % list.length];
  }

  async #step(step: Step): Promise<Outcome> {
    this.log.length = 0;
    const outcome = await within(this.#outcome(step));
    if (this.log.length === 0 || typeof outcome === 'string') return outcome;
    return { ...outcome, log: [...this.log] };
  }

  async #outcome(step: Step): Promise<Outcome> {
    try {
      const result: unknown = await this.#perform(step);
      return result === nothing ? 'nothing' : { value: await plain(result) };
    } catch (error) {
      return thrown(error);
    }
  }

  // What a step gives: a value, a promise of one, or `nothing` when its object does not exist.
  #perform(step: Step): unknown {
    switch (step.do) {
      case 'new Response':
      case 'new Request':
      case 'new Headers':
      case 'Response.json':
      case 'Response.redirect':
      case 'Response.error':
        return this.#make(step);
      case 'headers':
      case 'entries':
      case 'iterator':
        return this.#useHeaders(step);
      case 'next':
        return this.#pick(this.#iterators, step.on)?.next() ?? nothing;
      case 'readChunk':
      case 'release':
      case 'cancelReader':
        return this.#useReader(step);
      case 'abort':
        this.controller(step.on).abort(new RangeError('aborted'));
        return undefined;
      default:
        return this.#useHolder(step);
    }
  }

  #make(step: Step): unknown {
    const { Response, Request, Headers } = this.classes;
    const args = 'args' in step ? step.args.map((value) => realize(value, this)) : [];
    switch (step.do) {
      case 'new Response':
        return this.#keep(new Response(...(args as [])));
      case 'new Request':
        return this.#keep(new Request(...(args as unknown as [string])));
      case 'Response.json':
        return this.#keep((Response.json as (...all: unknown[]) => Holder)(...args));
      case 'Response.redirect':
        return this.#keep((Response.redirect as (...all: unknown[]) => Holder)(...args));
      case 'Response.error':
        return this.#keep(Response.error());
      default:
        this.#headers.push(new Headers(...(args as [])));
        return undefined;
    }
  }

  #keep(holder: Holder): undefined {
    this.#holders.push(holder);
  }

  #useHeaders(step: Step & { do: 'headers' | 'entries' | 'iterator' }): unknown {
    const headers = this.headers(step.on) as AnyHeaders | undefined;
    if (headers === undefined) return nothing;
    if (step.do === 'entries') return [...headers];
    if (step.do === 'iterator') {
      const { method } = step;
      this.#iterators.push(
        method === '@@iterator' ? headers[Symbol.iterator]() : headers[method](),
      );
      return undefined;
    }
    if (step.method === 'count') return headers.count;
    if (step.method === 'forEach') {
      const seen: unknown[] = [];
      headers.forEach((value, name, parent) => seen.push([name, value, parent === headers]));
      return seen;
    }
    const args = step.args.map((value) => realize(value, this));
    return (headers[step.method] as (...all: unknown[]) => unknown)(...args);
  }

  #useReader(step: Step & { do: 'readChunk' | 'release' | 'cancelReader' }): unknown {
    const reader = this.#pick(this.#readers, step.on);
    if (reader === undefined) return nothing;
    if (step.do === 'release') return reader.releaseLock();
    if (step.do === 'cancelReader') return reader.cancel();
    const isByob = (reader as object).constructor.name === 'ReadableStreamBYOBReader';
    const read = reader.read as (view?: Uint8Array) => Promise<unknown>;
    return read.call(reader, isByob ? new Uint8Array(64) : undefined);
  }

  #useHolder(step: Exclude<Step, { args: unknown }> & { on: number }): unknown {
    const holder = this.#pick(this.#holders, step.on);
    if (holder === undefined) return nothing;
    switch (step.do) {
      case 'look':
        return look(holder);
      case 'read':
        return (holder as unknown as Record<string, () => unknown>)[step.method]?.();
      case 'clone':
        return this.#keep(holder.clone());
      case 'bodyUsed':
        return holder.bodyUsed;
      case 'hasBody':
        return holder.body !== null;
      case 'sameBody':
        return holder.body === holder.body;
      case 'type':
        return holder.headers.get('content-type');
      case 'signal':
        return 'signal' in holder ? signalOf(holder) : nothing;
      case 'assign':
        return Object.assign(holder, { [step.name]: 'assigned' });
      case 'instanceof':
        return [holder instanceof this.classes.Response, holder instanceof this.classes.Request];
      case 'pipe':
        return this.#keep(new this.classes.Response(holder.body));
      default:
        return this.#useBody(step, holder);
    }
  }

  #useBody(step: Exclude<Step, { args: unknown }>, holder: Holder): unknown {
    const { body } = holder;
    if (body === null) return nothing;
    switch (step.do) {
      case 'locked':
        return body.locked;
      case 'getReader': {
        const options = step.byob ? { mode: 'byob' as const } : undefined;
        const reader = (body.getReader as (options?: object) => unknown)(options);
        this.#readers.push(reader as ReadableStreamDefaultReader<unknown>);
        return undefined;
      }
      case 'cancel':
        return body.cancel('reason');
      case 'tee': {
        const [first, second] = body.tee();
        this.#keep(new this.classes.Response(first));
        return this.#keep(new this.classes.Response(second));
      }
      default:
        return drain(body);
    }
  }
}

/** What a step on a missing object gives. */
const nothing = Symbol('nothing');

function look(holder: Holder): unknown {
  const names = 'status' in holder ? responseAttributes : requestAttributes;
  const seen = names.map((name) => [name, (holder as unknown as Record<string, unknown>)[name]]);
  return { ...Object.fromEntries(seen), headers: [...holder.headers] } as unknown;
}

function signalOf(request: globalThis.Request): unknown {
  const { signal } = request;
  return [signal.aborted, (signal.reason as Error | undefined)?.name, signal === request.signal];
}

async function drain(body: ReadableStream<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
}

/** Runs one program. */
export function runProgram(program: Program, classes: FetchClasses): Promise<Outcome[]> {
  return new Machine(classes).run(program);
}
