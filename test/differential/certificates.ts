// SPDX-License-Identifier: MIT
// The folder of certificates that the apps of both runtimes find in APP_CERTIFICATES: made once.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Authority } from '../helpers/certificates.js';

let folder: string | undefined;

export function certificateFolder(): string {
  folder ??= make();
  return folder;
}

function make(): string {
  const authority = new Authority();
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  authority.issue('ec', { names: ['one.test', '127.0.0.1'] });
  authority.issue('rsa', { names: ['one.test', '127.0.0.1'], kind: 'rsa' });
  authority.issue('two', { names: ['two.test'] });
  authority.issue('wild', { names: ['*.wild.test'] });
  authority.issue('client');
  // Of an authority that nobody trusts.
  const rogue = new Authority('rogue').issue('rogue');
  writeFileSync(authority.file('rogue-key'), rogue.key);
  writeFileSync(authority.file('rogue'), rogue.cert);
  const locked = authority.file('locked-key');
  openssl(
    'ec',
    '-in',
    authority.file('ec-key'),
    '-aes256',
    '-passout',
    'pass:open',
    '-out',
    locked,
  );
  const group = ['-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048'];
  openssl('genpkey', '-genparam', ...group, '-out', authority.file('dh'));
  return authority.folder;
}
