// SPDX-License-Identifier: MIT
//
// What the page tells about a thrown value: names, messages, causes and frames, as data. Nothing a
// program throws can make this throw, and no source text gets in that is not the project's.

import { type Excerpt, excerptOf } from './excerpt.js';
import { Project } from './project.js';
import { SourceMaps } from './source-map.js';
import { parseStack, type StackFrame } from './stack.js';

const util = process.getBuiltinModule('node:util');
const path = process.getBuiltinModule('node:path');

export interface ReportedFrame {
  call: string;
  /** As it is shown: relative to the project, `node:...`, or the bare name of a file elsewhere. */
  file: string;
  line: number;
  column: number;
  /** Whose code it is. */
  origin: 'project' | 'dependency' | 'outside' | 'node' | 'bunserve';
  source?: Excerpt;
}

export interface ReportedError {
  name: string;
  message: string;
  /** Simple properties of the error's own: `code`, `syscall`, ... */
  properties: Record<string, string>;
  frames: ReportedFrame[];
  cause?: ReportedError;
  /** Of an AggregateError. */
  errors?: ReportedError[];
}

export interface ErrorReport {
  error: ReportedError;
  request: { method: string; url: string; headers: [string, string][] };
}

const MAX_DEPTH = 8;
const MAX_ERRORS = 10;
const MAX_TEXT = 10_000;
const MAX_PROPERTIES = 20;
const MAX_EXCERPTS = 8;
// Secrets that a page on a screen, or a pasted text, should not spread.
const HIDDEN_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);
const SHOWN_ELSEWHERE = new Set(['name', 'message', 'stack', 'cause', 'errors']);
/** The directory this file runs from: the library's own frames are no news to anybody. */
const OWN_DIRECTORY = import.meta.dirname.replace(/[\\/]error-page$/, '');

function safely<T>(read: () => T, fallback: T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}

function shortened(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return shortened(value);
  const options = { depth: 2, maxStringLength: MAX_TEXT, maxArrayLength: 50, breakLength: 80 };
  return shortened(safely(() => util.inspect(value, options), 'a value that cannot be shown'));
}

function isError(value: unknown): value is Error {
  return safely(() => util.types.isNativeError(value) || value instanceof Error, false);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : shown(value);
}

class Reporter {
  readonly #project: Project;
  readonly #maps: SourceMaps;
  readonly #seen = new Set<unknown>();
  /** Places whose code is on the page already: causes share most frames with what they caused. */
  readonly #excerpts = new Set<string>();

  constructor(project: Project) {
    this.#project = project;
    this.#maps = new SourceMaps(project);
  }

  report(thrown: unknown, depth = 0): ReportedError {
    if (!isError(thrown)) {
      return { name: '', message: shown(thrown), properties: {}, frames: [] };
    }
    this.#seen.add(thrown);
    const message = safely(() => textOf(thrown.message), '');
    const stack = safely(() => (typeof thrown.stack === 'string' ? thrown.stack : ''), '');
    const name = safely(() => textOf(thrown.name), 'Error');
    const reported: ReportedError = {
      name: shortened(name),
      message: shortened(message),
      properties: propertiesOf(thrown),
      frames: this.#frames(stack, message),
    };
    const cause = safely(() => thrown.cause, undefined);
    if (cause !== undefined && !this.#seen.has(cause) && depth < MAX_DEPTH) {
      reported.cause = this.report(cause, depth + 1);
    }
    const errors = safely<unknown>(() => (thrown as AggregateError).errors as unknown, undefined);
    if (Array.isArray(errors) && depth < MAX_DEPTH) {
      const fresh = (errors as unknown[])
        .slice(0, MAX_ERRORS)
        .filter((each) => !this.#seen.has(each));
      reported.errors = fresh.map((each) => this.report(each, depth + 1));
    }
    return reported;
  }

  #frames(stack: string, message: string): ReportedFrame[] {
    const { frames, trusted } = parseStack(stack, message);
    return frames.map((frame) => this.#frame(frame, trusted));
  }

  #frame(frame: StackFrame, trusted: boolean): ReportedFrame {
    const { call } = frame;
    const mapped = trusted ? this.#maps.position(frame.file, frame.line, frame.column) : undefined;
    const { file, line, column } = mapped ?? frame;
    const [origin, name] = this.#place(file, frame.file);
    const reported: ReportedFrame = { call, file: name, line, column, origin };
    const place = `${file}:${line}:${column}`;
    const { size } = this.#excerpts;
    if (origin === 'project' && trusted && size < MAX_EXCERPTS && !this.#excerpts.has(place)) {
      const code = mapped?.code ?? this.#project.readCode(file);
      const source = code === undefined ? undefined : excerptOf(code, line, column);
      if (source !== undefined) {
        reported.source = source;
        this.#excerpts.add(place);
      }
    }
    return reported;
  }

  /** Whose a file is, and how it is called on the page. `ran` is the file that Node loaded. */
  #place(file: string, ran: string): [ReportedFrame['origin'], string] {
    if (file === '' || file.startsWith('node:')) return ['node', file];
    if (ran.startsWith(OWN_DIRECTORY + path.sep)) return ['bunserve', 'bunserve'];
    // Names of bundlers (webpack://app/./x.ts) belong to the file they were bundled into.
    const place = path.isAbsolute(file) ? file : ran;
    const relative = this.#project.relative(place);
    if (relative === undefined) return ['outside', path.basename(file)];
    if (/(?:^|\/)node_modules\//.test(relative)) return ['dependency', relative];
    return ['project', path.isAbsolute(file) ? relative : file];
  }
}

/** Only what is text, number or boolean: an object might carry anything. */
function propertiesOf(error: Error): Record<string, string> {
  const properties: Record<string, string> = {};
  const keys = safely(() => Object.keys(error), []).slice(0, MAX_PROPERTIES);
  for (const key of keys) {
    if (SHOWN_ELSEWHERE.has(key)) continue;
    const value = safely(() => (error as unknown as Record<string, unknown>)[key], undefined);
    if (value === undefined || value === null) continue;
    if (typeof value === 'object' || typeof value === 'function') continue;
    properties[key] = shown(value).slice(0, 500);
  }
  return properties;
}

export interface ReportedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Iterable<[string, string]>;
}

function headersOf(request: ReportedRequest): [string, string][] {
  const headers: [string, string][] = [];
  for (const [name, value] of request.headers) {
    headers.push([name, HIDDEN_HEADERS.has(name.toLowerCase()) ? '(hidden)' : shortened(value)]);
  }
  return headers;
}

export function reportOf(
  thrown: unknown,
  request: ReportedRequest,
  directory: string = process.cwd(),
): ErrorReport {
  return {
    error: new Reporter(new Project(directory)).report(thrown),
    request: {
      method: request.method,
      url: safely(() => shortened(request.url), ''),
      headers: safely(() => headersOf(request), []),
    },
  };
}
