// SPDX-License-Identifier: MIT
//
// The entry points the native server calls, and what becomes of a handler's result: sent, passed to
// `error`, or answered with the default page (behaviours 5.13, 10). None of them ever throws.

import { connectionClosed } from '../errors.js';
import { BATCH_STRIDE, batchHandles, batchWords, BatchWord } from '../native/batch.js';
import { native } from '../native/binding.js';
import { cells, ExchangeCell } from '../native/cells.js';
import { isolated, needsIsolation } from '../native/isolation.js';
import { RequestFlag, type ExchangeHandle, type ServerEvents } from '../native/contract.js';
import { BunRequest, plainRequest } from '../request/bun-request.js';
import { ConnectionCore, type RequestOwner } from '../request/connection-core.js';
import type { Request } from '../fetch/request.js';
import { Response } from '../fetch/response.js';
import { isFastResponse, replyOf, send, sendPlain, type PlainAnswer } from '../response/send.js';
import { isForeignResponse } from '../response/foreign.js';
import { sendNative } from '../response/send-native.js';
import { abandonStream, resumeStream } from '../response/stream-writer.js';
import { enterHandler } from '../router/bound-handler.js';
import type { RouteEntry, RouteHandler } from '../router/compile.js';
import { noParams } from '../router/params-shape.js';
import type { ErrorHandler, FetchHandler } from '../types.js';
import { Observation, requestsObserved } from './channels.js';
import {
  describe,
  errorAnswer,
  errorPage,
  isError,
  mayShowErrors,
  report,
  welcomeAnswer,
} from './default-responses.js';

const util = process.getBuiltinModule('node:util');

const DIRECT_PARAMS = 8;
const PARTIAL_BODY = RequestFlag.HasBody | RequestFlag.BodyComplete;

/** Promises only: Bun does not look for `then` on other objects. */
function isPromise(value: unknown): value is Promise<unknown> {
  try {
    return value instanceof Promise || util.types.isPromise(value);
  } catch {
    // A revoked proxy.
    return false;
  }
}

/** `then()`, which a subclass may have replaced, or which is no promise's own. */
function whenSettled(
  promise: Promise<unknown>,
  onValue: (value: unknown) => void,
  onError: (error: unknown) => void,
): void {
  try {
    promise.then(onValue, onError);
  } catch (error) {
    onError(error);
  }
}

/** A Response that is not of our class. */
function isOtherResponse(value: unknown): value is globalThis.Response {
  return value instanceof Response || isForeignResponse(value);
}

function batchedRequest(
  core: ConnectionCore,
  route: number,
  entry: RouteEntry,
  heads: string,
  at: number,
): Request {
  if (route === 0) return plainRequest(core);
  const { params, paramCount } = entry;
  if (params === null) return new BunRequest(core, noParams);
  const param = (index: number): string =>
    heads.slice(batchWords[at + 2 * index], batchWords[at + 2 * index + 1]);
  if (paramCount === 1) return new BunRequest(core, params(param(0)));
  if (paramCount === 2) return new BunRequest(core, params(param(0), param(1)));
  if (paramCount === 3) return new BunRequest(core, params(param(0), param(1), param(2)));
  return new BunRequest(core, params(...Array.from({ length: paramCount }, (_, i) => param(i))));
}

export class Dispatcher implements RequestOwner {
  server = -1;
  scheme = 'http://';
  authority = 'localhost';
  readonly events: ServerEvents;
  #table: (RouteEntry | undefined)[] = [];
  /** What the routes of requests that wait in the batch refer to, when it is not the table any more. */
  #replacedTable: (RouteEntry | undefined)[] | undefined;
  #onError: ErrorHandler | undefined;
  /** Requests that want to hear of their body or their connection's end. */
  readonly #watched = new Map<ExchangeHandle, ConnectionCore>();
  /** Those of them that a diagnostics channel hears of. */
  readonly #observed = new Map<ConnectionCore, Observation>();

  constructor(
    private readonly self: object,
    private readonly development: boolean,
    private readonly onStopped: () => void,
  ) {
    this.events = {
      onRequest: (route, handle, flags, head, a, b, c, d, e, f, g, h) => {
        const core = new ConnectionCore(this, handle, flags, head);
        // Why a body never came has to be known whenever it is asked for.
        if ((flags & PARTIAL_BODY) === RequestFlag.HasBody) this.#watched.set(handle, core);
        const entry = this.#table[route] as RouteEntry;
        const { params } = entry;
        let request: Request;
        if (route === 0) request = plainRequest(core);
        else if (params === null) request = new BunRequest(core, noParams);
        else if (entry.paramCount <= DIRECT_PARAMS) {
          request = new BunRequest(core, params(a!, b!, c!, d!, e!, f!, g!, h!));
        } else {
          request = new BunRequest(core, params(...(a as unknown as string[])));
        }
        return this.start(core, entry.handler, request);
      },
      onRequests: (heads, first, size) => this.runBatch(heads, first, size),
      onBody: (handle, answer) => this.#watched.get(handle)?.bodyNews(answer),
      onWritable: resumeStream,
      onAborted: (handle, fault) => {
        const core = this.#watched.get(handle);
        core?.abort(fault);
        abandonStream(handle, connectionClosed);
        this.#forget(handle, core, true);
      },
      onSent: (handle) => this.#forget(handle, this.#watched.get(handle), false),
      onStopped: () => this.onStopped(),
    };
  }

