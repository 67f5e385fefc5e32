// SPDX-License-Identifier: MIT
// Plays one case against one server and writes down everything observable, normalised. Whether a
// connection stayed open is found out by asking on it once more, never by waiting for silence.
import { NoAnswer, RawClient } from '../helpers/raw-client.js';
import { TRUNCATED, type HttpMessage } from '../helpers/http-message.js';
import { frameBytes, frameLine, OPCODES } from '../helpers/websocket-frames.js';
import type { DifferentialCase, Expectation, Step } from './case.js';
import { get } from './case.js';

export interface SeenMessage {
  readonly status: number;
  readonly reason: string;
  readonly framing: string;
  /** `Name: value`, ordered by name only; lines of one name keep their order. */
  readonly headers: readonly string[];
  readonly body: string;
}

export interface SeenConnection {
  readonly messages: readonly SeenMessage[];
  /** Behind a 101, but for what our last question was answered with. */
  readonly frames: readonly string[];
  /** Truncated: closed in the middle of a message. */
  readonly ending: 'open' | 'closed' | 'truncated';
  /** Why the received bytes are not HTTP/1.1, with the bytes. */
  readonly fault: string | null;
  readonly raw: string;
}

export interface Outcome {
  readonly connections: readonly SeenConnection[];
  readonly log: readonly string[];
  /** A hang, or a server that could not be started or reached. */
  readonly failure: string | null;
}

export interface Target {
  readonly tls: boolean;
  readonly port: number;
  takeLog(count: number): Promise<readonly string[]>;
}

const PROBE = get('/__probe', 'Connection: close');
const PROBE_TEXT = 'still there?';
const REQUEST_LINE = /^([A-Z]+) \S+ HTTP\/1\.[01]\r$/gm;

export async function play(
  test: DifferentialCase,
  expected: Expectation,
  target: Target,
  deadlineMs: number,
): Promise<Outcome> {
  const steps = typeof test.send === 'string' ? [test.send] : test.send;
  const endings = typeof expected.gives === 'string' ? [expected.gives] : expected.gives;
  const clients: RawClient[] = [];
  let failure: string | null = null;
  let log: readonly string[] = [];
  const takeLog = (count: number): Promise<readonly string[]> =>
    withDeadline(target.takeLog(count), deadlineMs, `${count} log lines`);
  try {
    for (let on = 0; on < endings.length; on += 1) {
      const methodOf = methodsOf(steps, on);
      clients.push(
        await RawClient.connect({ port: target.port, tls: target.tls, methodOf, deadlineMs }),
      );
    }
    for (const step of steps) {
      const taken = await take(step, clients, takeLog);
      log = [...log, ...taken];
    }
    for (const [on, gives] of endings.entries()) await settle(clients[on], gives);
    log = [...log, ...(await takeLog(Math.max(0, (test.logs ?? 0) - log.length)))];
  } catch (error) {
    if (!(error instanceof NoAnswer) && !isConnectError(error)) throw error;
    failure = error.message;
    // Whatever was logged belongs to this case, not to the next one.
    await takeLog(0).catch(() => []);
  } finally {
    for (const client of clients) client.destroy();
  }
  const connections = clients.map((client, on) => seen(client, endings[on] ?? '', target.port));
  return { connections, log: log.map((line) => normalise(line, target.port)), failure };
}

async function take(
  step: Step,
  clients: readonly RawClient[],
  takeLog: (count: number) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  if (typeof step === 'string') {
    await clients[0]?.write(step);
    return [];
  }
  if ('awaitLogs' in step) return takeLog(step.awaitLogs);
  const client = clients[step.on ?? 0];
  if ('await' in step) await client?.untilMessages(step.await);
  else if ('frames' in step) await client?.untilFrames(step.frames);
  else if ('reads' in step) client?.read(step.reads);
  else if ('halfClose' in step) client?.halfClose();
  else if ('ended' in step) await client?.untilEnd();
  else if (step.pieces === undefined) await client?.write(step.send);
  else await client?.writeInPieces(step.send, step.pieces);
  return [];
}

