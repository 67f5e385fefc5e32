// SPDX-License-Identifier: MIT
// The addon carries BoringSSL, Node carries OpenSSL, and both export the same names: each must go on
// calling its own. A process that mixed them up would compute wrong things, or crash in a handshake.
import { execFile } from 'node:child_process';
import * as crypto from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { promisify } from 'node:util';
import { Response, type Server } from 'bunserve';
import { native } from '#lib/native/binding.js';
import { exchange, get, startServer, text } from '../../helpers/with-server.js';
import { withFolder } from '../../helpers/folder.js';

let server: Server;
beforeAll(() => {
  // The addon is loaded, with its TLS library, before Node's is used for the first time.
  server = startServer({
    fetch: (request) => new Response(crypto.createHash('sha256').update(request.url).digest('hex')),
  });
});
afterAll(() => server.stop(true));

test("the addon's TLS library is BoringSSL and works", () => {
  const { library, selfTest } = native.tlsInfo();
  expect(library).toMatch(/^BoringSSL API \d+$/);
  expect(selfTest).toBe(true);
});

test("Node's is still its own", () => {
  expect(process.versions.openssl).toMatch(/^\d+\.\d+/);
  expect(tls.getCiphers()).toContain('tls_aes_256_gcm_sha384');
  // Known to OpenSSL only.
  expect(crypto.getHashes()).toContain('sm3');
});

test("Node's primitives give known results", async () => {
  const sha256 = crypto.createHash('sha256').update('abc').digest('hex');
  expect(sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const hmac = crypto
    .createHmac('sha1', 'key')
    .update('The quick brown fox jumps over the lazy dog');
  expect(hmac.digest('hex')).toBe('de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9');
  const scrypt = crypto.scryptSync('', '', 64, { N: 16, r: 1, p: 1 }).toString('hex');
  expect(scrypt.slice(0, 32)).toBe('77d6576238657b203b19ca42c18a0497');
  const key = await promisify(crypto.pbkdf2)('password', 'salt', 1, 20, 'sha1');
  expect(key.toString('hex')).toBe('0c60c80f961f0e71f3a9b524af6012062fe037a6');
});

test.each(['rsa', 'ec', 'ed25519'] as const)('keys and signatures: %s', (type) => {
  const options = { rsa: { modulusLength: 2048 }, ec: { namedCurve: 'P-256' }, ed25519: {} };
  const generate = crypto.generateKeyPairSync as unknown as (
    t: string,
    o: object,
  ) => crypto.KeyPairKeyObjectResult;
  const { privateKey, publicKey } = generate(type, options[type]);
  const hash = type === 'ed25519' ? null : 'sha256';
  const signature = crypto.sign(hash, Buffer.from('data'), privateKey);
  expect(crypto.verify(hash, Buffer.from('data'), publicKey, signature)).toBe(true);
  expect(crypto.verify(hash, Buffer.from('other'), publicKey, signature)).toBe(false);
});

test('AES-GCM there and back', () => {
  const [key, iv] = [crypto.randomBytes(32), crypto.randomBytes(12)];
  const cipher = crypto.createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([cipher.update('secret'), cipher.final()]);
  const decipher = crypto.createDecipheriv('aes-256-gcm', key, iv);
  decipher.setAuthTag(cipher.getAuthTag());
  expect(Buffer.concat([decipher.update(sealed), decipher.final()]).toString()).toBe('secret');
});

/** A certificate for localhost. */
async function certificate(): Promise<{ key: Buffer; cert: Buffer }> {
  return withFolder({}, async (folder) => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    args.push('-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2');
    await promisify(execFile)('openssl', [...args, '-keyout', key, '-out', cert]);
    return { key: await readFile(key), cert: await readFile(cert) };
  });
}

interface Answer {
  status: number | undefined;
  body: string;
  protocol: string | null;
}

function secureGet(port: number, ca: Buffer, options: https.RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.get({ port, ca, servername: 'localhost', ...options }, (response) => {
      const protocol = (response.socket as tls.TLSSocket).getProtocol();
      let body = '';
      response.setEncoding('utf8').on('data', (data: string) => (body += data));
      response.on('end', () => resolve({ status: response.statusCode, body, protocol }));
    });
    request.on('error', reject);
  });
}

test('an https server and its clients, beside ours in use', async () => {
  const { key, cert } = await certificate();
  const secure = https.createServer({ key, cert }, (request, response) => {
    response.end(`secure ${request.url}`);
  });
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  const { port } = secure.address() as AddressInfo;
  const versions: (https.RequestOptions & { protocol?: string })[] = [
    { minVersion: 'TLSv1.3' },
    { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' },
  ];
  try {
    for (let round = 0; round < 5; round++) {
      for (const options of versions) {
        const [answer, [plain]] = await Promise.all([
          secureGet(port, cert, { ...options, path: '/x', agent: false }),
          exchange(server, get('/')),
        ]);
        const protocol = options.minVersion as string;
        expect(answer).toEqual({ status: 200, body: 'secure /x', protocol });
        const digest = crypto.createHash('sha256').update('http://example.com/').digest('hex');
        expect(text(plain)).toBe(digest);
      }
    }
    await expect(secureGet(port, Buffer.from(''), { agent: false })).rejects.toThrow(/certificate/);
    expect(native.tlsInfo().selfTest).toBe(true);
  } finally {
    await new Promise((done) => secure.close(done));
  }
});

test('Web Crypto', async () => {
  const { subtle } = globalThis.crypto;
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode('abc'));
  expect(Buffer.from(digest).toString('hex').slice(0, 8)).toBe('ba7816bf');
  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
    'verify',
  ]);
  const how = { name: 'ECDSA', hash: 'SHA-256' };
  const data = new TextEncoder().encode('data');
  const signature = await subtle.sign(how, pair.privateKey, data);
  expect(await subtle.verify(how, pair.publicKey, signature, data)).toBe(true);
});
