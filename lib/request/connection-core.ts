// SPDX-License-Identifier: MIT
//
// The RequestCore behind requests of the server: pieces are read off the connection when asked for.
// While the handler runs the native side answers from the receive buffer; afterwards, and for whole
// header lists, the raw head that came with the request does.

import type { AsyncResource } from 'node:async_hooks';
import type { CookieMap } from '../cookies/cookie-map.js';
import { connectionClosed } from '../errors.js';
import {
  BodyBox,
  BodyKind,
  type BodyValue,
  headersFromSource,
  type HeaderSource,
  RequestCore,
  spentBody,
} from '../fetch/internal.js';
import type { Headers } from '../fetch/headers.js';
import { PlainRequestCore, defaultDetails, type RequestDetails } from '../fetch/request-core.js';
import { headerListFrom } from '../fetch/headers.js';
import { cookiesPart } from '../late.js';
import { native } from '../native/binding.js';
import {
  BodyAnswer,
  Delivery,
  METHODS,
  RequestFlag,
  type ExchangeHandle,
} from '../native/contract.js';
import { ConnectionBody, withoutMark } from './connection-body.js';
import { combinedFields, joinedField, rawFields } from './raw-head.js';
import { normalisedUrl, urlOfHead } from './url.js';

/** What requests need from their server. */
export interface RequestOwner {
  /** Number of the native server. */
  readonly server: number;
  readonly scheme: string;
  readonly authority: string;
  /** The core wants to hear of the end of its connection or body. */
  watch(core: ConnectionCore): void;
  /** The body of its response failed. */
  broke(core: ConnectionCore, error: unknown, isBegun: boolean): void;
}

/**
 * The async context of whoever asked for the signal first: its listeners run there, so that they see
 * the AsyncLocalStorage stores of their request. (An EventTarget keeps none by itself.)
 */
function abortScope(): AsyncResource {
  const { AsyncResource } = process.getBuiltinModule('node:async_hooks');
  return new AsyncResource('BUNSERVE_ABORT', { requireManualDestroy: true });
}

/** What Bun shows for requests that a server received (behaviours 5.1). */
const serverDetails: RequestDetails = { ...defaultDetails, credentials: 'include', referrer: '' };

/** What only some requests come to need. */
class LateState {
  url: string | undefined = undefined;
  fields: string[] | undefined = undefined;
  headers: Headers | undefined = undefined;
  abort: AbortController | undefined = undefined;
  scope: AsyncResource | undefined = undefined;
  aborted = false;
  taken = false;
  body: BodyValue | undefined = undefined;
  source: ConnectionBody | undefined = undefined;
  fault: number | undefined = undefined;
}

export class ConnectionCore extends RequestCore implements HeaderSource {
  // Declared, not initialised: one is made per request, and class fields would be stored twice.
  declare readonly owner: RequestOwner;
  declare readonly handle: ExchangeHandle;
  declare readonly flags: number;
  declare private readonly head: string;
  /** The exchange is over: answered, or the connection went away. */
  declare ended: boolean;
  declare private late: LateState | undefined;
  declare cookies?: CookieMap;

  constructor(owner: RequestOwner, handle: ExchangeHandle, flags: number, head: string) {
    super();
    this.owner = owner;
    this.handle = handle;
    this.flags = flags;
    this.head = head;
    this.ended = false;
    this.late = undefined;
  }

