// SPDX-License-Identifier: MIT
// RequestCore: what a Request needs from whoever holds its data. PlainRequestCore is the one behind
// `new Request(...)`; the server brings its own, which pulls each piece off the connection on demand.
// Members are read on every access of the matching Request getter, so they must be cheap and stable
// (`headers` and `signal` return the same object each time).

import type { BodyValue } from './body.js';
import type { HeaderList } from './header-list.js';
import { type Headers, headerListOf, headersFromList } from './headers.js';
import { defaultDetails, type RequestDetails } from './request-init.js';

export { defaultDetails, type RequestDetails };

export abstract class RequestCore {
  abstract readonly method: string;
  /** Absolute and normalised, as `new URL(...).href` gives it. */
  abstract readonly url: string;
  abstract readonly headers: Headers;
  /** Created when first read; if the request is aborted by then, already aborted. */
  abstract readonly signal: AbortSignal;
  /** A field or an accessor; the owner writes it when the body is taken, boxed or teed. */
  abstract body: BodyValue;

  /**
   * The CookieMap of a request whose `cookies` were asked for. Not a field of every core: it comes
   * into being when it is first assigned, so that requests without cookies do not pay for it.
   */
  declare cookies?: object;

  get details(): RequestDetails {
    return defaultDetails;
  }

  /** The Cookie field, several joined. */
  get cookieField(): string | null {
    return headerListOf(this.headers).get('cookie');
  }

  /** Content-Type, by default through `headers`; a core may look it up more cheaply. */
  get contentType(): string | null {
    return headerListOf(this.headers).get('content-type');
  }

  /**
   * The body comes from a peer: what is wrong with it is the peer's doing, and must not end the
   * process when nobody waits for the read.
   */
  get fromPeer(): boolean {
    return false;
  }

  /** The whole body as text, taken, when that can be had at once. */
  takeText(): string | undefined {
    return undefined;
  }

  /** The same as bytes. */
  takeBytes(): ArrayBuffer | undefined {
    return undefined;
  }

  /** A core for `clone()` that carries `body`. */
  abstract clone(body: BodyValue): RequestCore;
}

/** Where a request's signal comes from: nobody, a signal, or another request's (read late). */
export type SignalSource = AbortSignal | { readonly signal: AbortSignal } | null;

export class PlainRequestCore extends RequestCore {
  #view: Headers | null = null;
  #signal: AbortSignal | null = null;

  constructor(
    readonly method: string,
    readonly url: string,
    private readonly list: HeaderList,
    public body: BodyValue,
    private readonly signalSource: SignalSource,
    private readonly ownDetails: RequestDetails,
    private readonly isFromPeer = false,
  ) {
    super();
  }

  get headers(): Headers {
    return (this.#view ??= headersFromList(this.list));
  }

  override get contentType(): string | null {
    return this.list.get('content-type');
  }

  // The standard makes a dependent signal at construction. Made later it looks the same: a source
  // that was aborted in between gives a signal that is aborted, with its reason.
  get signal(): AbortSignal {
    if (this.#signal !== null) return this.#signal;
    const source = this.signalSource;
    if (source === null) return (this.#signal = new AbortController().signal);
    return (this.#signal = AbortSignal.any([
      source instanceof AbortSignal ? source : source.signal,
    ]));
  }

  override get details(): RequestDetails {
    return this.ownDetails;
  }

  override get fromPeer(): boolean {
    return this.isFromPeer;
  }

  clone(body: BodyValue): RequestCore {
    return new PlainRequestCore(
      this.method,
      this.url,
      this.list.clone(),
      body,
      this,
      this.ownDetails,
      this.isFromPeer,
    );
  }
}
