// SPDX-License-Identifier: MIT
// Response: the WHATWG interface with the common cases in plain fields. `new Response('text')` is
// one allocation; Headers, streams and boxes come into being when somebody looks at them.
// Knows nothing of sockets: the server reads it through internal.ts.

import {
  BodyBox,
  type BodyInit,
  type BodyValue,
  checkExtracted,
  extractBody,
  isUnusable,
  isUsed,
  reclaimed,
  spend,
} from './body.js';
import {
  type Bytes,
  decodedText,
  readArrayBuffer,
  readBlob,
  readBytes,
  readFormData,
  readJson,
  readText,
} from './body-reader.js';
import { boxed, cloneBody, streamOf, textStreamOf } from './body-stream.js';
import { AutoType, visibleType } from './content-type.js';
import {
  bodyUnusableError,
  bodyUsedError,
  illegalInvocation,
  missingArguments,
} from './fetch-errors.js';
import { HeaderList } from './header-list.js';
import { knownHeader } from './header-names.js';
import { byteString, headerValue } from './header-value.js';
import {
  type Headers,
  HeadersGuard,
  convertHeaders,
  headerListOf,
  headersFromList,
} from './headers.js';
import { defineInspect, shapeInterface } from './interface-shape.js';
import { isInstance, registerFetchClass } from './native.js';
import {
  checkStatus,
  checkStatusText,
  isRedirectStatus,
  type ResponseInit,
  toStatus,
} from './response-init.js';

const kWhere = 'Response constructor';
const location = knownHeader('location');

// Ways past the private fields for internal.ts; set by the class's static block.
let accessors: ResponseAccess;

/** Reads of our Response that cost nothing; every argument must be one (`isFast`). */
export interface ResponseAccess {
  isFast(value: unknown): value is Response;
  status(response: Response): number;
  body(response: Response): BodyValue;
  /** `AutoType` still to be written besides the list. */
  type(response: Response): number;
  list(response: Response): HeaderList | null;
  /** Marks the body as taken and returns what it was, raw if nobody read from its stream yet. */
  take(response: Response): BodyValue;
}

export function responseAccess(): ResponseAccess {
  return accessors;
}

