// SPDX-License-Identifier: MIT
//
// Arguments of the `bunserve` command. Options stand before the file; what follows it belongs to the
// program, but for the port and the hostname, which people type last.

const USAGE = `Usage: bunserve [OPTIONS] FILE [ARGUMENTS]

  --port N           default port of servers that name none (before $BUN_PORT, $PORT, $NODE_PORT)
  --hostname NAME    default hostname of servers that name none
  --workers N        N processes that share the port; auto: one for each processor
  --watch            start the program again when a file of it changes
  --hot              load the program again in the same process; servers keep their port
  --env-file FILE    read this file instead of .env and its kin; may be repeated
  --no-env-file      read no .env files
  --inspect[-brk|-wait][=[HOST:]PORT]
                     Node's inspector, passed on to it
  -h, --help         this text
  -v, --version      the version

Any other option that Node takes in NODE_OPTIONS is passed on to it, with its value after "=":
bunserve --max-old-space-size=512 server.ts`;

export interface CommandLine {
  /** Something to print instead of running anything. */
  show: 'help' | 'version' | undefined;
  file: string;
  port: number | undefined;
  hostname: string | undefined;
  /** Processes; undefined for this one alone. */
  workers: number | undefined;
  mode: 'run' | 'watch' | 'hot';
  /** Undefined for the usual ones. */
  envFiles: string[] | undefined;
  /** Options of Node's. */
  nodeFlags: string[];
  /** All arguments but those. */
  own: string[];
  rest: string[];
}

/** The command was called wrongly; the message says how to call it. */
export class UsageError extends Error {}

export const usage = USAGE;

function wrong(what: string): UsageError {
  return new UsageError(`bunserve: ${what}\nTry bunserve --help`);
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw wrong('--port takes a number from 0 to 65535');
  return port;
}

const MAX_WORKERS = 1024;

function readWorkers(text: string): number {
  if (text === 'auto') return process.getBuiltinModule('node:os').availableParallelism();
  const count = Number(text || NaN);
  if (!Number.isInteger(count) || count < 1 || count > MAX_WORKERS) {
    throw wrong(`--workers takes a number from 1 to ${MAX_WORKERS}, or auto`);
  }
  return count;
}

const isNodeFlag = (name: string): boolean =>
  /^--inspect(?:-brk|-wait)?$/.test(name) || process.allowedNodeEnvironmentFlags.has(name);

/** @throws UsageError */
export function readCommandLine(args: readonly string[]): CommandLine {
  const line: CommandLine = {
    ...{ show: undefined, file: '', port: undefined, hostname: undefined, workers: undefined },
    ...{ mode: 'run' },
    ...{ envFiles: undefined, nodeFlags: [], own: [], rest: [] },
  };
  let i = 0;
  const valueOf = (name: string, joined: string | undefined): string => {
    const value = joined ?? args[++i];
    const isNumber = name === '--port' || name === '--workers';
    if (value === undefined || (value === '' && !isNumber)) throw wrong(`${name} takes a value`);
    return value;
  };
  for (; i < args.length; i++) {
    const [name, joined] = split(args[i] as string);
    if (!name.startsWith('-') || name === '-') break;
    if (name === '--') {
      i++;
      break;
    }
    switch (name) {
      case '--port':
        line.port = readPort(valueOf(name, joined));
        break;
      case '--hostname':
        line.hostname = valueOf(name, joined);
        break;
      case '--workers':
        line.workers = readWorkers(valueOf(name, joined));
        break;
      case '--env-file':
        line.envFiles ??= [];
        line.envFiles.push(valueOf(name, joined));
        break;
      case '--no-env-file':
        line.envFiles = [];
        break;
      case '--watch':
      case '--hot':
        line.mode = name === '--hot' ? 'hot' : 'watch';
        break;
      case '-h':
      case '--help':
        return { ...line, show: 'help' };
      case '-v':
      case '--version':
        return { ...line, show: 'version' };
      default:
        if (!isNodeFlag(name)) throw wrong(`unknown option ${args[i]}`);
        line.nodeFlags.push(args[i] as string);
    }
  }
  if (i >= args.length) throw new UsageError(USAGE);
  if (line.workers !== undefined && line.mode !== 'run') {
    throw wrong(`--workers does not go with --${line.mode}`);
  }
  line.file = args[i] as string;
  line.rest = args.slice(i + 1);
  line.own = [...args.slice(0, i).filter((arg) => !line.nodeFlags.includes(arg)), ...args.slice(i)];
  takeLast(line);
  return line;
}

function split(arg: string): [name: string, value: string | undefined] {
  const at = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

/** `bunserve server.ts --port 4002` is what people type first. */
function takeLast(line: CommandLine): void {
  for (const name of ['--port', '--hostname'] as const) {
    if ((name === '--port' ? line.port : line.hostname) !== undefined) continue;
    const end = line.rest.indexOf('--');
    const at = line.rest.findIndex(
      (word, i) => (end < 0 || i < end) && (word === name || word.startsWith(`${name}=`)),
    );
    if (at < 0) continue;
    const joined = split(line.rest[at] as string)[1];
    const value = joined ?? line.rest[at + 1];
    if (value === undefined || value === '') throw wrong(`${name} takes a value`);
    line.rest.splice(at, joined === undefined ? 2 : 1);
    if (name === '--port') line.port = readPort(value);
    else line.hostname = value;
  }
}
