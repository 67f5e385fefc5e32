// SPDX-License-Identifier: MIT
//
// Which files the program consists of, as its modules are loaded, and how often it was loaded: what
// --watch and --hot need of the module hooks, in whatever thread those run.

import type { MessagePort } from 'node:worker_threads';

const threads = () => process.getBuiltinModule('node:worker_threads');

export class ModuleTracker {
  /** 0 until the program is loaded a second time. Shared with the thread of the hooks. */
  readonly generations = new Int32Array(new SharedArrayBuffer(4));
  onFile: (file: string) => void = () => undefined;
  #port: MessagePort | undefined;

  nextGeneration(): void {
    Atomics.add(this.generations, 0, 1);
  }

  /** The end for the thread of the hooks, which tells of files through it. */
  channel(): MessagePort {
    const { port1, port2 } = new (threads().MessageChannel)();
    this.#port = port1;
    port1.on('message', (file: string) => this.onFile(file));
    port1.unref();
    return port2;
  }

  /** What the thread has told and nobody has heard yet. */
  drain(): void {
    if (this.#port === undefined) return;
    for (;;) {
      const found = threads().receiveMessageOnPort(this.#port) as { message: string } | undefined;
      if (found === undefined) return;
      this.onFile(found.message);
    }
  }
}