  setHandlers(
    table: (RouteEntry | undefined)[],
    fetch: FetchHandler | undefined,
    onError: ErrorHandler | undefined,
  ): void {
    if (fetch) table[0] = { handler: fetch as RouteHandler, params: null, paramCount: 0 };
    if (cells[ExchangeCell.BatchSize] !== 0 && cells[ExchangeCell.BatchServer] === this.server) {
      this.#replacedTable ??= this.#table;
    }
    this.#table = table;
    this.#onError = onError;
  }

  watch(core: ConnectionCore): void {
    this.#watched.set(core.handle, core);
  }

  // The next three stand in the stack of every handler's error: dist/ shortens #names.
  /** The requests of a turn, one after the other. A small response leaves before the next handler. */
  private runBatch(heads: string, first: number, size: number): number {
    const table = this.#replacedTable ?? this.#table;
    for (let i = first; i < size; i++) {
      cells[ExchangeCell.BatchCurrent] = i;
      const handle = batchHandles[i] as number;
      if (handle === 0) continue;
      const at = i * BATCH_STRIDE;
      const head = heads.slice(
        batchWords[at + BatchWord.HeadBegin],
        batchWords[at + BatchWord.HeadEnd],
      );
      const core = new ConnectionCore(
        this,
        handle,
        batchWords[at + BatchWord.Flags] as number,
        head,
      );
      const route = batchWords[at + BatchWord.Route] as number;
      const entry = table[route] as RouteEntry;
      const request = batchedRequest(core, route, entry, heads, at + BatchWord.Params);
      const reply = needsIsolation
        ? isolated(this.start, this, core, entry.handler, request)
        : this.start(core, entry.handler, request);
      if (reply !== undefined) native.reply(reply);
      // A store was entered: whoever comes next needs a context of its own.
      if (cells[ExchangeCell.ContextTouched] !== 0 && i + 1 < size) return i + 1;
    }
    this.#replacedTable = undefined;
    return size;
  }

  private start(core: ConnectionCore, handler: RouteHandler, request: Request): string | undefined {
    if (requestsObserved()) return this.#runObserved(core, handler, request);
    return this.run(core, handler, request);
  }

  private run(core: ConnectionCore, handler: RouteHandler, request: unknown): string | undefined {
    let result: unknown;
    try {
      result = handler.call(this.self, request, this.self);
      if (isFastResponse(result)) {
        const reply = this.#isWatched(core) ? undefined : replyOf(core, result);
        if (reply !== undefined) return reply;
        if (this.#observed.size !== 0) this.#noteResponse(core, result);
        const pending = send(core, result);
        if (pending !== undefined) this.#settle(core, pending);
        else this.#answered(core);
        return undefined;
      }
    } catch (error) {
      this.#fail(core, error);
      return undefined;
    }
    if (isPromise(result)) {
      whenSettled(
        result,
        (value) => this.#finish(core, value),
        (error) => this.#fail(core, error),
      );
    } else {
      this.#finish(core, result);
    }
    return undefined;
  }

  #isWatched(core: ConnectionCore): boolean {
    return this.#watched.size !== 0 && this.#watched.has(core.handle);
  }

  #answered(core: ConnectionCore): void {
    if (!this.#isWatched(core)) return;
    // The rest of a body nobody got before the response is dropped (behaviours 5.8).
    core.answered();
    // A response that has not left entirely may still be cut short.
    if (!native.requestOpen(core.handle)) this.#forget(core.handle, core, false);
  }

