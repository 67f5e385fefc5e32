// SPDX-License-Identifier: MIT
// What the kernel is asked for while files are sent, as strace sees it: sendfile(2) carries all of a
// file to a plain socket, and none of its bytes comes into the process.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { startProgram } from '../process/program.js';

const folder = temporaryFolder();
const SIZE = 6 * 1024 * 1024;
const FILE = join(folder, 'large.bin');

const PROGRAM = `
  import { file, Response, serve } from 'bunserve';
  const { FILE, FOLDER, SOCKET } = process.env;
  const address = SOCKET ? { unix: SOCKET } : { port: 0, hostname: '127.0.0.1' };
  const server = serve({
    ...address, development: false,
    routes: {
      '/handler': () => new Response(file(FILE)),
      '/slice': () => new Response(file(FILE).slice(0, -1)),
      '/route': file(FILE),
      '/dir/*': { dir: FOLDER },
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

describe.each(['TCP', 'unix'])('%s', (kind) => {
  test.each(['/handler', '/slice', '/route', '/dir/large.bin'])(
    '%s',
    async (path) => {
      writeFileSync(FILE, Buffer.alloc(SIZE, 'file '));
      const log = join(folder, 'trace');
      const socket = kind === 'unix' ? join(folder, `socket-${path.replaceAll('/', '-')}`) : '';
      const program = startProgram(PROGRAM, { env: { FILE, FOLDER: folder, SOCKET: socket } });
      try {
        const { port, pid } = await program.next<{ port: number; pid: number }>();
        const where = socket ? ['--unix-socket', socket] : [];
        // One strace per request: attached while nothing is under way, detached by the end of sleep.
        const calls =
          'trace=sendfile,splice,read,readv,pread64,preadv,preadv2,write,writev,sendto,sendmsg,mmap';
        const script =
          `strace -f -y -s 0 -e ${calls} -o '${log}' -p ${pid} 2>'${log}.err' & tracer=$!; ` +
          `until grep -q attached '${log}.err'; do :; done; "$@"; kill -INT $tracer; wait $tracer || true`;
        const curl = [
          'curl',
          '-sS',
          ...where,
          '-o',
          join(folder, 'out'),
          `http://127.0.0.1:${port}${path}`,
        ];
        execFileSync('sh', ['-c', script, 'sh', ...curl], { stdio: ['ignore', 'pipe', 'pipe'] });
      } finally {
        program.kill();
      }
      const expected = path === '/slice' ? SIZE - 1 : SIZE;
      expect(readFileSync(join(folder, 'out')).length).toBe(expected);
      const calls = callsOn(readFileSync(log, 'utf8'), FILE);
      expect(moved(calls.filter(({ name }) => name === 'sendfile'))).toBe(expected);
      // One byte here and there shows whether the file is in memory; mmap() is another way to ask.
      const reads = calls.filter(({ name }) => !['sendfile', 'mmap'].includes(name));
      expect(moved(reads)).toBeLessThan(100);
      const names = readFileSync(log, 'utf8').matchAll(
        /^\d+ +(?:write|writev|sendto|sendmsg)\(\d+<(?:TCP|UNIX|socket).*= (\d+)/gm,
      );
      const written = [...names].reduce((sum, [, count]) => sum + Number(count), 0);
      // The head.
      expect(written).toBeGreaterThan(50);
      expect(written).toBeLessThan(1000);
    },
    60_000,
  );
});