function typeOfBody(body: BodyValue): number {
  if (body === null) return AutoType.None;
  if (typeof body === 'string') return body === '' ? AutoType.EmptyText : AutoType.Text;
  // Bun names no type for empty bytes.
  if (!(body instanceof BodyBox)) return body.length === 0 ? AutoType.None : AutoType.Bytes;
  return body.type === '' ? AutoType.None : AutoType.Own;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

export class Response {
  #status = 200;
  #statusText = '';
  #body: BodyValue = null;
  #type: number = AutoType.None;
  #list: HeaderList | null = null;
  #view: Headers | null = null;

  constructor(body: BodyInit | null = null, init: ResponseInit | null | undefined = undefined) {
    if (typeof body === 'string') {
      this.#body = body;
      this.#type = body === '' ? AutoType.EmptyText : AutoType.Text;
    } else if (body !== null) {
      this.#body = extractBody(body);
      this.#type = typeOfBody(this.#body);
      if (this.#body instanceof BodyBox) {
        const failure = init === undefined || init === null ? null : this.#convert(init);
        checkExtracted(this.#body);
        this.#check(failure);
        return;
      }
    }
    if (init !== undefined && init !== null) this.#check(this.#convert(init));
  }

  static {
    accessors = {
      isFast: (value): value is Response =>
        typeof value === 'object' && value !== null && #status in value,
      status: (response) => response.#status,
      body: (response) => response.#body,
      type: (response) => response.#type,
      list: (response) => (response.#view === null ? response.#list : headerListOf(response.#view)),
      take: (response) => {
        const body = response.#body;
        response.#body = spend(body);
        return body instanceof BodyBox ? reclaimed(body) : body;
      },
    };
  }

  /** WebIDL's conversion of the init: members in alphabetical order. Returns what #check throws. */
  #convert(init: ResponseInit): TypeError | null {
    if (!isObject(init)) {
      throw new TypeError(`${kWhere}: Argument 2 could not be converted to: dictionary.`);
    }
    const headers = init.headers;
    const failure = headers === undefined ? null : this.#fill(headers);
    const status = init.status;
    if (status !== undefined) this.#status = toStatus(status);
    const statusText = init.statusText;
    if (statusText !== undefined) this.#statusText = byteString(statusText, kWhere);
    return failure;
  }

  /** The checks of the standard's "initialize a response", in its order. */
  #check(failure: TypeError | null): void {
    checkStatus(this.#status);
    if (this.#statusText !== '') checkStatusText(this.#statusText);
    if (failure !== null) throw failure;
  }

  #fill(init: unknown): TypeError | null {
    const list = convertHeaders(init);
    if (!(list instanceof HeaderList)) return list;
    if (list.size === 0) return null;
    this.#list = list;
    // Types that Bun stores as headers keep their place among them; text and bytes come last.
    if (this.#type >= AutoType.Json) this.#storeType(list);
    return null;
  }

  #storeType(list: HeaderList): void {
    const own = this.#type === AutoType.Own;
    const value = own ? (this.#body as BodyBox).type : visibleType(this.#type);
    if (value !== '') list.addAutoType(value, own ? AutoType.None : this.#type);
    if (this.#type !== AutoType.Bytes) this.#type = AutoType.None;
  }

  static error(): Response {
    const response = new Response();
    response.#status = 0;
    return response;
  }

  static json(data: unknown, init: ResponseInit | number | null | undefined = undefined): Response {
    const response = new Response();
    response.#type = AutoType.Json;
    let failure: TypeError | null = null;
    if (typeof init === 'number') response.#status = toStatus(init);
    else if (init !== undefined && init !== null) failure = response.#convert(init);
    const text = JSON.stringify(data) as string | undefined;
    if (text === undefined) throw new TypeError('Value is not JSON serializable');
    response.#body = text;
    response.#check(failure);
    return response;
  }

  static redirect(
    url: string | URL,
    init: number | ResponseInit | null | undefined = undefined,
  ): Response {
    if (arguments.length < 1) throw missingArguments('Response.redirect', 1, 0);
    const text = typeof url === 'string' ? url : `${url as unknown as string}`;
    const response = new Response();
    response.#status = 302;
    let failure: TypeError | null = null;
    if (isObject(init)) failure = response.#convert(init as ResponseInit);
    else if (init !== undefined) response.#status = toStatus(init);
    const target = redirectTarget(text);
    if (!isRedirectStatus(response.#status)) {
      throw new RangeError(`Invalid status code ${response.#status}`);
    }
    response.#check(failure);
    response.#list ??= new HeaderList();
    response.#list.set(location, target);
    return response;
  }

  get type(): 'default' | 'error' {
    return this.#status === 0 ? 'error' : 'default';
  }

  get url(): string {
    if (!(#status in this)) throw illegalInvocation();
    return '';
  }

  get redirected(): boolean {
    if (!(#status in this)) throw illegalInvocation();
    return false;
  }

  get status(): number {
    return this.#status;
  }

  get ok(): boolean {
    return this.#status >= 200 && this.#status <= 299;
  }

  get statusText(): string {
    return this.#statusText;
  }

  get headers(): Headers {
    if (this.#view !== null) return this.#view;
    const list = this.#list ?? new HeaderList();
    this.#storeType(list);
    this.#list = list;
    const guard = this.#status === 0 ? HeadersGuard.Immutable : HeadersGuard.None;
    return (this.#view = headersFromList(list, guard));
  }

  get body(): ReadableStream<Uint8Array> | null {
    const box = boxed(this.#body);
    if (box === null) return null;
    this.#body = box;
    return streamOf(box);
  }

  get bodyUsed(): boolean {
    return isUsed(this.#body);
  }

  clone(): Response {
    if (isUnusable(this.#body)) throw bodyUnusableError();
    const copy = new Response();
    copy.#status = this.#status;
    copy.#statusText = this.#statusText;
    copy.#type = this.#type;
    copy.#list = (this.#view === null ? this.#list : headerListOf(this.#view))?.clone() ?? null;
    copy.#body = cloneBody(this.#body);
    return copy;
  }

  /** Takes the body for a read method, or says why it cannot be had. */
  #take(): BodyValue {
    if (isUnusable(this.#body)) throw bodyUsedError();
    const body = this.#body;
    this.#body = spend(body);
    return body;
  }

  #contentType(): string | null {
    return headerListOf(headersOf(this)).get('content-type');
  }

  text(): Promise<string> {
    try {
      return readText(this.#take());
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  json(): Promise<unknown> {
    try {
      return readJson(this.#take());
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  bytes(): Promise<Bytes> {
    try {
      return readBytes(this.#take());
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    try {
      return readArrayBuffer(this.#take());
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  blob(): Promise<Blob> {
    try {
      return readBlob(this.#take(), this.#contentType());
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  formData(): Promise<FormData> {
    try {
      return readFormData(this.#take(), this.#contentType());
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  textStream(): ReadableStream<string> {
    if (isUnusable(this.#body)) throw bodyUnusableError();
    const box = boxed(this.#body);
    this.#body = box;
    return textStreamOf(box);
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return isInstance(this, 'Response', value);
  }

  declare readonly [Symbol.toStringTag]: string;
}

const scheme = /^[\t\n\r ]*[A-Za-z][A-Za-z0-9+.-]*:/;

// Bun keeps relative targets as they are; the standard would resolve them against a page's URL,
// which a server does not have. Absolute ones are parsed and serialised as the standard says.
function redirectTarget(text: string): string {
  if (scheme.test(text)) return new URL(text).href;
  const latin1 = text.replace(/[^\0-\xff]+/g, (run) => encodeURI(decodedText(run)));
  return headerValue(latin1, 'location', 'Response.redirect');
}

// The real getter: a subclass or a script may have replaced the property.
const headersGetter = Object.getOwnPropertyDescriptor(Response.prototype, 'headers')?.get as (
  this: Response,
) => Headers;

function headersOf(response: Response): Headers {
  return headersGetter.call(response);
}

shapeInterface(Response);
defineInspect(Response.prototype, (response) => ({
  status: response.status,
  statusText: response.statusText,
  headers: response.headers,
  body: response.body,
  bodyUsed: response.bodyUsed,
  ok: response.ok,
  redirected: response.redirected,
  type: response.type,
  url: response.url,
}));
registerFetchClass('Response', Response);
