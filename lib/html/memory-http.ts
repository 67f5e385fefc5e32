// SPDX-License-Identifier: MIT
//
// Node's (req, res) listeners behind our requests: each request goes through Node's own parser and
// writer over a pair of streams in memory, so that a listener finds everything that it would find
// behind a socket. For development only; a request costs a hundred times of one of ours.

import { Response } from '../fetch/response.js';
import type { ClientRequest, IncomingMessage, RequestListener, Server } from 'node:http';
import type { Readable as ReadableType } from 'node:stream';

/** Fields that concern one connection only (RFC 9110 section 7.6.1). */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'expect', 'content-length', 'http2-settings'],
]);
const OWN_FIELDS = new Set([...HOP_BY_HOP, 'date']);
const WITHOUT_BODY = new Set([204, 205, 304]);

export class MemoryHttp {
  readonly #http = process.getBuiltinModule('node:http');
  readonly #stream = process.getBuiltinModule('node:stream');
  readonly #server: Server;

  constructor(listener: RequestListener) {
    this.#server = this.#http.createServer({ keepAliveTimeout: 1 }, listener);
    // What a broken pair of streams has to say is said to the client of it.
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** @param target path and query, as the listener is to see them */
  fetch(request: Request, target: string): Promise<Response> {
    return new Promise((resolve, reject) => {
      const ask = this.#http.request({
        createConnection: () => this.#connect() as never,
        method: request.method,
        path: target,
        headers: this.#fields(request),
        setHost: false,
      });
      ask.on('error', reject);
      ask.on('response', (answer) => resolve(this.#response(request, ask, answer)));
      request.signal.addEventListener('abort', () => ask.destroy(), { once: true });
      if (request.body === null) ask.end();
      else {
        const body = this.#stream.Readable.fromWeb(request.body as never);
        this.#stream.pipeline(body, ask, () => undefined);
      }
    });
  }

  #connect(): NodeJS.ReadWriteStream {
    const [mine, theirs] = this.#stream.duplexPair();
    this.#server.emit('connection', theirs);
    return mine;
  }

  #fields(request: Request): string[] {
    const fields: string[] = [];
    for (const [name, value] of request.headers) {
      if (!HOP_BY_HOP.has(name)) fields.push(name, value);
    }
    fields.push('connection', 'close');
    if (request.body !== null) fields.push('transfer-encoding', 'chunked');
    return fields;
  }

  #response(request: Request, ask: ClientRequest, answer: IncomingMessage): Response {
    const status = answer.statusCode as number;
    const headers: [string, string][] = [];
    for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
      const name = answer.rawHeaders[i] as string;
      if (!OWN_FIELDS.has(name.toLowerCase()))
        headers.push([name, answer.rawHeaders[i + 1] as string]);
    }
    if (request.method === 'HEAD' || WITHOUT_BODY.has(status)) {
      answer.resume();
      return new Response(null, { status, headers });
    }
    answer.once('close', () => ask.destroy());
    return new Response(answer as ReadableType, { status, headers });
  }
}
