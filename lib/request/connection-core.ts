// SPDX-License-Identifier: MIT
//
// The RequestCore behind requests of the server: pieces are read off the connection when asked for.
// While the handler runs the native side answers from the receive buffer; afterwards, and for whole
// header lists, the raw head that came with the request does.

import type { AsyncResource } from 'node:async_hooks';
import { type CookieMap, setCookieLines } from '../cookies/cookie-map.js';
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

export class ConnectionCore extends RequestCore implements HeaderSource {
  declare cookies?: CookieMap;
  /** The exchange is over: answered, or the connection went away. */
  ended = false;
  #url: string | undefined;
  #fields: string[] | undefined;
  #headers: Headers | undefined;
  #abort: AbortController | undefined;
  #scope: AsyncResource | undefined;
  #aborted = false;
  #body: BodyValue | undefined;

  constructor(
    readonly owner: RequestOwner,
    readonly handle: ExchangeHandle,
    readonly flags: number,
    private readonly head: string,
  ) {
    super();
  }

  override get details(): RequestDetails {
    return serverDetails;
  }

  get method(): string {
    return METHODS[this.flags & RequestFlag.MethodMask] as string;
  }

  get url(): string {
    return (this.#url ??= this.#readUrl());
  }

  #readUrl(): string {
    const url =
      native.requestUrl(this.handle, this.owner.server) ??
      urlOfHead(this.head, this.owner.scheme, this.owner.authority);
    return (this.flags & RequestFlag.NeedsNormalising) === 0 ? url : normalisedUrl(url);
  }

  get headers(): Headers {
    return (this.#headers ??= headersFromSource(this));
  }

  /** HeaderSource: one field by its lower-case name. */
  get(name: string): string | null {
    if (this.#fields === undefined) {
      const value = native.requestHeader(this.handle, name);
      if (value !== undefined) return value;
      this.#fields = rawFields(this.head);
    }
    return joinedField(this.#fields, name);
  }

  /** HeaderSource: all of them. */
  entries(): string[] {
    return combinedFields((this.#fields ??= rawFields(this.head)));
  }

  override get contentType(): string | null {
    return this.#headers === undefined ? this.get('content-type') : super.contentType;
  }

  override get cookieField(): string | null {
    return this.#headers === undefined ? this.get('cookie') : super.cookieField;
  }

  /** Set-Cookie lines of what the handler changed about `request.cookies`. */
  get cookieLines(): string {
    const { cookies } = this;
    return cookies === undefined ? '' : setCookieLines(cookies);
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      this.#scope = abortScope();
      // Nobody was told of an end that came before somebody asked.
      const gone = this.#aborted || (!this.ended && !native.requestOpen(this.handle));
      if (gone) this.#abort.abort(connectionClosed());
      else if (!this.ended) this.owner.watch(this);
    }
    return this.#abort.signal;
  }

  /**
   * The client left, or the server was stopped by force, before the response had left entirely.
   * `fault` is a `BodyAnswer` and says what became of the body.
   */
  abort(fault: number = BodyAnswer.Gone): void {
    this.#aborted = true;
    this.ended = true;
    this.#scope?.runInAsyncScope(() => this.#abort?.abort(connectionClosed()));
    this.#endBody(fault);
  }

  notSent(delivery: number): void {
    if (delivery === Delivery.Gone) this.abort();
    else this.owner.watch(this);
  }

  /** The response is complete. */
  answered(): void {
    this.#endBody(BodyAnswer.Gone);
  }

  get body(): BodyValue {
    if (this.#body === undefined) {
      const has = (this.flags & RequestFlag.HasBody) !== 0;
      this.#source = has ? new ConnectionBody(this) : undefined;
      this.#body = has ? new BodyBox(BodyKind.Source, this.#source, '') : null;
    }
    return this.#body;
  }

  set body(value: BodyValue) {
    this.#body = value;
  }

  override get fromPeer(): boolean {
    return true;
  }

  /** Nobody has looked at the body, so that all of it may be with the connection. */
  get #untouched(): boolean {
    return this.#body === undefined && (this.flags & RequestFlag.HasBody) !== 0;
  }

  override takeText(): string | undefined {
    if (!this.#untouched) return undefined;
    const text = native.bodyText(this.handle);
    if (text === undefined) return undefined;
    this.#body = spentBody;
    return withoutMark(text);
  }

  override takeBytes(): ArrayBuffer | undefined {
    if (!this.#untouched) return undefined;
    const bytes = native.bodyBytes(this.handle);
    if (bytes !== undefined) this.#body = spentBody;
    return bytes;
  }

  /** Why the body will never be complete, once that is known. */
  bodyFault: number | undefined;
  #source: ConnectionBody | undefined;

  /** `answer` to what the body asked for. */
  bodyNews(answer: number): void {
    this.#source?.news(answer);
  }

  #endBody(fault: number): void {
    this.bodyFault ??= fault;
    this.#source?.end();
  }

  clone(body: BodyValue): RequestCore {
    const list = headerListFrom(this.headers);
    return new PlainRequestCore(this.method, this.url, list, body, this, serverDetails, true);
  }
}
