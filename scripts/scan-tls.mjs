// SPDX-License-Identifier: MIT
// `npm run scan:tls`: starts a server with ordinary options, both kinds of keys, and has testssl.sh
// and sslscan look at it. Prints what they say and ends with status 1 on a protocol below TLS 1.2, a
// weak cipher or a known hole. That the certificate is self-signed is no finding.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureTools } from './apt-tools.mjs';
import { cli, CureError, must, root, say } from './util.mjs';

/** What testssl.sh finds of the certificate's trust, which is not what is looked at here. */
const ABOUT_TRUST =
  /^(certs?_|cert |DNS_CAA|certificate_transparency|OCSP_|HSTS|HPKP|banner_|cookie_|security_|overall_grade|grade_|final_score|.*_score|scanTime|service|HTTP_|engine_problem)/;
const BAD = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL', 'FATAL'];

async function makeCertificates(folder) {
  const kinds = { rsa: ['rsa:2048'], ec: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] };
  for (const [name, kind] of Object.entries(kinds)) {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const files = ['-keyout', `${folder}/${name}-key.pem`, '-out', `${folder}/${name}.pem`];
    const args = [
      'req',
      '-x509',
      '-nodes',
      '-days',
      '30',
      '-newkey',
      ...kind,
      ...subject,
      ...files,
    ];
    await must('openssl', 'openssl', args, { stdio: 'ignore' });
  }
}

async function startServer(folder) {
  const program = `
    import { file, Response, serve } from 'bunserve';
    const pem = (name) => file(${JSON.stringify(folder)} + '/' + name + '.pem');
    const tls = { key: [pem('rsa-key'), pem('ec-key')], cert: [pem('rsa'), pem('ec')] };
    const server = serve({ port: 0, hostname: '127.0.0.1', tls, fetch: () => new Response('ok') });
    console.log(server.port);
    process.stdin.on('end', () => process.exit()).resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const port = await new Promise((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(Number(data)));
    child.once('exit', (code) => reject(new CureError(`the server ended with status ${code}`)));
  });
  return { port, stop: () => child.stdin.end() };
}

function testssl(port, folder) {
  const report = path.join(folder, 'testssl.json');
  const flags = ['--quiet', '--color', '0', '--warnings', 'batch', '--ip', 'one'];
  const checks = ['-p', '-s', '-f', '-P', '-S', '-U'];
  const args = [...flags, ...checks, '--jsonfile', report, `localhost:${port}`];
  // Its own status counts findings about the certificate, too.
  const ran = spawnSync('testssl', args, { encoding: 'utf8' });
  if (!existsSync(report)) throw new CureError(`testssl.sh wrote no report: ${ran.stderr}`);
  const findings = JSON.parse(readFileSync(report, 'utf8'));
  const looked = findings.filter(({ id }) => !ABOUT_TRUST.test(id));
  if (looked.length < 30) throw new CureError(`testssl.sh looked at ${looked.length} things only`);
  for (const { id, severity, finding } of looked) {
    console.log(`${severity.padEnd(9)}${id.padEnd(28)}${finding}`);
  }
  return looked.filter(({ severity }) => BAD.includes(severity)).map(({ id }) => `testssl: ${id}`);
}

function sslscan(port) {
  const args = ['--no-colour', '--no-check-certificate', `127.0.0.1:${port}`];
  const { stdout } = spawnSync('sslscan', args, { encoding: 'utf8' });
  console.log(stdout);
  const bad = [
    ...stdout.matchAll(/^(?:SSLv2|SSLv3|TLSv1\.0|TLSv1\.1) +enabled$/gm),
    ...stdout.matchAll(/^(?:Preferred|Accepted) +(?:SSL|TLSv1\.[01] ).*$/gm),
    ...stdout.matchAll(/^(?:Preferred|Accepted).*(?:RC4|3DES|DES-|NULL|EXP|MD5|CBC|-SHA ).*$/gm),
    ...stdout.matchAll(/^.*(?<!not )vulnerable to heartbleed.*$/gm),
    ...stdout.matchAll(/^(?:Insecure|Secure) session renegotiation supported.*$/gm),
    ...stdout.matchAll(/^Compression enabled.*$/gm),
  ].map(([line]) => `sslscan: ${line.trim()}`);
  if (!/^TLSv1\.3 +enabled$/m.test(stdout)) bad.push('sslscan: did not see TLS 1.3');
  return bad;
}

await cli(async () => {
  await ensureTools('scan');
  const folder = mkdtempSync(path.join(tmpdir(), 'bunserve-scan-'));
  try {
    await makeCertificates(folder);
    const server = await startServer(folder);
    try {
      say(`sslscan against port ${server.port}`);
      const found = sslscan(server.port);
      say('testssl.sh, which takes some minutes');
      found.push(...testssl(server.port, folder));
      for (const line of found) console.log(`bad: ${line}`);
      console.log(found.length === 0 ? 'nothing weak, no known hole' : `${found.length} findings`);
      return found.length === 0 ? 0 : 1;
    } finally {
      server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