/** Waits for what is expected, then for the end, or for the answer to one more request. */
async function settle(client: RawClient | undefined, gives: string): Promise<void> {
  if (client === undefined) return;
  if (gives.endsWith('open')) {
    await client.untilMessages(statusesIn(gives).length);
    if (client.reader.hasSwitched) return settleSocket(client);
    if (client.ending === 'open') await client.write(PROBE);
  }
  await client.untilEnd();
}

/** An open WebSocket answers a ping; what it sends before the pong belongs to the case. */
async function settleSocket(client: RawClient): Promise<void> {
  if (client.ending !== 'open') return;
  await client.write(frameBytes('ping', PROBE_TEXT));
  while (client.ending === 'open' && !hasPong(client)) {
    await client.untilFrames(client.frames.frames.length + 1);
    if (client.reader.fault !== null) return;
  }
}

function isPong({ opcode, payload }: { opcode: number; payload: Buffer }): boolean {
  return opcode === OPCODES.pong && payload.toString() === PROBE_TEXT;
}

function hasPong(client: RawClient): boolean {
  return client.frames.frames.some(isPong);
}

function seen(client: RawClient, gives: string, port: number): SeenConnection {
  const expectedCount = statusesIn(gives).length;
  const { fault, leftover } = client.reader;
  let messages = client.messages;
  let isOpen = client.ending === 'open' && hasPong(client);
  if (gives.endsWith('open') && messages.length > expectedCount) {
    isOpen = true;
    messages = messages.slice(0, -1);
  }
  const bytes = Buffer.concat(messages.map((message) => message.raw)).toString('latin1');
  const isTruncated = fault === TRUNCATED;
  const excerpt = JSON.stringify(leftover.toString('latin1', 0, 200));
  return {
    messages: messages.map((message) => describe(message, port)),
    frames: client.frames.frames.filter((frame) => !isPong(frame)).map(frameLine),
    ending: isOpen ? 'open' : isTruncated ? 'truncated' : 'closed',
    fault: fault === null || isTruncated ? null : `${fault}: ${excerpt}`,
    raw: normalise(bytes, port),
  };
}

function describe(message: HttpMessage, port: number): SeenMessage {
  const lines = message.headers.map(([name, value]) => ({
    key: name.toLowerCase(),
    line: normalise(`${name}: ${value}`, port),
  }));
  lines.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return {
    status: message.status,
    reason: message.reason,
    framing: message.framing,
    headers: lines.map(({ line }) => line),
    body: normalise(message.body.toString('latin1'), port),
  };
}

export function statusesIn(gives: string): string[] {
  return gives.split(' ').filter((word) => /^\d/.test(word));
}

/** '200 400 closed' for a connection, the same words a case uses. */
export function summary(connection: SeenConnection): string {
  return [...connection.messages.map(({ status }) => status), connection.ending].join(' ');
}

const HTTP_DATE = /\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/g;
const DATE_LINE = new RegExp(`^(date: )${HTTP_DATE.source}`, 'gim');

/** Replaces what may differ between two right servers: the date, the port, a random boundary. */
function normalise(text: string, port: number): string {
  return text
    .replace(DATE_LINE, '$1<D>')
    .replaceAll(`:${port}`, ':<P>')
    .replace(/(-{4}WebKitFormBoundary)[0-9A-Za-z]+/g, '$1<B>');
}

function methodsOf(steps: readonly Step[], on: number): (index: number) => string {
  let sent = '';
  for (const step of steps) {
    if (typeof step === 'string') sent += on === 0 ? step : '';
    else if ('send' in step && (step.on ?? 0) === on) sent += step.send;
  }
  const methods = [...sent.matchAll(REQUEST_LINE)].map((match) => match[1] ?? '');
  return (index) => methods[index] ?? 'GET';
}

function isConnectError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && error.syscall === 'connect';
}

async function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let watchdog: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    watchdog = setTimeout(() => reject(new NoAnswer(`no ${what} within ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(watchdog));
}
