// SPDX-License-Identifier: MIT
// What the kernel is asked for while files are sent, as strace sees it: sendfile(2) carries all of a
// file to a plain socket, and none of its bytes comes into the process.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { startProgram } from '../process/program.js';

const folder = temporaryFolder();
const SIZE = 6 * 1024 * 1024;
const FILE = join(folder, 'large.bin');

const PROGRAM = `
  import { file, Response, serve } from 'bunserve';
  const { FILE, FOLDER, SOCKET, CACHE } = process.env;
  const address = SOCKET ? { unix: SOCKET } : { port: 0, hostname: '127.0.0.1' };
  const server = serve({
    ...address, development: false, ...(CACHE && { fileCache: CACHE === 'yes' }),
    routes: {
      '/handler': () => new Response(file(FILE)),
      '/slice': () => new Response(file(FILE).slice(0, -1)),
      '/route': file(FILE),
      '/dir/*': { dir: FOLDER },
      '/end': () => new Response(),
    },
  });
  report({ port: server.port ?? 0, pid: process.pid });
  await commanded('stop');
  await server.stop();
  process.exit();
`;

interface Call {
  readonly name: string;
  readonly result: number;
}

/** The calls that name \`file\`, with what each of them moved. */
function callsOn(trace: string, file: string): Call[] {
  const calls: Call[] = [];
  for (const line of trace.split('\n')) {
    const [, name, result] = /^\d+ +(\w+)\(.*\) = (-?\d+)/.exec(line) ?? [];
    if (name !== undefined && line.includes(`<${file}>`)) {
      calls.push({ name, result: Number(result) });
    }
  }
  return calls;
}

const moved = (calls: readonly Call[]): number =>
  calls.reduce((sum, { result }) => sum + Math.max(0, result), 0);

let traces = 0;

/** The calls it took the program `pid` to answer curl, each line one. */
function traced(
  pid: number,
  calls: string,
  base: string,
  path: string,
  options: readonly string[] = [],
): string {
  // Its own files: an older trace is not taken for this one.
  traces += 1;
  const log = join(folder, `trace-${traces}`);
  // One strace per request. It has taken hold of a thread when it has seen a call of it, and an answer
  // can be with curl before it has seen the end of the call that sent it: there is a request before,
  // until one was seen, and one after.
  const script =
    `strace -f -y -s 0 -e trace=sendto,${calls} -o '${log}' -p ${pid} 2>'${log}.err' & tracer=$!; ` +
    `until grep -qs attached '${log}.err'; do sleep 0.02; done; ` +
    `until grep -q sendto '${log}'; do curl -sS "$@" "$0/end"; done; wc -l <'${log}'; ` +
    `curl -sS -o '${join(folder, 'out')}' "$@" "$0${path}"; curl -sS "$@" "$0/end"; ` +
    'kill -INT $tracer; wait $tracer || true';
  const before = execFileSync('sh', ['-c', script, base, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = readFileSync(log, 'utf8').split('\n');
  return joined(lines.slice(Number(before)));
}

/** A call during which another thread made one is two lines: they become one. */
function joined(trace: readonly string[]): string {
  const begun = new Map<string, string>();
  const lines: string[] = [];
  for (const line of trace) {
    const thread = /^\d+/.exec(line)?.[0] ?? '';
    const rest = /^\d+ +<\.\.\. \w+ resumed>(.*)/.exec(line)?.[1];
    if (line.endsWith(' <unfinished ...>')) begun.set(thread, line.slice(0, -17));
    else if (rest !== undefined) lines.push((begun.get(thread) ?? `${thread} `) + rest);
    else lines.push(line);
  }
  return lines.join('\n');
}

describe.each(['TCP', 'unix'])('%s', (kind) => {
  test.each(['/handler', '/slice', '/route', '/dir/large.bin'])('%s', async (path) => {
    writeFileSync(FILE, Buffer.alloc(SIZE, 'file '));
    let trace = '';
    const socket = kind === 'unix' ? join(folder, `socket-${path.replaceAll('/', '-')}`) : '';
    const program = startProgram(PROGRAM, { env: { FILE, FOLDER: folder, SOCKET: socket } });
    try {
      const { port, pid } = await program.next<{ port: number; pid: number }>();
      const where = socket ? ['--unix-socket', socket] : [];
      const calls =
        'sendfile,splice,read,readv,pread64,preadv,preadv2,write,writev,sendto,sendmsg,mmap';
      trace = traced(pid, calls, `http://127.0.0.1:${port}`, path, where);
    } finally {
      program.kill();
    }
    const expected = path === '/slice' ? SIZE - 1 : SIZE;
    expect(readFileSync(join(folder, 'out')).length).toBe(expected);
    const calls = callsOn(trace, FILE);
    expect(moved(calls.filter(({ name }) => name === 'sendfile'))).toBe(expected);
    // One byte here and there shows whether the file is in memory; mmap() is another way to ask.
    const reads = calls.filter(({ name }) => !['sendfile', 'mmap'].includes(name));
    expect(moved(reads)).toBeLessThan(100);
    const names = trace.matchAll(
      /^\d+ +(?:write|writev|sendto|sendmsg)\(\d+<(?:TCP|UNIX|socket).*= (\d+)/gm,
    );
    const written = [...names].reduce((sum, [, count]) => sum + Number(count), 0);
    // The head.
    expect(written).toBeGreaterThan(50);
    expect(written).toBeLessThan(1000);
  });
});

describe('small files', () => {
  const SMALL = join(folder, 'small.txt');
  const ASKED = 200;

  /** How often the file was opened for as many requests. */
  async function opened(path: string, cache: string): Promise<number> {
    writeFileSync(SMALL, 'small');
    const program = startProgram(PROGRAM, { env: { FILE: SMALL, FOLDER: folder, CACHE: cache } });
    try {
      const { port, pid } = await program.next<{ port: number; pid: number }>();
      // What was written just now is not kept.
      const { ctimeMs } = statSync(SMALL);
      while (Date.now() < ctimeMs + 200) await nextTurn();
      const asked = `${path}?[1-${ASKED}]`;
      const trace = traced(pid, 'openat,open', `http://127.0.0.1:${port}`, asked);
      expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('small');
      return trace.split('\n').filter((line) => line.includes(`<${SMALL}>`)).length;
    } finally {
      program.kill();
    }
  }

  test.each(['/handler', '/route'])('%s: asked for often, opened now and then', async (path) => {
    // Once a second, and twice at the beginning.
    expect(await opened(path, '')).toBeLessThan(ASKED / 2);
    expect(await opened(path, 'yes')).toBeLessThan(ASKED / 2);
  });

  test.each(['/handler', '/route'])('%s with fileCache: false: every time', async (path) => {
    expect(await opened(path, 'no')).toBe(ASKED);
  });
});