  /** In the handler's own context: a store that a subscriber enters is to be seen there. */
  #runObserved(core: ConnectionCore, handler: RouteHandler, request: object): string | undefined {
    return enterHandler(handler, (own) => {
      this.#observed.set(core, new Observation(this.self, request));
      this.watch(core);
      return this.run(core, own, request);
    });
  }

  /** What is about to be sent, for those who observe the request. */
  #noteResponse(core: ConnectionCore, response: Response | globalThis.Response): void {
    const observation = this.#observed.get(core);
    if (observation === undefined) return;
    observation.response = response;
    observation.status = response.status;
  }

  /** The request needs no answer any more: its connection is a WebSocket, or ends. */
  readonly taken = (core: ConnectionCore, status: number): void => {
    core.taken();
    if (this.#observed.size !== 0) {
      const observation = this.#observed.get(core);
      if (observation !== undefined) observation.status = status;
    }
    this.#forget(core.handle, core, false);
  };

  broke(core: ConnectionCore, error: unknown, isBegun: boolean): void {
    if (this.#observed.size !== 0) this.#observed.get(core)?.broke(error, isBegun);
  }

  /** The exchange is over, one way or the other. */
  #forget(handle: ExchangeHandle, core: ConnectionCore | undefined, aborted: boolean): void {
    this.#watched.delete(handle);
    if (core === undefined || this.#observed.size === 0) return;
    const observation = this.#observed.get(core);
    this.#observed.delete(core);
    observation?.ended(aborted);
  }

  /** Sends what a handler came to, Response or not. */
  #finish(core: ConnectionCore, value: unknown): void {
    try {
      if (this.#observed.size !== 0 && isOtherResponse(value)) this.#noteResponse(core, value);
      if (isFastResponse(value)) {
        const pending = send(core, value);
        if (pending !== undefined) this.#settle(core, pending);
        else this.#answered(core);
      } else if (isOtherResponse(value)) {
        const pending = sendNative(core, value);
        if (pending !== undefined) this.#settle(core, pending);
        else this.#answered(core);
      } else if (isError(value)) {
        this.#fail(core, value);
      } else {
        this.#notAResponse(core, value);
      }
    } catch (error) {
      this.#fail(core, error);
    }
  }

  #settle(core: ConnectionCore, pending: Promise<void>): void {
    this.watch(core);
    pending.then(
      () => this.#answered(core),
      (error: unknown) => this.#fail(core, error),
    );
  }

  #notAResponse(core: ConnectionCore, value: unknown): void {
    // Nobody misses the answer to a request that was aborted.
    if (!core.ended && native.requestOpen(core.handle)) {
      report(`Expected a Response object, but received '${describe(value)}'`);
      this.#sendOwn(core, welcomeAnswer(this.development));
    }
    this.#answered(core);
  }

  #fail(core: ConnectionCore, error: unknown): void {
    // Its connection is a WebSocket: there is nobody to answer, and nothing says so but this.
    if (core.isTaken) {
      report(error);
      return;
    }
    // Whoever has left gets no answer, and `error` is there to make one (Bun drops these too).
    if (core.ended || !native.requestOpen(core.handle)) return;
    if (this.#observed.size !== 0) this.#observed.get(core)?.failed(error);
    const onError = this.#onError;
    if (onError === undefined) {
      this.#failFinally(core, error);
      return;
    }
    let result: unknown;
    try {
      result = onError.call(this.self as never, error as Error);
    } catch (second) {
      this.#failFinally(core, second);
      return;
    }
    if (isPromise(result)) {
      whenSettled(
        result,
        (value) => this.#finishError(core, value, error),
        (second) => this.#failFinally(core, second),
      );
    } else {
      this.#finishError(core, result, error);
    }
  }

  /** What `error` came to: a Response, else the default answer (behaviours 10.4). */
  #finishError(core: ConnectionCore, value: unknown, error: unknown): void {
    try {
      let pending: void | Promise<void>;
      if (this.#observed.size !== 0 && isOtherResponse(value)) this.#noteResponse(core, value);
      if (isFastResponse(value)) pending = send(core, value);
      else if (isOtherResponse(value)) pending = sendNative(core, value);
      else {
        this.#failFinally(core, error);
        return;
      }
      if (pending === undefined) this.#answered(core);
      else {
        this.watch(core);
        pending.then(
          () => this.#answered(core),
          (second: unknown) => this.#failFinally(core, second),
        );
      }
    } catch (second) {
      this.#failFinally(core, second);
    }
  }

  #failFinally(core: ConnectionCore, error: unknown): void {
    report(error);
    if (!mayShowErrors(this.development)) {
      this.#sendFinally(core, errorAnswer);
      return;
    }
    void errorPage(error, core).then((page) => this.#sendFinally(core, page));
  }

  #sendFinally(core: ConnectionCore, answer: PlainAnswer): void {
    if (!core.ended) this.#sendOwn(core, answer);
    this.#answered(core);
  }

  #sendOwn(core: ConnectionCore, answer: PlainAnswer): void {
    const observation = this.#observed.size === 0 ? undefined : this.#observed.get(core);
    if (observation !== undefined) {
      observation.response = undefined;
      observation.status = answer.status;
    }
    sendPlain(core, answer);
  }
}
