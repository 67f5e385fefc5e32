// SPDX-License-Identifier: MIT
// Builders of cases about WebSockets. Code is text, which the app's handlers run (apps/sockets.mjs);
// what it returns, or throws, is a line of the case's log.
import { frameBytes, type FrameOptions, type Opcode } from '../../helpers/websocket-frames.js';
import { get, type DifferentialCase, type Snippet, type Step } from '../case.js';

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** Fields of a proper upgrade request. */
export const FIELDS = {
  upgrade: 'Upgrade: websocket',
  connection: 'Connection: Upgrade',
  key: `Sec-WebSocket-Key: ${KEY}`,
  version: 'Sec-WebSocket-Version: 13',
} as const;

export const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate';

type HandlerName = 'upgrade' | 'open' | 'close' | 'ping' | 'pong' | 'drain' | 'message' | 'error';

/** Code of handlers by name; `upgrade` is what `fetch` does. */
export type Code = Partial<Record<HandlerName, string>>;

export interface SocketCase extends Partial<Omit<DifferentialCase, 'send' | 'app'>> {
  readonly name: string;
  /** Source text of the `websocket` option, and of further options. */
  readonly websocket?: string;
  readonly options?: string;
  readonly code?: Code;
  readonly path?: string;
  /** Further fields of the request, or all of them. */
  readonly headers?: readonly string[];
  readonly fields?: readonly string[];
  readonly send?: readonly (Step | Run)[];
  /** The handlers log by themselves, into the log of their server. */
  readonly logsItself?: boolean;
  /** Lines of the log besides those of run(). */
  readonly lines?: number;
}

/** Code to be run by the server. */
export interface Run {
  readonly run: string;
  readonly on?: number;
}

export const run = (code: string, on = 0): Run => ({ run: code.replace(/\s+/g, ' ').trim(), on });

/** A frame as latin-1 text, as steps have it. */
export function frame(opcode: Opcode, payload: string | Buffer = '', more?: FrameOptions): string {
  return frameBytes(opcode, payload, more).toString('latin1');
}

export const text = (payload: string, more?: FrameOptions): string => frame('text', payload, more);

function stepOf(step: Step | Run): Step {
  if (typeof step === 'string' || !('run' in step)) return step;
  return { send: text(`!${step.run}`), on: step.on ?? 0 };
}

/** The request that asks for a socket of a case. */
export function upgradeRequest(test: SocketCase, code = test.code ?? {}): string {
  const fields = Object.entries(code).map(
    ([name, source]) => `x-${name}: ${source.replace(/\s+/g, ' ').trim()}`,
  );
  const asked = test.fields ?? Object.values(FIELDS);
  const id = `x-case: ${encodeURIComponent(test.name)}`;
  return get(test.path ?? '/', ...asked, id, ...(test.headers ?? []), ...fields);
}

function snippet(source: string): Snippet {
  return { toString: () => source } as unknown as Snippet;
}

/** One socket (or a request that is none), and what is sent on it. */
export function socket(test: SocketCase): DifferentialCase {
  const { websocket = '{}', options = '{}', lines = 0 } = test;
  const steps = test.send ?? [];
  const runs = steps.filter((step) => typeof step !== 'string' && 'run' in step).length;
  return {
    ...test,
    app: snippet(`({ sockets, shown, log, Bun }) => sockets(${websocket}, ${options})`),
    send: [upgradeRequest(test), { await: 1 }, ...steps.map(stepOf)],
    gives: test.gives ?? '101 open',
    logs: runs + lines,
    ...(test.logsItself === true ? {} : { logId: encodeURIComponent(test.name) }),
  };
}

/** One socket on which the server runs code. */
export function evaluated(name: string, code: string, more: Partial<SocketCase> = {}) {
  return socket({ name, send: [run(code), ...(more.send ?? [])], ...more });
}

/** Several sockets of one case: the others are opened one after the other, before anything is sent. */
export function sockets(count: number, test: SocketCase): DifferentialCase {
  const made = socket(test);
  const others = Array.from({ length: count - 1 }, (_, i): Step[] => [
    { send: upgradeRequest(test), on: i + 1 },
    { await: 1, on: i + 1 },
  ]);
  const [first, opened, ...rest] = made.send as Step[];
  return {
    ...made,
    send: [first!, opened!, ...others.flat(), ...rest],
    gives: test.gives ?? Array.from({ length: count }, () => '101 open'),
  };
}
