// SPDX-License-Identifier: MIT
// A code block of the documentation as a program of its own, under the command or under Bun, and what
// it answers.
import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { freePort } from '../helpers/free-port.js';
import { withFolder } from '../helpers/folder.js';
import { root } from '../lib/process/program.js';
import type { Ask, DocsCase } from './cases.js';

export const folder = join(root, 'examples', 'docs');
const names = readdirSync(folder).sort();

export function codeOf(block: number): string {
  const name = names.find((each) => each.startsWith(String(block).padStart(2, '0')));
  if (name === undefined) throw new Error(`no block ${block} in examples/docs`);
  const code = readFileSync(join(folder, name), 'utf8');
  return name.endsWith('.diff.ts') ? code.replace(/^[+]/gm, ' ') : code;
}

export const blockCount = names.length;

export interface Surroundings {
  /** Files beside the program. */
  files: Readonly<Record<string, string>>;
  upstream: string;
  postgres: string;
}

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

type Target =
  | { port: number; protocol: DocsCase['protocol']; client: DocsCase['client'] }
  | { socketPath: string };

/** For abstract names, which Node 20 pads with NULs, and for answers that its parser refuses. */
function askCurl(target: Target, path: string): Promise<Answer> {
  const isAbstract = 'socketPath' in target;
  const name = isAbstract ? ['--abstract-unix-socket', target.socketPath.slice(1)] : [];
  const host = isAbstract ? 'localhost' : `localhost:${target.port}`;
  const args = [...name, '-sS', '-w', '\n%{http_code} %{content_type}', `http://${host}${path}`];
  return new Promise((resolve, reject) => {
    execFile('curl', args, (error, stdout) => {
      if (error !== null) {
        // curl's number for "could not connect".
        const code = error.code === 7 ? { code: 'ECONNREFUSED' } : {};
        reject(Object.assign(new Error(error.message, { cause: error }), code));
        return;
      }
      const at = stdout.lastIndexOf('\n');
      const [status, ...type] = stdout.slice(at + 1).split(' ');
      const headers = { type: type.join(' ') };
      resolve({ status: Number(status), headers, body: stdout.slice(0, at) });
    });
  });
}

function ask(target: Target, { path, method = 'GET', headers, body }: Ask): Promise<Answer> {
  const isAbstract = 'socketPath' in target && target.socketPath.startsWith('\0');
  if (isAbstract || ('client' in target && target.client === 'curl')) {
    return askCurl(target, path);
  }
  return new Promise((resolve, reject) => {
    const isSecure = 'protocol' in target && target.protocol === 'https';
    const address =
      'socketPath' in target ? { socketPath: target.socketPath } : { port: target.port };
    const sent = (isSecure ? secureRequest : plainRequest)(
      {
        ...address,
        host: 'localhost',
        path,
        method,
        headers,
        agent: false,
        rejectUnauthorized: false,
      },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('error', reject);
        answer.on('end', () => {
          const { 'content-type': type, location, 'content-range': range } = answer.headers;
          const content = Buffer.concat(pieces).toString('latin1');
          resolve({ status: answer.statusCode, headers: { type, location, range }, body: content });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What programs and their users see of a run. */
export type Outcome = { answers: Answer[] } | { code: number | null; error: string };

export async function runBlock(
  command: readonly string[],
  test: DocsCase,
  around: Surroundings,
): Promise<Outcome> {
  const port = await freePort();
  return withFolder(around.files, async (place) => {
    const fill = (text: string): string =>
      text
        .replaceAll('PORT_OF_THE_TEST', String(port))
        .replaceAll('UPSTREAM', around.upstream)
        .replaceAll('FOLDER', place);
    // A line of the shell is tried with a program that any of them may name.
    const isShell = /^\$ /.test(codeOf(test.block));
    let code = isShell ? codeOf(41) : codeOf(test.block);
    for (const [from, to] of test.changes ?? []) {
      if (!code.includes(from)) throw new Error(`block ${test.block} has no ${from}`);
      code = code.replaceAll(from, fill(to));
    }
    writeFileSync(join(place, 'server.ts'), (test.before ?? '') + code);
    if (test.needs === 'vite') {
      symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'));
    }
    const [file, ...args] = command as [string, ...string[]];
    const own = test.env === 'none' ? {} : { [test.env ?? 'BUN_PORT']: String(port) };
    const child = spawn(file, [...args, ...(test.args ?? []).map(fill), 'server.ts'], {
      cwd: place,
      env: { PATH: process.env.PATH, DATABASE_URL: around.postgres, NO_COLOR: '1', ...own },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let error = '';
    child.stderr.on('data', (data: Buffer) => (error += data.toString()));
    let ended: number | null | undefined;
    const end = new Promise<void>((resolve) =>
      child.once('close', (status) => {
        ended = status;
        resolve();
      }),
    );
    try {
      if (test.outcome !== 'served') {
        await end;
        const isCompared = test.errors !== 'differ';
        return { code: ended as number | null, error: isCompared ? firstError(error) : '' };
      }
      const target: Target =
        test.protocol !== 'unix'
          ? { port, protocol: test.protocol, client: test.client }
          : {
              socketPath: code.includes('\\0')
                ? `\0my-abstract-socket-${port}`
                : join(place, 'my-socket.sock'),
            };
      const answers: Answer[] = [];
      for (const each of test.asks ?? []) {
        const answer = await untilAnswered(
          target,
          each,
          () => ended !== undefined,
          () => error,
        );
        answers.push(each.bodies === 'differ' ? { ...answer, body: '' } : answer);
      }
      return { answers };
    } finally {
      child.kill('SIGKILL');
      await end;
    }
  });
}

async function untilAnswered(
  target: Target,
  each: Ask,
  hasEnded: () => boolean,
  said: () => string,
): Promise<Answer> {
  for (;;) {
    try {
      return await ask(target, each);
    } catch (error) {
      // It is starting.
      const { code } = error as NodeJS.ErrnoException;
      if (hasEnded() || (code !== 'ECONNREFUSED' && code !== 'ENOENT')) {
        throw new Error(`no answer to ${each.path}: ${said()}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** The name and the first line of what a program died of, without the place. */
function firstError(text: string): string {
  const found = /^(?:Uncaught )?(?:error|(\w*Error)(?: \[\w+\])?): (.*)$/m.exec(text);
  return found?.[2]?.trim() ?? '';
}
