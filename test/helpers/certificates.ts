// SPDX-License-Identifier: MIT
// Keys and certificates that openssl makes for the length of a test process. Files, because command
// line peers want them so; `read` gives the texts.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

export interface Pair {
  readonly key: string;
  readonly cert: string;
}

export interface IssueOptions {
  /** Names and addresses the certificate is for; its subject is the first one. */
  readonly names?: readonly string[];
  readonly kind?: 'ec' | 'rsa';
  /** Negative: expired. */
  readonly days?: number;
}

const KINDS = {
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  rsa: ['-newkey', 'rsa:2048'],
};

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function alternatives(names: readonly string[]): string {
  const one = (name: string): string => (/^[\d.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`);
  return `subjectAltName=${names.map(one).join(',')}`;
}

/** A certificate authority in a folder of its own. */
export class Authority {
  readonly folder = temporaryFolder();
  readonly #name: string;

  constructor(name = 'authority') {
    this.#name = name;
    const ca = ['-addext', 'basicConstraints=critical,CA:TRUE'];
    const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    const files = ['-keyout', this.file('ca-key'), '-out', this.file('ca')];
    const subject = ['-subj', `/CN=${name}`, '-days', '2'];
    openssl('req', '-x509', '-nodes', ...KINDS.ec, ...ca, ...usage, ...subject, ...files);
  }

  /** Path of a PEM file: `ca`, `NAME` and `NAME-key` for what was issued. */
  file(name: string): string {
    return join(this.folder, `${name}.pem`);
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  get certificate(): string {
    return this.read('ca');
  }

  issue(name: string, { names = [name], kind = 'ec', days = 2 }: IssueOptions = {}): Pair {
    const request = this.file(`${name}-request`);
    const subject = ['-subj', `/O=${this.#name}/CN=${names[0] ?? name}`];
    openssl(
      ...['req', '-new', '-nodes', ...KINDS[kind], ...subject],
      ...['-keyout', this.file(`${name}-key`), '-out', request],
    );
    const extensions = join(this.folder, `${name}.ext`);
    writeFileSync(extensions, `${alternatives(names)}\nbasicConstraints=CA:FALSE\n`);
    openssl(
      ...['x509', '-req', '-in', request, '-CA', this.file('ca'), '-CAkey', this.file('ca-key')],
      ...['-days', String(days), '-extfile', extensions, '-out', this.file(name)],
    );
    return { key: this.read(`${name}-key`), cert: this.read(name) };
  }
}
