// SPDX-License-Identifier: MIT
// A strict, incremental reader of HTTP/1.1 responses as they stand on the wire. It keeps every
// byte (`raw`) and never repairs anything: a response that is not well formed is the finding a
// test is looking for, so it ends the reading with `fault` instead of being tolerated.
// It knows nothing of sockets; whoever owns the connection pushes bytes and announces its end.

/** The fault of a message that the connection's end cut short. */
export const TRUNCATED = 'truncated message';

export type Framing = 'none' | 'length' | 'chunked' | 'close';

export interface HttpMessage {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly framing: Framing;
  readonly body: Buffer;
  /** The message exactly as received, head and framed body. */
  readonly raw: Buffer;
}

interface Head {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly bytes: number;
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-9]\d\d) ([\t\x20-\x7e\x80-\xff]*)$/;
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/;
const CHUNK_SIZE = /^([0-9A-Fa-f]{1,8})$/;

export class ResponseReader {
  readonly messages: HttpMessage[] = [];
  /** Why the bytes stopped being HTTP/1.1, or null. */
  fault: string | null = null;
  /** A 101 came: what follows is not HTTP. */
  hasSwitched = false;

  // Bytes that no message has yet: what was looked at, and what came since.
  #pending: Buffer = Buffer.alloc(0);
  #fresh: Buffer[] = [];
  #freshSize = 0;
  // So many bytes must be there before it is worth looking again: a large body comes in many pieces.
  #wanted = 0;
  #ended = false;
  #answered = 0;
  readonly #methodOf: (index: number) => string;

  /** `methodOf(i)` names the method of request i: a response to HEAD has no body bytes. */
  constructor(methodOf: (index: number) => string = () => 'GET') {
    this.#methodOf = methodOf;
  }

  /** Bytes after the last complete message. */
  get leftover(): Buffer {
    this.#gather();
    return this.#pending;
  }

  /** What came behind a 101. */
  takeSwitched(): Buffer {
    this.#gather();
    const bytes = this.#pending;
    this.#pending = Buffer.alloc(0);
    return bytes;
  }

  push(data: Buffer): void {
    this.#fresh.push(data);
    this.#freshSize += data.length;
    if (this.#pending.length + this.#freshSize >= this.#wanted) this.#drain();
  }

  /** The peer has sent its last byte: completes a close-delimited body. */
  end(): void {
    this.#ended = true;
    this.#drain();
    if (this.fault === null && this.#pending.length > 0) this.fault = TRUNCATED;
  }

  #gather(): void {
    if (this.#fresh.length === 0) return;
    const all = this.#pending.length === 0 ? this.#fresh : [this.#pending, ...this.#fresh];
    this.#pending = all.length === 1 && all[0] !== undefined ? all[0] : Buffer.concat(all);
    this.#fresh = [];
    this.#freshSize = 0;
  }

  #drain(): void {
    this.#gather();
    this.#wanted = 0;
    while (this.fault === null && !this.hasSwitched && this.#pending.length > 0) {
      const message = this.#readMessage();
      if (message === null) return;
      this.messages.push(message);
      this.hasSwitched = message.status === 101;
      if (message.status >= 200) this.#answered += 1;
      this.#pending = this.#pending.subarray(message.raw.length);
    }
  }

  #readMessage(): HttpMessage | null {
    const head = this.#readHead();
    if (head === null) return null;
    const framing = this.#framingOf(head);
    if (framing === null) return null;
    const body = this.#readBody(head, framing);
    if (body === null) return null;
    const { status, reason, headers } = head;
    const raw = this.#pending.subarray(0, body.end);
    return { status, reason, headers, framing, body: body.content, raw };
  }

  #readHead(): Head | null {
    const end = this.#pending.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const [first = '', ...rest] = this.#pending.toString('latin1', 0, end).split('\r\n');
    const line = STATUS_LINE.exec(first);
    if (line === null) return this.#fail(`bad status line ${JSON.stringify(first)}`);
    const headers: (readonly [string, string])[] = [];
    for (const text of rest) {
      const header = HEADER_LINE.exec(text);
      if (header === null) return this.#fail(`bad header line ${JSON.stringify(text)}`);
      headers.push([header[1] ?? '', header[2] ?? '']);
    }
    return { status: Number(line[1]), reason: line[2] ?? '', headers, bytes: end + 4 };
  }

  // RFC 9112 6.3: the rules apply in this order, and two framings at once are a fault here.
  #framingOf(head: Head): Framing | null {
    const lengths = valuesOf(head.headers, 'content-length');
    const codings = valuesOf(head.headers, 'transfer-encoding');
    const isHead = head.status >= 200 && this.#methodOf(this.#answered) === 'HEAD';
    if (isHead || head.status < 200 || head.status === 204 || head.status === 304) return 'none';
    if (lengths.length + codings.length > 1) return this.#fail('more than one framing header');
    if (codings.length === 1) {
      return codings[0] === 'chunked' ? 'chunked' : this.#fail(`coding ${codings[0] ?? ''}`);
    }
    if (lengths.length === 0) return 'close';
    return /^\d{1,15}$/.test(lengths[0] ?? '') ? 'length' : this.#fail('bad content-length');
  }

  #readBody(head: Head, framing: Framing): { content: Buffer; end: number } | null {
    const start = head.bytes;
    if (framing === 'none') return { content: Buffer.alloc(0), end: start };
    if (framing === 'chunked') return this.#readChunks(start);
    if (framing === 'close') {
      if (!this.#ended) return null;
      return { content: this.#pending.subarray(start), end: this.#pending.length };
    }
    const end = start + Number(valuesOf(head.headers, 'content-length')[0]);
    if (this.#pending.length < end) {
      this.#wanted = end;
      return null;
    }
    return { content: this.#pending.subarray(start, end), end };
  }

  #readChunks(start: number): { content: Buffer; end: number } | null {
    const parts: Buffer[] = [];
    let at = start;
    for (;;) {
      const eol = this.#pending.indexOf('\r\n', at);
      if (eol < 0) return null;
      const size = CHUNK_SIZE.exec(this.#pending.toString('latin1', at, eol));
      if (size === null) return this.#fail('bad chunk size');
      const from = eol + 2;
      const to = from + parseInt(size[1] ?? '', 16);
      if (this.#pending.length < to + 2) {
        this.#wanted = to + 2;
        return null;
      }
      if (this.#pending.toString('latin1', to, to + 2) !== '\r\n')
        return this.#fail('bad chunk end');
      at = to + 2;
      if (to === from) return { content: Buffer.concat(parts), end: at };
      parts.push(this.#pending.subarray(from, to));
    }
  }

  #fail(why: string): null {
    this.fault = why;
    return null;
  }
}

export function valuesOf(
  headers: readonly (readonly [name: string, value: string])[],
  name: string,
): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}
