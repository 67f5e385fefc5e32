// SPDX-License-Identifier: MIT
//
// Channels of node:diagnostics_channel on which a server tells what it does, for tracing and
// metrics. A message is made only when somebody listens. What a subscriber throws is the program's
// own uncaught exception: it never reaches a request.

import type { Response } from '../fetch/response.js';

const { channel } = process.getBuiltinModule('node:diagnostics_channel');

/** Messages of `bunserve:server:listen` and `bunserve:server:close`. */
export interface ServerMessage {
  server: object;
}

/** Message of `bunserve:request:start`: sent before the handler runs, in its async context. */
export interface RequestMessage extends ServerMessage {
  request: object;
}

/**
 * Message of `bunserve:request:error`: what the handler threw, before `error()` sees it, or what the
 * body of its response failed with.
 */
export interface RequestErrorMessage extends RequestMessage {
  error: unknown;
}

/** Message of `bunserve:request:end`: the response has left, or never will. */
export interface RequestEndMessage extends RequestMessage {
  /** What was sent; undefined when it was the server's own answer, or none. */
  response: globalThis.Response | Response | undefined;
  /** Status on the wire; 0 when nothing was sent. */
  status: number;
  /** The connection ended before the response was complete. */
  aborted: boolean;
}

export const serverListen = channel('bunserve:server:listen');
export const serverClose = channel('bunserve:server:close');
export const requestStart = channel('bunserve:request:start');
export const requestEnd = channel('bunserve:request:end');
export const requestError = channel('bunserve:request:error');

/** Whether anybody wants to hear of requests. */
export function requestsObserved(): boolean {
  return requestStart.hasSubscribers || requestEnd.hasSubscribers || requestError.hasSubscribers;
}

/** A request that somebody hears of, from its start to its end. */
export class Observation {
  response: globalThis.Response | Response | undefined;
  status = 0;
  #isBroken = false;

  constructor(
    private readonly server: object,
    private readonly request: object,
  ) {
    requestStart.publish({ server, request } satisfies RequestMessage);
  }

  failed(error: unknown): void {
    const { server, request } = this;
    requestError.publish({ server, request, error } satisfies RequestErrorMessage);
  }

  /** The response broke off because its body failed. */
  broke(error: unknown, isBegun: boolean): void {
    this.#isBroken = true;
    if (!isBegun) this.status = 0;
    this.failed(error);
  }

  ended(isCut: boolean): void {
    const { server, request, response, status } = this;
    const aborted = isCut || this.#isBroken;
    const message = { server, request, response, status, aborted };
    requestEnd.publish(message satisfies RequestEndMessage);
  }
}
