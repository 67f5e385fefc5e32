// SPDX-License-Identifier: MIT
// The vocabulary of the differential suite: what a case is, and small builders that keep the
// tables in cases/ readable. Nothing here opens a socket.
import type { CookieMap } from 'bunserve';
import type { DivergenceId } from './divergences.js';

/** Apps under apps/ that many cases share. */
export type SharedApp =
  'echo' | 'router' | 'params' | 'static' | 'responses' | 'streams' | 'files' | 'directory';

export type Handler = (req: SeenRequest, server: SeenServer) => unknown;

/** A request as an app sees it: a standard one, plus what Bun adds on routes. */
export type SeenRequest = { clone(): SeenRequest } & Request & {
    readonly params: Record<string, string>;
    readonly cookies: CookieMap;
    bytes(): Promise<Uint8Array>;
  };

export interface SeenServer {
  readonly port: number;
  readonly pendingRequests: number;
  reload(options: ServeOptions): SeenServer;
  stop(force?: boolean): Promise<void>;
  closeIdleConnections(): number;
  requestIP(req: Request): { address: string; family: string; port: number } | null;
}

export type RouteValue = Response | Handler | false | Record<string, Response | Handler>;

export interface ServeOptions {
  readonly fetch?: Handler;
  readonly error?: (error: unknown) => unknown;
  readonly routes?: Record<string, RouteValue>;
  readonly static?: Record<string, RouteValue>;
  readonly maxRequestBodySize?: number;
}

export interface SnippetScope {
  readonly echo: (req: Request) => Response | Promise<Response>;
  readonly json: (value: unknown) => Response;
  readonly log: (line: unknown) => void;
}

/** Sent to the app process as source text: it may use its argument and globals, nothing else. */
export type Snippet = (scope: SnippetScope) => ServeOptions;

export type Step =
  | string
  /** Send, in pieces of so many bytes when said; `on` is the connection, 0 unless said. */
  | { readonly send: string; readonly pieces?: number; readonly on?: number }
  /** Wait for so many complete messages (interim ones count) on a connection. */
  | { readonly await: number; readonly on?: number }
  /** Stop reading, or go on. */
  | { readonly reads: boolean; readonly on?: number }
  /** Wait for so many frames behind a 101. */
  | { readonly frames: number; readonly on?: number }
  /** Wait for so many lines in the app's log. */
  | { readonly awaitLogs: number }
  | { readonly halfClose: true; readonly on?: number }
  /** Wait for the server to end a connection. */
  | { readonly ended: true; readonly on?: number };

export interface Expectation {
  /**
   * Statuses in order, then how each connection ends: '200 200 open', '400 closed', 'closed', or
   * 'truncated' when it is closed in the middle of a message.
   */
  readonly gives: string | readonly string[];
  /** Body of the last message of the first connection. */
  readonly body?: string;
  /** The frames behind the first connection's 101, a line each. */
  readonly frames?: readonly string[];
  /** The app's log. */
  readonly log?: readonly string[];
  /** Part of the JSON an echoing app answered with, in the last message. */
  readonly saw?: Readonly<Record<string, unknown>>;
  /** The first connection's bytes, Date and ports replaced. */
  readonly raw?: string;
}

export interface DifferentialCase extends Expectation {
  readonly name: string;
  readonly app: SharedApp | Snippet;
  readonly send: string | readonly Step[];
  /** Wait for so many log lines before comparing logs. */
  readonly logs?: number;
  /** Which log of the app is this case's, where an app keeps one for each. */
  readonly logId?: string;
  /** Do not compare frames: how many there are is the kernel's affair. */
  readonly framesAside?: boolean;
  /** Compare the bytes themselves, so also the order of header lines. */
  readonly strict?: boolean;
  /** The row of DIVERGENCES.md that says why `ours` differs; everything above is Bun's then. */
  readonly divergence?: DivergenceId;
  readonly ours?: Expectation;
}

/** Lines joined by CRLF, head terminated: `head('GET / HTTP/1.1', 'Host: a')`. */
export function head(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** A GET with the suite's Host, and any further header lines. */
export function get(target: string, ...headers: readonly string[]): string {
  return head(`GET ${target} HTTP/1.1`, 'Host: test', ...headers);
}

/** A bodyless request of any method. */
export function call(method: string, target: string, ...headers: readonly string[]): string {
  return head(`${method} ${target} HTTP/1.1`, 'Host: test', ...headers);
}

/** A POST with a right Content-Length. */
export function post(target: string, body: string, ...headers: readonly string[]): string {
  return call('POST', target, ...headers, `Content-Length: ${body.length}`) + body;
}

/** A POST whose body follows the head as written. */
export function chunkedPost(target: string, framed: string, ...headers: readonly string[]): string {
  return call('POST', target, ...headers, 'Transfer-Encoding: chunked') + framed;
}

/** `text` cut into correct chunks of `size` bytes, last chunk included. */
export function chunks(text: string, size: number): string {
  let framed = '';
  for (let at = 0; at < text.length; at += size) {
    const part = text.slice(at, at + size);
    framed += `${part.length.toString(16)}\r\n${part}\r\n`;
  }
  return `${framed}0\r\n\r\n`;
}

/** The whole of a canned rejection: Bun and we send nothing but this line and close. */
export function canned(status: number, reason: string): string {
  return head(`HTTP/1.1 ${status} ${reason}`, 'Connection: close');
}

export const BAD_REQUEST = canned(400, 'Bad Request');
export const NOT_IMPLEMENTED = canned(501, 'Not Implemented');
export const TOO_LARGE_HEAD = canned(431, 'Request Header Fields Too Large');
export const BAD_VERSION = canned(505, 'HTTP Version Not Supported');