  get #late(): LateState {
    return (this.late ??= new LateState());
  }

  override get details(): RequestDetails {
    return serverDetails;
  }

  get method(): string {
    return METHODS[this.flags & RequestFlag.MethodMask] as string;
  }

  get url(): string {
    return (this.#late.url ??= this.#readUrl());
  }

  #readUrl(): string {
    const url =
      native.requestUrl(this.handle, this.owner.server) ??
      urlOfHead(this.head, this.owner.scheme, this.owner.authority);
    if ((this.flags & RequestFlag.NeedsNormalising) === 0) return url;
    return normalisedUrl(url, this.owner.scheme + this.owner.authority);
  }

  get headers(): Headers {
    return (this.#late.headers ??= headersFromSource(this));
  }

  /** HeaderSource: one field by its lower-case name. */
  get(name: string): string | null {
    const late = this.#late;
    if (late.fields === undefined) {
      const value = native.requestHeader(this.handle, name);
      if (value !== undefined) return value;
      late.fields = rawFields(this.head);
    }
    return joinedField(late.fields, name);
  }

  /** HeaderSource: all of them. */
  entries(): string[] {
    return combinedFields((this.#late.fields ??= rawFields(this.head)));
  }

  override get contentType(): string | null {
    return this.late?.headers === undefined ? this.get('content-type') : super.contentType;
  }

  override get cookieField(): string | null {
    return this.late?.headers === undefined ? this.get('cookie') : super.cookieField;
  }

  /** Set-Cookie lines of what the handler changed about `request.cookies`. */
  get cookieLines(): string {
    const { cookies } = this;
    return cookies === undefined ? '' : cookiesPart().setCookieLines(cookies);
  }

  get signal(): AbortSignal {
    const late = this.#late;
    if (late.abort === undefined) {
      late.abort = new AbortController();
      late.scope = abortScope();
      // Nobody was told of an end that came before somebody asked.
      const gone = late.aborted || (!this.ended && !native.requestOpen(this.handle));
      if (gone) late.abort.abort(connectionClosed());
      else if (!this.ended) this.owner.watch(this);
    }
    return late.abort.signal;
  }

  /**
   * The client left, or the server was stopped by force, before the response had left entirely.
   * `fault` is a `BodyAnswer` and says what became of the body.
   */
  abort(fault: number = BodyAnswer.Gone): void {
    const late = this.#late;
    late.aborted = true;
    this.ended = true;
    late.scope?.runInAsyncScope(() => late.abort?.abort(connectionClosed()));
    this.#endBody(fault);
  }

  /** Somebody else answered: what the handler returns is not sent, and that is no abort. */
  taken(): void {
    this.ended = true;
    this.#late.taken = true;
    this.#endBody(BodyAnswer.Gone);
  }

  get isTaken(): boolean {
    return this.late?.taken === true;
  }

  notSent(delivery: number): void {
    if (this.late?.taken) return;
    if (delivery === Delivery.Gone) this.abort();
    else this.owner.watch(this);
  }

  broke(error: unknown, isBegun: boolean): void {
    this.owner.broke(this, error, isBegun);
  }

  /** The response is complete. */
  answered(): void {
    this.#endBody(BodyAnswer.Gone);
  }

  get body(): BodyValue {
    const late = this.#late;
    if (late.body === undefined) {
      const has = (this.flags & RequestFlag.HasBody) !== 0;
      late.source = has ? new ConnectionBody(this) : undefined;
      late.body = has ? new BodyBox(BodyKind.Source, late.source, '') : null;
    }
    return late.body;
  }

  set body(value: BodyValue) {
    this.#late.body = value;
  }

  override get fromPeer(): boolean {
    return true;
  }

  /** Nobody has looked at the body, so that all of it may be with the connection. */
  get #untouched(): boolean {
    return this.late?.body === undefined && (this.flags & RequestFlag.HasBody) !== 0;
  }

  override takeText(): string | undefined {
    if (!this.#untouched) return undefined;
    const text = native.bodyText(this.handle);
    if (text === undefined) return undefined;
    this.#late.body = spentBody;
    return withoutMark(text);
  }

  override takeBytes(): ArrayBuffer | undefined {
    if (!this.#untouched) return undefined;
    const bytes = native.bodyBytes(this.handle);
    if (bytes !== undefined) this.#late.body = spentBody;
    return bytes;
  }

  /** Why the body will never be complete, once that is known. */
  get bodyFault(): number | undefined {
    return this.late?.fault;
  }

  /** `answer` to what the body asked for. */
  bodyNews(answer: number): void {
    this.late?.source?.news(answer);
  }

  #endBody(fault: number): void {
    const late = this.#late;
    late.fault ??= fault;
    late.source?.end();
  }

  clone(body: BodyValue): RequestCore {
    const list = headerListFrom(this.headers);
    return new PlainRequestCore(this.method, this.url, list, body, this, serverDetails, true);
  }
}
