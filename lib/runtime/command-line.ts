// SPDX-License-Identifier: MIT
//
// Arguments of the `bunserve` command. Options stand before the file; what follows it belongs to the
// program.

const USAGE = `Usage: bunserve [--port N] [--workers N] FILE [ARGUMENTS]

  --port N      default port of servers that name none (before $BUN_PORT, $PORT, $NODE_PORT)
  --workers N   N processes that share the port; auto: one for each processor`;

export interface CommandLine {
  file: string;
  port: number | undefined;
  /** Processes; undefined for this one alone. */
  workers: number | undefined;
  rest: string[];
}

/** The command was called wrongly; the message says how to call it. */
export class UsageError extends Error {}

function readPort(text: string | undefined): number {
  const port = Number(text);
  if (text === undefined || text === '' || !Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(`bunserve: --port takes a number from 0 to 65535\n\n${USAGE}`);
  }
  return port;
}

const MAX_WORKERS = 1024;

function readWorkers(text: string | undefined): number {
  if (text === 'auto') return process.getBuiltinModule('node:os').availableParallelism();
  const count = Number(text);
  if (!text || !Number.isInteger(count) || count < 1 || count > MAX_WORKERS) {
    const expected = `a number from 1 to ${MAX_WORKERS}, or auto`;
    throw new UsageError(`bunserve: --workers takes ${expected}\n\n${USAGE}`);
  }
  return count;
}

/** @throws UsageError */
export function readCommandLine(args: readonly string[]): CommandLine {
  let port: number | undefined;
  let workers: number | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--port') port = readPort(args[++i]);
    else if (arg.startsWith('--port=')) port = readPort(arg.slice('--port='.length));
    else if (arg === '--workers') workers = readWorkers(args[++i]);
    else if (arg.startsWith('--workers=')) workers = readWorkers(arg.slice('--workers='.length));
    else if (arg.startsWith('-'))
      throw new UsageError(`bunserve: unknown option ${arg}\n\n${USAGE}`);
    else {
      const rest = args.slice(i + 1);
      // `bunserve file.mjs --port N` is what people type first.
      const at = rest.findIndex((word) => word === '--port' || word.startsWith('--port='));
      if (at >= 0 && port === undefined) {
        const [word, next] = rest.slice(at, at + 2) as [string, string | undefined];
        const joined = word.startsWith('--port=');
        port = readPort(joined ? word.slice('--port='.length) : next);
        rest.splice(at, joined ? 1 : 2);
      }
      return { file: arg, port, workers, rest };
    }
  }
  throw new UsageError(USAGE);
}
