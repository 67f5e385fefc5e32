// SPDX-License-Identifier: MIT
//
// One port for all workers where a program asks for any: the first worker to ask takes a free one,
// the others wait for its answer. serve() is synchronous, so a worker asks through a pipe that it
// reads from while it waits; the primary process answers.
//
//   worker: "ask KEY\n"            primary: "PORT\n", 0 for "pick one"
//   worker: "settled KEY PORT\n"   0 for "could not listen"; no answer

import type { Duplex } from 'node:stream';

interface Entry {
  port: number;
  /** The one that is picking. */
  picker: PortLine | undefined;
  waiting: PortLine[];
}

/** The pipe to one worker. */
export class PortLine {
  constructor(
    private readonly broker: PortBroker,
    private readonly stream: Duplex,
    private readonly onListening: () => void,
  ) {
    let rest = '';
    stream.setEncoding('latin1');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) this.#obey(line);
    });
    // It ends with the worker, whose end is noticed elsewhere.
    stream.on('error', () => undefined);
  }

  #obey(line: string): void {
    const [word, key = '', port = ''] = line.split(' ');
    if (word === 'ask') {
      this.broker.ask(key, this);
    } else if (word === 'settled') {
      this.broker.settle(key, Number(port), this);
      if (port !== '0') this.onListening();
    }
  }

  answer(port: number): void {
    this.stream.write(`${port}\n`);
  }
}

export class PortBroker {
  readonly #entries = new Map<string, Entry>();

  ask(key: string, line: PortLine): void {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { port: 0, picker: undefined, waiting: [] };
      this.#entries.set(key, entry);
    }
    if (entry.port === 0 && entry.picker !== undefined) {
      entry.waiting.push(line);
      return;
    }
    if (entry.port === 0) entry.picker = line;
    line.answer(entry.port);
  }

  settle(key: string, port: number, line: PortLine): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.picker !== line) return;
    entry.picker = undefined;
    entry.port = port;
    for (const other of entry.waiting.splice(0)) this.ask(key, other);
  }

  /** The worker is gone: somebody else picks. */
  leave(line: PortLine): void {
    for (const [key, entry] of this.#entries) {
      entry.waiting = entry.waiting.filter((other) => other !== line);
      if (entry.picker === line) this.settle(key, 0, line);
    }
  }
}
