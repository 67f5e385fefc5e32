// SPDX-License-Identifier: MIT
// openssl s_client as a peer: what it prints of a connection, and what it was told.
import { spawn } from 'node:child_process';

export interface Said {
  /** Everything it printed. */
  readonly text: string;
  readonly protocol: string | undefined;
  readonly isResumed: boolean;
  /** The server ended with close_notify. */
  readonly isWhole: boolean;
  /** Common name of the server's certificate. */
  readonly subject: string | undefined;
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** What openssl does with a line of one letter. */
export interface Command {
  readonly letter: 'R' | 'K';
  /** What it prints when it does. */
  readonly printed: string;
}

/** Connects, sends `input`, after a command if there is one, and reads to the connection's end. */
export async function sClient(
  port: number | undefined,
  args: readonly string[] = [],
  input = REQUEST,
  command?: Command,
): Promise<Said> {
  // It takes commands only when the end of its input is its end, too: which never comes, then.
  const mode = command === undefined ? ['-ign_eof'] : [];
  const words = ['s_client', '-connect', `127.0.0.1:${port}`, ...mode, ...args];
  const child = spawn('openssl', words, { stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  let wake: () => void = () => undefined;
  const take = (data: Buffer): void => {
    text += data.toString('latin1');
    wake();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  child.stdin.on('error', () => undefined);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const printed = (part: string): Promise<unknown> => {
    const seen = new Promise<void>((resolve) => {
      wake = () => void (text.includes(part) && resolve());
      wake();
    });
    return Promise.race([seen, ended]);
  };
  if (command === undefined) {
    child.stdin.end(input);
  } else {
    await printed('SSL handshake has read');
    child.stdin.write(`${command.letter}\n`);
    await printed(command.printed);
    child.stdin.write(input);
  }
  await ended;
  return {
    text,
    protocol: /Protocol *: (\S+)/.exec(text)?.[1] ?? /(?:New|Reused), (TLS\S+),/.exec(text)?.[1],
    isResumed: text.includes('\nReused, '),
    isWhole: text.includes('closed\n') && !/unexpected eof|errno/.test(text),
    subject: /subject=.*CN = (\S+)/.exec(text)?.[1],
  };
}
