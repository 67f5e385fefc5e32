// SPDX-License-Identifier: MIT
//
// A request body that is still with the connection: complete in native memory, or arriving.

import { connectionClosed } from '../errors.js';
import type { BodySource } from '../fetch/internal.js';
import { native } from '../native/binding.js';
import type { ConnectionCore } from './connection-core.js';

const decoder = new TextDecoder();
const BYTE_ORDER_MARK = 0xfeff;

export class ConnectionBody implements BodySource {
  constructor(private readonly core: ConnectionCore) {}

  /** The rest of the body; rejects with AbortError when it never comes. */
  #rest(): Promise<ArrayBuffer> {
    const { core } = this;
    return new Promise((resolve, reject) => {
      if (!native.bodyCollect(core.handle)) {
        reject(connectionClosed());
        return;
      }
      core.owner.watch(core);
      core.waiting = (bytes) => {
        core.waiting = undefined;
        if (bytes === undefined) reject(connectionClosed());
        else resolve(bytes);
      };
    });
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(native.bodyBytes(this.core.handle) ?? (await this.#rest()));
  }

  async text(): Promise<string> {
    const text = native.bodyText(this.core.handle);
    if (text === undefined) return decoder.decode(await this.#rest());
    return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
  }

  stream(): ReadableStream<Uint8Array> {
    return streamOf(() => this.bytes());
  }

  fork(): BodySource {
    const fromConnection = this.bytes.bind(this);
    const shared = new SharedBody(fromConnection);
    this.bytes = () => shared.bytes();
    this.text = async () => decoder.decode(await shared.bytes());
    return shared;
  }
}

/** One body for a request and its clones: read once, when the first of them asks. */
class SharedBody implements BodySource {
  #bytes: Promise<Uint8Array<ArrayBuffer>> | undefined;

  constructor(private readonly read: () => Promise<Uint8Array<ArrayBuffer>>) {}

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return (this.#bytes ??= this.read());
  }

  stream(): ReadableStream<Uint8Array> {
    return streamOf(() => this.bytes());
  }

  fork(): BodySource {
    return this;
  }
}

function streamOf(read: () => Promise<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const bytes = await read();
      if (bytes.length > 0) controller.enqueue(new Uint8Array(bytes));
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}
