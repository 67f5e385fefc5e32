// SPDX-License-Identifier: MIT
// Request: the WHATWG interface over a RequestCore. The constructor follows the standard's steps for
// scripts; the server makes instances (of subclasses too) with `super(kCore, core)`, which only
// stores the core. Knows nothing of connections.

import {
  BodyBox,
  BodyKind,
  type BodyValue,
  checkExtracted,
  isUnusable,
  isUsed,
  spend,
} from './body.js';
import {
  type Bytes,
  readArrayBuffer,
  readBlob,
  readBytes,
  readFormData,
  readJson,
  readText,
} from './body-reader.js';
import { boxed, cloneBody, streamOf, textStreamOf, transferBody } from './body-stream.js';
import {
  bodyUnusableError,
  bodyUsedError,
  illegalInvocation,
  missingArguments,
} from './fetch-errors.js';
import { HeaderList } from './header-list.js';
import { type Headers, headerListFrom } from './headers.js';
import { defineInspect, shapeInterface } from './interface-shape.js';
import { isInstance, registerFetchClass } from './native.js';
import { PlainRequestCore, type RequestCore, type SignalSource } from './request-core.js';
import {
  checkedMethod,
  type ConvertedInit,
  convertRequestInit,
  defaultDetails,
  mergeDetails,
  type RequestDetails,
  type RequestInit,
  requestRules,
} from './request-init.js';

/** First argument of the constructor for those who bring a core: `super(kCore, core)`. */
export const kCore: unique symbol = Symbol('bunserve.request-core');

export type RequestInfo = string | URL | Request | globalThis.Request;

/** What the constructor takes over from its first argument. */
interface Base {
  readonly method: string;
  readonly url: string;
  readonly details: RequestDetails;
  readonly signal: SignalSource;
  copyHeaders(): HeaderList;
  /** The input's body, or null; called before anything of the input is changed. */
  readonly body: BodyValue;
  readonly fromPeer: boolean;
  takeBody(): BodyValue;
}

function parseUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${text}`, { cause });
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(
      `Request cannot be constructed from a URL that includes credentials: ${text}`,
    );
  }
  return url.href;
}

function baseOfUrl(input: string): Base {
  return {
    method: 'GET',
    url: parseUrl(input),
    details: defaultDetails,
    signal: null,
    body: null,
    fromPeer: false,
    copyHeaders: () => new HeaderList(),
    takeBody: () => null,
  };
}

function baseOfCore(core: RequestCore): Base {
  return {
    method: core.method,
    url: core.url,
    details: core.details,
    signal: core,
    body: core.body,
    fromPeer: core.fromPeer,
    copyHeaders: () => headerListFrom(core.headers),
    takeBody: () => {
      const body = core.body;
      if (isUnusable(body)) throw bodyUnusableError();
      core.body = spend(body);
      return transferBody(body);
    },
  };
}

/** Node's own Request, read through its public attributes. */
function baseOfNative(input: globalThis.Request): Base {
  const stream = input.body as ReadableStream<Uint8Array> | null;
  const box = stream === null ? null : new BodyBox(BodyKind.Stream, stream, '');
  if (box !== null) box.stream = stream;
  return {
    method: input.method,
    url: input.url,
    details: input as unknown as RequestDetails,
    signal: input,
    body: box,
    fromPeer: false,
    copyHeaders: () => headerListFrom(input.headers),
    takeBody: () => {
      if (isUnusable(box)) throw bodyUnusableError();
      return transferBody(box);
    },
  };
}

function copyDetails(details: RequestDetails): RequestDetails {
  if (Object.isFrozen(details)) return details;
  const { cache, credentials, destination, integrity, keepalive } = details;
  const { mode, redirect, referrer, referrerPolicy } = details;
  return {
    cache,
    credentials,
    destination,
    integrity,
    keepalive,
    mode,
    redirect,
    referrer,
    referrerPolicy,
  };
}

function initBody(init: ConvertedInit | null, keepalive: boolean): BodyValue {
  if (init === null || init.body === null) return null;
  const { body } = init;
  checkExtracted(body);
  const isStream = body instanceof BodyBox && body.stream !== null;
  if (isStream && keepalive)
    throw new TypeError('Request with keepalive cannot have a stream body');
  return body;
}

/** "If inputOrInitBody's source is null": rules for streamed request bodies. */
function checkStreamRules(own: BodyValue, base: BodyValue, duplex: unknown, mode: string): void {
  const body = own ?? base;
  if (!(body instanceof BodyBox) || body.stream === null) return;
  // The stream of an input may have been made by a look at its `.body`, from text or bytes.
  if (own === null && body.kind !== BodyKind.Stream) return;
  if (own !== null && duplex === undefined && !requestRules.isDuplexOptional) {
    throw new TypeError('RequestInit: duplex option is required when sending a body.');
  }
  if (mode !== 'same-origin' && mode !== 'cors') {
    throw new TypeError(`A streamed body needs mode "cors" or "same-origin", not "${mode}"`);
  }
}

function typeOf(body: BodyValue): string {
  if (typeof body === 'string') return 'text/plain;charset=UTF-8';
  return body instanceof BodyBox ? body.type : '';
}

function headersFor(base: Base, init: ConvertedInit | null, body: BodyValue): HeaderList {
  const given = init?.headers;
  const list = given === undefined ? base.copyHeaders() : given;
  if (!(list instanceof HeaderList)) throw list;
  const type = typeOf(body);
  if (type !== '') list.addAutoType(type, 0);
  return list;
}

/** The standard's `new Request(input, init)`. */
function constructCore(base: Base, init: ConvertedInit | null): RequestCore {
  const details =
    init === null || init.isEmpty ? copyDetails(base.details) : mergeDetails(base.details, init);
  const method = init?.method === undefined ? base.method : checkedMethod(init.method);
  const signal = init?.signal === undefined ? base.signal : init.signal;
  if (details.mode === 'no-cors' && !['GET', 'HEAD', 'POST'].includes(method)) {
    throw new TypeError(`'${method}' is unsupported in no-cors mode.`);
  }
  const hasOwnBody = init !== null && init.body !== null;
  if ((hasOwnBody || base.body !== null) && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError('Request with GET/HEAD method cannot have body.');
  }
  const own = initBody(init, details.keepalive);
  const list = headersFor(base, init, own);
  checkStreamRules(own, base.body, init?.duplex, details.mode);
  const body = own ?? (base.body === null ? null : base.takeBody());
  const fromPeer = own === null && base.fromPeer;
  return new PlainRequestCore(method, base.url, list, body, signal, details, fromPeer);
}

function ignore(): void {}

// A client must not be able to end the process by leaving, or by sending what is no JSON, while the
// handler does not wait for the read.
function reading<T>(core: RequestCore, read: Promise<T>): Promise<T> {
  if (core.fromPeer) read.catch(ignore);
  return read;
}

function parsed(core: RequestCore, text: string): Promise<unknown> {
  try {
    return Promise.resolve(JSON.parse(text) as unknown);
  } catch (error) {
    return reading(core, Promise.reject(error as Error));
  }
}

// Way past the private field for the functions below; set by the class's static block.
let coreAccess: (value: unknown) => RequestCore | null;

export class Request {
  #core: RequestCore;

  constructor(input: RequestInfo, init: RequestInit | null | undefined = undefined) {
    if ((input as unknown) === kCore) {
      this.#core = init as unknown as RequestCore;
      return;
    }
    if (arguments.length < 1) throw missingArguments('Request constructor', 1, 0);
    const core = coreAccess(input);
    if (core !== null) {
      const converted = convertRequestInit(init);
      this.#core = constructCore(baseOfCore(core), converted);
    } else if (isInstance(Request, 'Request', input)) {
      const converted = convertRequestInit(init);
      this.#core = constructCore(baseOfNative(input as globalThis.Request), converted);
    } else {
      const url = `${input as string}`;
      const converted = convertRequestInit(init);
      this.#core = constructCore(baseOfUrl(url), converted);
    }
  }

  static {
    coreAccess = (value) =>
      typeof value === 'object' && value !== null && #core in value
        ? (value as Request).#core
        : null;
  }

  get method(): string {
    return this.#core.method;
  }

  get url(): string {
    return this.#core.url;
  }

  get headers(): Headers {
    return this.#core.headers;
  }

  get destination(): RequestDetails['destination'] {
    return this.#core.details.destination;
  }

  get referrer(): string {
    return this.#core.details.referrer;
  }

  get referrerPolicy(): RequestDetails['referrerPolicy'] {
    return this.#core.details.referrerPolicy;
  }

  get mode(): RequestDetails['mode'] {
    return this.#core.details.mode;
  }

  get credentials(): RequestDetails['credentials'] {
    return this.#core.details.credentials;
  }

  get cache(): RequestDetails['cache'] {
    return this.#core.details.cache;
  }

  get redirect(): RequestDetails['redirect'] {
    return this.#core.details.redirect;
  }

  get integrity(): string {
    return this.#core.details.integrity;
  }

  get keepalive(): boolean {
    return this.#core.details.keepalive;
  }

  get isReloadNavigation(): boolean {
    if (!(#core in this)) throw illegalInvocation();
    return false;
  }

  get isHistoryNavigation(): boolean {
    if (!(#core in this)) throw illegalInvocation();
    return false;
  }

  get signal(): AbortSignal {
    return this.#core.signal;
  }

  get duplex(): 'half' {
    if (!(#core in this)) throw illegalInvocation();
    return 'half';
  }

  get body(): ReadableStream<Uint8Array> | null {
    const core = this.#core;
    const box = boxed(core.body);
    if (box === null) return null;
    core.body = box;
    return streamOf(box);
  }

  get bodyUsed(): boolean {
    return isUsed(this.#core.body);
  }

  clone(): Request {
    const core = this.#core;
    const body = core.body;
    if (isUnusable(body)) throw bodyUnusableError();
    return new Request(kCore as never, core.clone(cloneBody(body)) as never);
  }

  /** Takes the body for a read method, or says why it cannot be had. */
  #take(): BodyValue {
    const core = this.#core;
    const body = core.body;
    if (isUnusable(body)) throw bodyUsedError();
    core.body = spend(body);
    return body;
  }

  text(): Promise<string> {
    try {
      const core = this.#core;
      const text = core.takeText();
      return text === undefined ? reading(core, readText(this.#take())) : Promise.resolve(text);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  json(): Promise<unknown> {
    try {
      const core = this.#core;
      const text = core.takeText();
      return text === undefined ? reading(core, readJson(this.#take())) : parsed(core, text);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  bytes(): Promise<Bytes> {
    try {
      const core = this.#core;
      const bytes = core.takeBytes();
      if (bytes !== undefined) return Promise.resolve(new Uint8Array(bytes));
      return reading(core, readBytes(this.#take()));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    try {
      const core = this.#core;
      const bytes = core.takeBytes();
      if (bytes !== undefined) return Promise.resolve(bytes);
      return reading(core, readArrayBuffer(this.#take()));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  blob(): Promise<Blob> {
    try {
      const core = this.#core;
      return reading(core, readBlob(this.#take(), core.contentType));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  formData(): Promise<FormData> {
    try {
      const core = this.#core;
      return reading(core, readFormData(this.#take(), core.contentType));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  textStream(): ReadableStream<string> {
    const core = this.#core;
    if (isUnusable(core.body)) throw bodyUnusableError();
    return textStreamOf((core.body = boxed(core.body)));
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return isInstance(this, 'Request', value);
  }

  declare readonly [Symbol.toStringTag]: string;
}

shapeInterface(Request);
defineInspect(Request.prototype, (request) => ({
  method: request.method,
  url: request.url,
  headers: request.headers,
  destination: request.destination,
  referrer: request.referrer,
  referrerPolicy: request.referrerPolicy,
  mode: request.mode,
  credentials: request.credentials,
  cache: request.cache,
  redirect: request.redirect,
  integrity: request.integrity,
  keepalive: request.keepalive,
  isReloadNavigation: request.isReloadNavigation,
  isHistoryNavigation: request.isHistoryNavigation,
  signal: request.signal,
}));
registerFetchClass('Request', Request);

/** The core behind one of our requests, null for anything else. */
export function coreOf(value: unknown): RequestCore | null {
  return coreAccess(value);
}

export function isFastRequest(value: unknown): value is Request {
  return coreAccess(value) !== null;
}
