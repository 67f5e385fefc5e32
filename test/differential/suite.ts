// SPDX-License-Identifier: MIT
// Brings cases, app processes and exchanges together: which process serves a case, and whether an
// outcome is the one the case states. Used by the Jest file and by run.ts alike.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppDidNotStart, AppProcess, type Runtime } from './app-process.js';
import type { DifferentialCase, Expectation } from './case.js';
import { certificateFolder } from './certificates.js';
import { play, summary, type Outcome, type Target } from './exchange.js';

// Against hangs; no case waits for it.
const DEADLINE_MS = 60_000;

/** All apps of one runtime, each started when first needed and restarted if it dies. */
export class Contestant {
  readonly runtime: Runtime;
  readonly #processes = new Map<string, Promise<AppProcess>>();
  readonly #directory = mkdtempSync(join(tmpdir(), 'bunserve-differential-'));

  constructor(runtime: Runtime, cases: readonly DifferentialCase[]) {
    this.runtime = runtime;
    const snippets: Record<string, string> = {};
    for (const { app } of cases) if (typeof app !== 'string') snippets[idOf(app)] = app.toString();
    writeFileSync(this.#snippetFile, JSON.stringify(snippets));
  }

  get #snippetFile(): string {
    return join(this.#directory, 'snippets.json');
  }

  async answer(test: DifferentialCase): Promise<Outcome> {
    const app = await this.#appOf(test);
    if (typeof app === 'string') return failed(app);
    const target = targetOf(app, test);
    if (typeof target === 'string') return failed(target);
    const outcome = await play(test, expectationFor(test, this.runtime), target, DEADLINE_MS);
    if (!app.hasExited) return outcome;
    return { ...outcome, failure: `the server process died: ${app.stderr}` };
  }

  /** The same without the log, which belongs to one case at a time; may run concurrently. */
  async answerUnlogged(test: DifferentialCase): Promise<Outcome> {
    const app = await this.#appOf(test);
    const target = typeof app === 'string' ? app : targetOf(app, test);
    if (typeof target === 'string') return failed(target);
    const unlogged = { ...target, takeLog: () => Promise.resolve([]) };
    return play(test, expectationFor(test, this.runtime), unlogged, DEADLINE_MS);
  }

  /** Throws away what the log of a case's app holds. */
  async clearLog(test: DifferentialCase): Promise<void> {
    const app = await this.#appOf(test);
    const target = typeof app === 'string' ? app : targetOf(app, test);
    if (typeof target !== 'string') await target.takeLog(0);
  }

  async stop(): Promise<void> {
    const processes = await Promise.allSettled(this.#processes.values());
    for (const process of processes) {
      if (process.status === 'fulfilled') await process.value.stop();
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** The process that serves a case, or why there is none. */
  async #appOf(test: DifferentialCase): Promise<AppProcess | string> {
    try {
      return await this.#process(typeof test.app === 'string' ? test.app : 'snippets');
    } catch (error) {
      if (error instanceof AppDidNotStart) return error.message;
      throw error;
    }
  }

  async #process(name: string): Promise<AppProcess> {
    const known = this.#processes.get(name);
    if (known !== undefined && !(await known).hasExited) return known;
    const started = AppProcess.start(this.runtime, name, {
      APP_SNIPPETS: this.#snippetFile,
      APP_CERTIFICATES: name === 'snippets' ? certificateFolder() : '',
    });
    this.#processes.set(name, started);
    return started;
  }
}

function failed(failure: string): Outcome {
  return { connections: [], log: [], failure };
}

/** Where a case's server is, or why there is none. */
function targetOf(app: AppProcess, { app: source, logId }: DifferentialCase): Target | string {
  const id = typeof source === 'string' ? '' : idOf(source);
  const port = app.portOf(id);
  if (port === undefined) return `serve() threw ${app.failureOf(id) ?? 'nothing'}`;
  const tls = process.env.APP_TLS !== undefined;
  return { port, tls, takeLog: (count) => app.takeLog(logId ?? id, count) };
}

const ids = new Map<string, string>();

function idOf(app: { toString(): string }): string {
  const source = app.toString();
  const id = ids.get(source) ?? `s${ids.size}`;
  ids.set(source, id);
  return id;
}

export function expectationFor(test: DifferentialCase, runtime: Runtime): Expectation {
  return runtime === 'ours' && test.ours !== undefined ? test.ours : test;
}

/** Every way in which `outcome` is not what the case states for this runtime. */
export function complaints(expected: Expectation, outcome: Outcome): string[] {
  const found: string[] = [];
  if (outcome.failure !== null) found.push(outcome.failure);
  const gives = typeof expected.gives === 'string' ? [expected.gives] : expected.gives;
  for (const [on, words] of gives.entries()) {
    const connection = outcome.connections[on];
    if (connection === undefined) continue;
    const got = summary(connection);
    if (got !== words) found.push(`gives: expected "${words}", got "${got}"`);
    if (connection.fault !== null) found.push(`not HTTP/1.1: ${connection.fault}`);
  }
  const first = outcome.connections[0];
  const last = first?.messages.at(-1);
  if (expected.body !== undefined && last?.body !== expected.body) {
    found.push(`body: expected ${quote(expected.body)}, got ${quote(last?.body)}`);
  }
  if (expected.raw !== undefined && first?.raw !== expected.raw) {
    found.push(`bytes: expected ${quote(expected.raw)}, got ${quote(first?.raw)}`);
  }
  if (expected.frames !== undefined && quote(first?.frames) !== quote(expected.frames)) {
    found.push(`frames: expected ${quote(expected.frames)}, got ${quote(first?.frames)}`);
  }
  if (expected.log !== undefined && quote(outcome.log) !== quote(expected.log)) {
    found.push(`log: expected ${quote(expected.log)}, got ${quote(outcome.log)}`);
  }
  if (expected.saw !== undefined) found.push(...unseen(expected.saw, last?.body ?? ''));
  return found;
}

function unseen(saw: Readonly<Record<string, unknown>>, body: string): string[] {
  let actual: Record<string, unknown>;
  try {
    actual = JSON.parse(Buffer.from(body, 'latin1').toString()) as Record<string, unknown>;
  } catch {
    return [`body is no JSON: ${quote(body)}`];
  }
  return Object.entries(saw)
    .filter(([key, value]) => quote(actual[key]) !== quote(value))
    .map(([key, value]) => `saw.${key}: expected ${quote(value)}, got ${quote(actual[key])}`);
}

/** What two runtimes must have in common for one case, ready for a deep comparison. */
export function comparable(test: DifferentialCase, outcome: Outcome): unknown {
  const { connections, log, failure } = outcome;
  const views = connections.map(({ messages, frames: all, ending, fault, raw }) => {
    const frames = test.framesAside === true ? [] : all;
    return test.strict === true
      ? { raw, frames, ending, fault }
      : { messages, frames, ending, fault };
  });
  return { connections: views, log, failure };
}

function quote(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
