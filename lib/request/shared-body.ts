// SPDX-License-Identifier: MIT
//
// One arriving body for a request and its clone. Whoever reads first decides how it comes: asked for
// in one piece it is read once for both; asked for as a stream, that stream is teed.

import { type BodySource, decodeUtf8, readStream } from '../fetch/internal.js';

type Bytes = Uint8Array<ArrayBuffer>;
type ByteStream = ReadableStream<Uint8Array>;

class SharedBody {
  #bytes: Promise<Bytes> | undefined;
  #branches: [ByteStream, ByteStream] | undefined;
  /** The side that has its bytes already. */
  #served = false;

  constructor(private readonly source: BodySource) {}

  async bytes(side: 0 | 1): Promise<Bytes> {
    if (this.#branches !== undefined) return readStream(this.#branches[side]);
    this.#bytes ??= this.source.bytes();
    const bytes = await this.#bytes;
    // Both sides may write into what they get.
    if (this.#served) return bytes;
    this.#served = true;
    return bytes.slice();
  }

  stream(side: 0 | 1): ByteStream {
    if (this.#bytes !== undefined) return streamOnce(() => this.bytes(side));
    this.#branches ??= this.source.stream().tee();
    return this.#branches[side];
  }
}

class SharedSide implements BodySource {
  constructor(
    private readonly shared: SharedBody,
    private readonly side: 0 | 1,
  ) {}

  bytes(): Promise<Bytes> {
    return this.shared.bytes(this.side);
  }

  async text(): Promise<string> {
    return decodeUtf8(await this.bytes());
  }

  stream(): ByteStream {
    return this.shared.stream(this.side);
  }

  fork(): [BodySource, BodySource] {
    return forkBody(this);
  }
}

/** Two sources in place of one. */
export function forkBody(source: BodySource): [BodySource, BodySource] {
  const shared = new SharedBody(source);
  return [new SharedSide(shared, 0), new SharedSide(shared, 1)];
}

function streamOnce(read: () => Promise<Bytes>): ByteStream {
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const bytes = await read();
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
      controller.byobRequest?.respond(0);
    },
  });
}
