// SPDX-License-Identifier: MIT
// HTTPS with real peers: curl and node:https against certificates that openssl makes here.
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { file, Response, type Server } from 'bunserve';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { thrownBy, withServer } from '../../helpers/with-server.js';

const run = promisify(execFile);
const folder = temporaryFolder();
const pem = (name: string): string => join(folder, `${name}.pem`);

function makeCertificate(name: string, host: string): void {
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const files = ['-keyout', pem(`${name}-key`), '-out', pem(name)];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...files, '-days', '2'], {
    stdio: 'ignore',
  });
}
makeCertificate('one', 'one.test');
makeCertificate('two', 'two.test');

const tlsOf = (name: string): { key: string; cert: string } => ({
  key: readFileSync(pem(`${name}-key`), 'utf8'),
  cert: readFileSync(pem(name), 'utf8'),
});

/** What curl gets of a path, trusting only the certificate of that name. */
async function curl(
  server: Server,
  name: string,
  path: string,
  ...args: string[]
): Promise<Buffer> {
  const host = `${name}.test`;
  const resolve = `${host}:${server.port}:127.0.0.1`;
  const trust = ['--cacert', pem(name), '--resolve', resolve, '--noproxy', '*'];
  const url = `https://${host}:${server.port}${path}`;
  const { stdout } = await run('curl', ['-sSf', '-m', '20', ...trust, ...args, url], {
    encoding: 'buffer',
    maxBuffer: 1e8,
  });
  return stdout;
}

test('static routes, handlers, bodies and files', async () => {
  const content = Buffer.alloc(3_000_000, 'some bytes of a file. ');
  writeFileSync(join(folder, 'large.bin'), content);
  const large = file(join(folder, 'large.bin'));
  const routes = {
    '/static': new Response('static'),
    '/file': large,
    '/sent': () => new Response(large as unknown as Blob),
    '/echo': async (req: Request) => new Response(await req.arrayBuffer()),
    '/url': (req: Request) => new Response(req.url),
  };
  await withServer({ tls: tlsOf('one'), routes: routes as never }, async (server) => {
    expect(server.protocol).toBe('https');
    expect(server.url.href).toBe(`https://127.0.0.1:${server.port}/`);
    expect((await curl(server, 'one', '/static')).toString()).toBe('static');
    expect((await curl(server, 'one', '/url')).toString()).toBe(
      `https://one.test:${server.port}/url`,
    );
    expect((await curl(server, 'one', '/file')).equals(content)).toBe(true);
    expect((await curl(server, 'one', '/sent')).equals(content)).toBe(true);
    const echoed = await curl(server, 'one', '/echo', '--data-binary', `@${large.name}`);
    expect(echoed.equals(content)).toBe(true);
  });
});

test('names choose certificates, reload() exchanges them, old versions of TLS are refused', async () => {
  const tls = [tlsOf('one'), { ...tlsOf('two'), serverName: 'two.test' }];
  await withServer({ tls, fetch: () => new Response('ok') }, async (server) => {
    expect((await curl(server, 'one', '/')).toString()).toBe('ok');
    expect((await curl(server, 'two', '/')).toString()).toBe('ok');
    await expect(curl(server, 'one', '/', '--tls-max', '1.1')).rejects.toThrow();
    server.reload({ tls: tlsOf('two') } as never);
    expect((await curl(server, 'two', '/')).toString()).toBe('ok');
    await expect(curl(server, 'one', '/')).rejects.toThrow();
    expect(
      thrownBy(() => server.reload({ tls: { key: 'no key', cert: 'none' } } as never)),
    ).not.toEqual({ name: 'nothing thrown' });
    expect((await curl(server, 'two', '/')).toString()).toBe('ok');
  });
});

test('a connection of node:https is kept, and its facts are told', async () => {
  const seen: unknown[] = [];
  const fetch = (req: Request, server: Server): Response => {
    const facts = server.tls(req);
    seen.push([facts?.protocol, facts?.alpnProtocol, facts?.servername, facts?.authorized]);
    return new Response('ok');
  };
  await withServer({ tls: tlsOf('one'), fetch: fetch as never }, async (server) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(pem('one')) });
    const ask = (): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: server.port, servername: 'one.test', agent };
        const sent = request(options, (response) => {
          response.resume().on('end', () => resolve(sent.socket?.localPort));
        });
        sent.on('error', reject).end();
      });
    const first = await ask();
    expect(await ask()).toBe(first);
    expect(seen).toEqual([
      ['TLSv1.3', null, 'one.test', false],
      ['TLSv1.3', null, 'one.test', false],
    ]);
    agent.destroy();
  });
});
