// SPDX-License-Identifier: MIT
// WebSockets that subscribe, unsubscribe, publish, close and vanish at random. Every message of a
// topic has a number: whoever is subscribed must get each one, once and in order, from the moment of
// the subscription to its end. Options: sockets=10000 topics=1000 seconds=300 seed=1.
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { soaking } from './lib/soak.mjs';

/** Small and repeatable (mulberry32). */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const HANDSHAKE = [
  'GET / HTTP/1.1',
  'Host: soak',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n');
const PER_ADDRESS = 10_000;
const OUTSTANDING = 2000;

/** A frame under a key of zeros. */
function frame(opcode, text) {
  const bytes = Buffer.alloc(6 + text.length);
  bytes[0] = 0x80 | opcode;
  bytes[1] = 0x80 | text.length;
  bytes.write(text, 6, 'latin1');
  return bytes;
}

class Tally {
  messages = 0;
  faults = 0;
  outstanding = 0;
  example = '';

  fault(what) {
    this.faults += 1;
    this.example ||= what;
  }
}

class Client {
  /** Topic to the number of its last message. */
  topics = new Map();
  asking = new Set();
  isOpen = false;
  #socket;
  #tally;
  #rest = Buffer.alloc(0);
  #waiting = 0;
  #switched = false;

  constructor(tally) {
    this.#tally = tally;
  }

  open(port, localAddress) {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      this.#socket = socket;
      socket.on('error', (error) => {
        if (this.isOpen) this.#tally.fault(`a socket failed: ${error.message}`);
        reject(error);
      });
      socket.on('close', () => this.#gone());
      socket.on('data', (data) => this.#take(data, resolve));
      socket.write(HANDSHAKE);
    });
  }

  ask(what, topic) {
    if (what !== 'p') {
      this.asking.add(topic);
      this.#waiting += 1;
      this.#tally.outstanding += 1;
    }
    this.#socket.write(frame(1, `${what} ${topic}`));
  }

  /** Ends with a Close frame, or without a word. */
  leave(politely) {
    this.isOpen = false;
    if (politely) this.#socket.write(frame(8, ''));
    else this.#socket.resetAndDestroy();
    return new Promise((resolve) => {
      if (this.#socket.closed) resolve();
      else this.#socket.once('close', resolve);
    });
  }

  #gone() {
    if (this.isOpen) this.#tally.fault('the server closed a socket');
    this.isOpen = false;
    this.#tally.outstanding -= this.#waiting;
    this.#waiting = 0;
  }

  #take(data, opened) {
    this.#rest = this.#rest.length === 0 ? data : Buffer.concat([this.#rest, data]);
    if (!this.#switched) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.#rest = this.#rest.subarray(end + 4);
      this.#switched = this.isOpen = true;
      opened(this);
    }
    while (this.#rest.length >= 2 && this.#rest.length >= 2 + this.#rest[1]) {
      const end = 2 + this.#rest[1];
      const opcode = this.#rest[0] & 15;
      if (opcode === 1) this.#message(this.#rest.toString('latin1', 2, end));
      else if (opcode === 8) this.#socket.end();
      this.#rest = this.#rest.subarray(end);
    }
  }

  #message(text) {
    const [what, topic, number] = text.split(' ');
    const n = Number(number);
    const last = this.topics.get(topic);
    if (what === 'm') {
      this.#tally.messages += 1;
      if (last === undefined) this.#tally.fault(`a message of ${topic} for nobody`);
      else if (n !== last + 1) this.#tally.fault(`${topic}: ${n} behind ${last}`);
      this.topics.set(topic, n);
      return;
    }
    this.asking.delete(topic);
    this.#waiting -= 1;
    this.#tally.outstanding -= 1;
    if (last !== undefined && last !== n) this.#tally.fault(`${topic}: ${last} instead of ${n}`);
    if (what === 's') this.topics.set(topic, n);
    else this.topics.delete(topic);
  }
}

export const run = () =>
  soaking('WebSockets that subscribe, publish and leave at random', async (soak) => {
    const count = soak.option('sockets', 10_000);
    const topicCount = soak.option('topics', 1000);
    const seconds = soak.option('seconds', 300);
    const random = randomFrom(soak.option('seed', 1));
    const pick = (size) => Math.floor(random() * size);
    const server = await soak.serve();
    const tally = new Tally();
    let departures = 0;
    let actions = 0;

    const open = (index) => {
      const address = `127.0.0.${1 + Math.floor(index / PER_ADDRESS)}`;
      return new Client(tally).open(server.port, address);
    };
    const openAll = async (many) => {
      const clients = [];
      while (clients.length < many) {
        const batch = Math.min(256, many - clients.length);
        const made = Array.from({ length: batch }, (_, i) => open(clients.length + i));
        clients.push(...(await Promise.all(made)));
      }
      return clients;
    };
    const act = async (clients, index) => {
      const client = clients[index];
      const topic = `t${pick(topicCount)}`;
      const what = random();
      actions += 1;
      if (what < 0.01) {
        departures += 1;
        const left = client.leave(random() < 0.5);
        clients[index] = undefined;
        await left;
        clients[index] = await open(index);
      } else if (what < 0.4) {
        client.ask('p', topic);
      } else if (!client.asking.has(topic)) {
        // About five topics a client.
        const isMember = client.topics.has(topic);
        if (isMember || client.topics.size + client.asking.size < 8) {
          client.ask(isMember ? 'u' : 's', topic);
        } else {
          const [some] = client.topics.keys();
          if (some !== undefined && !client.asking.has(some)) client.ask('u', some);
        }
      }
    };
    const soakFor = async (clients, limit) => {
      const end = performance.now() + limit * 1000;
      const replacing = new Set();
      while (performance.now() < end) {
        for (let i = 0; i < 200; i += 1) {
          const index = pick(clients.length);
          if (clients[index] === undefined) continue;
          const done = act(clients, index);
          replacing.add(done);
          void done.finally(() => replacing.delete(done));
        }
        do await turn();
        while (tally.outstanding > OUTSTANDING);
        const left = Math.round((end - performance.now()) / 1000);
        soak.progress(`${left} s left, ${tally.messages} messages, ${tally.faults} faults`);
      }
      await Promise.all(replacing);
      while (tally.outstanding > 0) await turn();
    };
    const endAll = (clients) => Promise.all(clients.map((client, i) => client.leave(i % 2 === 0)));

    // What the process keeps after a first burst is not what a connection leaks.
    const warm = await openAll(count);
    await soakFor(warm, Math.min(5, seconds / 10));
    await endAll(warm);
    const before = await server.counters();
    const clients = await openAll(count);
    const open10k = await server.glance();
    const messagesBefore = tally.messages;
    await soakFor(clients, seconds);
    await endAll(clients);
    const after = await server.counters();

    soak.figure('sockets, topics, seconds', `${count}, ${topicCount}, ${seconds}`);
    soak.figure('bytes of RSS per open socket', Math.round((open10k.rss - before.rss) / count));
    soak.figure('actions, messages, departures', `${actions}, ${tally.messages}, ${departures}`);
    soak.check('messages were delivered', tally.messages, tally.messages > messagesBefore);
    const faults = tally.faults === 0 ? 0 : `${tally.faults}: ${tally.example}`;
    soak.check('lost, doubled, out of order', faults, tally.faults === 0);
    soak.check('open sockets afterwards', after.sockets, after.sockets === 0);
    soak.check('subscriptions afterwards', after.subscribers, after.subscribers === 0);
    soak.checkBaseline(before, after, 32);
  });
