// SPDX-License-Identifier: MIT
//
// The command in a process of its own: with options of Node's, or started anew when a file changes.
// A file of its own in dist/.

import type { ChildProcess } from 'node:child_process';
import { FileWatcher } from './file-watcher.js';

const { spawn } = process.getBuiltinModule('node:child_process');

/** After that a program that should start anew is ended without asking. */
const PATIENCE_MS = 3000;
/** Tells the child that it is watched. */
export const WATCHED = 'BUNSERVE_WATCHED';

export interface ChildOptions {
  nodeFlags: readonly string[];
  /** Of the command, without those of Node's. */
  args: readonly string[];
  /** The program's main file. */
  file: string;
}

function start({ nodeFlags, args }: ChildOptions, isWatched: boolean): ChildProcess {
  const cli = process.argv[1] as string;
  return spawn(process.execPath, [...process.execArgv, ...nodeFlags, cli, ...args], {
    stdio: isWatched ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    env: isWatched ? { ...process.env, [WATCHED]: '1' } : process.env,
  });
}

/** Ends as the child has ended. */
function endLike(code: number | null, signal: NodeJS.Signals | null): void {
  if (signal === null) {
    process.exit(code ?? 1);
    return;
  }
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** A terminal sends Ctrl-C to the child as well; twice would be once too often. */
function passSignals(child: () => ChildProcess | undefined, onSignal?: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      onSignal?.();
      const isSent = signal === 'SIGINT' && process.stdin.isTTY;
      if (!isSent) child()?.kill(signal);
    });
  }
}

export function runWithFlags(options: ChildOptions): void {
  const child = start(options, false);
  passSignals(() => child);
  child.on('exit', endLike);
  child.on('error', (error) => {
    console.error(`bunserve: cannot start ${process.execPath}: ${error.message}`);
    process.exit(1);
  });
}

/** Runs the program, and again after every change; ends with a signal only. */
export function runWatched(options: ChildOptions): void {
  let child: ChildProcess | undefined;
  let isEnding = false;
  let isChanged = false;
  let patience: NodeJS.Timeout | undefined;

  const run = (): void => {
    isChanged = false;
    watcher.hasFailed = false;
    const own = start(options, true);
    child = own;
    own.on('message', (file) => {
      if (typeof file === 'string') watcher.add(file);
    });
    own.on('error', (error) => console.error(`bunserve: ${error.message}`));
    own.on('exit', (code, signal) => {
      clearTimeout(patience);
      child = undefined;
      if (isEnding) endLike(code, signal);
      else if (isChanged) run();
      else if (code !== 0) {
        watcher.hasFailed = true;
        // From now on, not before, what mends the program is noticed.
        console.error('bunserve: the program has failed and starts again after a change');
      }
    });
  };
  const watcher = new FileWatcher(() => {
    isChanged = true;
    if (child === undefined) {
      run();
      return;
    }
    child.kill('SIGTERM');
    clearTimeout(patience);
    patience = setTimeout((one: ChildProcess) => one.kill('SIGKILL'), PATIENCE_MS, child);
  });
  passSignals(
    () => child,
    () => {
      isEnding = true;
      if (child === undefined) process.exit(0);
    },
  );
  watcher.add(options.file);
  run();
}
