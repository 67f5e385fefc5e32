// SPDX-License-Identifier: MIT
//
// Blobs are read asynchronously. What is sent after one has to wait for it, or it would overtake.

type Step = () => unknown;

export class LaterMessages {
  #chain: Promise<void> = Promise.resolve();
  #count = 0;

  constructor(private readonly onEmpty: () => void) {}

  /** Hands over the bytes of a Blob in its turn. One that cannot be read is an unhandled rejection. */
  read(blob: Blob, use: (bytes: Uint8Array) => unknown): void {
    const bytes = blob.arrayBuffer();
    // Handled below, where it is its turn.
    bytes.catch(() => {});
    this.#enqueue(async () => void use(new Uint8Array(await bytes)));
  }

  add(step: Step): void {
    this.#enqueue(step);
  }

  #enqueue(step: Step): void {
    this.#count += 1;
    const ran = this.#chain.then(step);
    void ran.finally(() => {
      this.#count -= 1;
      if (this.#count === 0) this.onEmpty();
    });
    this.#chain = ran.then(
      () => {},
      () => {},
    );
  }
}
