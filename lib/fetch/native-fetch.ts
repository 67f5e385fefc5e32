// SPDX-License-Identifier: MIT
// Node's fetch() for our Requests: it takes them with all they have, and what it returns teaches us
// the native classes.

import { Headers } from './headers.js';
import { learnNativeClass } from './native.js';
import { nativeRequestArguments } from './native-convert.js';
import { isFastRequest, Request } from './request.js';

type Fetch = typeof globalThis.fetch;

type Init = NonNullable<Parameters<Fetch>[1]>;

// What a request says about its own way here: whoever passes its headers on passes these, too. Node
// refuses them all ("invalid transfer-encoding header", ...), Bun does not mind.
const ofTheWayHere = ['transfer-encoding', 'keep-alive', 'upgrade', 'expect'];

function isRefused(name: string, value: string, isStreamed: boolean): boolean {
  if (name === 'connection') return !/^(?:close|keep-alive)$/i.test(value);
  // Node counts what is not a stream itself, and refuses a request whose header says otherwise.
  if (name === 'content-length') return !isStreamed;
  return ofTheWayHere.includes(name);
}

/** Headers that Node's fetch() takes, or null when these are, and can be read once more. */
function takenHeaders(given: object, isStreamed: boolean): [string, string][] | null {
  const all = [...new Headers(given as never)];
  const taken = all.filter(([name, value]) => !isRefused(name, value, isStreamed));
  return taken.length < all.length || 'next' in given ? taken : null;
}

function isStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** The init of a request that is not ours; only plain objects are made anew. */
function takenInit(input: Parameters<Fetch>[0], init: Init | undefined): Init | undefined {
  if (init !== undefined && Object.getPrototypeOf(init) !== Object.prototype) return init;
  const request = typeof input === 'object' && 'headers' in input ? input : undefined;
  const given = init?.headers ?? request?.headers;
  const isStreamed = isStream(init?.body ?? request?.body);
  const headers = given === undefined ? null : takenHeaders(given, isStreamed);
  // Bun does not ask for `duplex` with a streamed body; native fetch refuses one without.
  const needsDuplex = isStream(init?.body) && init?.duplex === undefined;
  if (headers === null && !needsDuplex) return init;
  return {
    ...init,
    ...(headers !== null && { headers }),
    ...(needsDuplex && { duplex: 'half' }),
  };
}

async function throughNative(
  native: Fetch,
  input: Parameters<Fetch>[0],
  init: Parameters<Fetch>[1],
): Promise<globalThis.Response> {
  let response: globalThis.Response;
  if (isFastRequest(input) || isFastRequest(init)) {
    const request =
      init === undefined ? (input as never as Request) : new Request(input, init as never);
    const [url, converted] = nativeRequestArguments(request);
    const headers = takenHeaders(request.headers, isStream(converted['body']));
    if (headers !== null) converted['headers'] = headers;
    // Not part of the standard's init, but Node's way to choose an agent.
    if (init?.dispatcher !== undefined) converted['dispatcher'] = init.dispatcher;
    response = await native(url, converted);
  } else {
    response = await native(input, takenInit(input, init));
  }
  learnNativeClass('Response', response);
  learnNativeClass('Headers', response.headers);
  return response;
}

/** A fetch() in front of `native`. */
export function fetchThrough(native: Fetch): Fetch {
  async function fetch(
    input: Parameters<Fetch>[0],
    init: Parameters<Fetch>[1] = undefined,
  ): Promise<globalThis.Response> {
    return throughNative(native, input, init);
  }
  return fetch as Fetch;
}

/**
 * The global fetch(), which here also takes requests of bunserve on every Node, and a streamed body
 * without `duplex`. (From Node 24 on the global one itself reads nothing but Node's own Requests.)
 */
export async function fetch(
  input: Parameters<Fetch>[0],
  init: Parameters<Fetch>[1] = undefined,
): Promise<globalThis.Response> {
  return throughNative(globalThis.fetch, input, init);
}
