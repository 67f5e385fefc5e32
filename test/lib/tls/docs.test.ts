// SPDX-License-Identifier: MIT
// The examples of the documentation's chapter on TLS, as written, in a folder with such files.
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Authority } from '../../helpers/certificates.js';
import { sClient } from '../../helpers/s-client.js';
import { root, startProgram } from '../process/program.js';

const authority = new Authority();
for (const [number, name] of ['my-server.com', 'my-server1.com', 'my-server2.com'].entries()) {
  authority.issue(name);
  const suffix = number === 0 ? '' : String(number);
  copyFileSync(authority.file(`${name}-key`), authority.file(`key${suffix}`));
  copyFileSync(authority.file(name), authority.file(`cert${suffix}`));
}
const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: 'pipe' });
const secret = ['-aes256', '-passout', 'pass:my-secret-passphrase'];
openssl('ec', '-in', authority.file('key'), ...secret, '-out', authority.file('locked'));
const group = ['-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048'];
openssl('genpkey', '-genparam', ...group, '-out', authority.file('dhparams'));

const hello = 'fetch(req) { return new Response("Hello!!!"); },';
const pair = 'key: Bun.file("./key.pem"), cert: Bun.file("./cert.pem"),';

const examples: [string, string][] = [
  ['BunFile', `{ ${hello} tls: { ${pair} } }`],
  [
    'Buffer',
    `{ ${hello} tls: { key: fs.readFileSync("./key.pem"), cert: fs.readFileSync("./cert.pem") } }`,
  ],
  [
    'string',
    `{ ${hello} tls: {
      key: fs.readFileSync("./key.pem", "utf8"), cert: fs.readFileSync("./cert.pem", "utf8"),
    } }`,
  ],
  [
    'array',
    `{ ${hello} tls: {
      key: [Bun.file("./key1.pem"), Bun.file("./key2.pem")],
      cert: [Bun.file("./cert1.pem"), Bun.file("./cert2.pem")],
    } }`,
  ],
  [
    'passphrase',
    `{ ${hello} tls: {
      key: Bun.file("./locked.pem"), cert: Bun.file("./cert.pem"),
      passphrase: "my-secret-passphrase",
    } }`,
  ],
  ['ca', `{ ${hello} tls: { ${pair} ca: Bun.file("./ca.pem") } }`],
  ['dhParamsFile', `{ ${hello} tls: { ${pair} dhParamsFile: "./dhparams.pem" } }`],
  ['serverName', `{ ${hello} tls: { ${pair} serverName: "my-server.com" } }`],
  [
    'several serverNames',
    `{ ${hello} tls: [
      { key: Bun.file("./key1.pem"), cert: Bun.file("./cert1.pem"), serverName: "my-server1.com" },
      { key: Bun.file("./key2.pem"), cert: Bun.file("./cert2.pem"), serverName: "my-server2.com" },
    ] }`,
  ],
];

test('every example serves what it says', async () => {
  const code = `
    const fs = await import('node:fs');
    const servers = [${examples.map(([, options]) => options).join(',\n')}]
      .map((options) => Bun.serve({ port: 0, ...options }));
    report(servers.map(({ port, url }) => [port, url.protocol]));
    await commanded('stop');
    await Promise.all(servers.map((server) => server.stop(true)));`;
  const register = pathToFileURL(join(root, 'dist', 'register.js')).href;
  const program = startProgram(code, { flags: ['--import', register], cwd: authority.folder });
  try {
    const servers = await program.next<[number, string][]>();
    const seen = await Promise.all(
      servers.map(async ([port, protocol], index) => {
        const { text, isWhole } = await sClient(port);
        return [examples[index]?.[0], protocol, text.includes('Hello!!!'), isWhole];
      }),
    );
    expect(seen).toEqual(examples.map(([name]) => [name, 'https:', true, true]));
    const several = servers.at(-1)?.[0];
    for (const name of ['my-server1.com', 'my-server2.com']) {
      expect((await sClient(several, ['-servername', name])).subject).toBe(name);
    }
    program.command('stop');
    expect(await program.exit()).toMatchObject({ code: 0, stderr: '' });
  } finally {
    program.kill();
  }
});
