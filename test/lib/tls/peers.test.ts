// SPDX-License-Identifier: MIT
// Real clients: undici, fetch() of Node and of a browser, node:https with a certificate of its own.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { Agent as HttpsAgent, request } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { chromium } from 'playwright-core';
import { Agent, fetch as undiciFetch } from 'undici';
import { WebSocket as Client } from 'ws';
import { Response, type Server } from 'bunserve';
import { Authority } from '../../helpers/certificates.js';
import { sClient } from '../../helpers/s-client.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { withServer } from '../../helpers/with-server.js';

const authority = new Authority();
const names = ['localhost', '127.0.0.1'];
const tls = authority.issue('localhost', { names });
const rsa = authority.issue('rsa', { names, kind: 'rsa' });
const client = authority.issue('client');
const rogue = new Authority('rogue');
const stranger = rogue.issue('stranger');

const echo = async (req: Request): Promise<Response> => new Response(await req.arrayBuffer());

test('undici: connections are kept, bodies both ways', async () => {
  await withServer({ tls, fetch: echo as never }, async (server) => {
    const dispatcher = new Agent({ connect: { ca: authority.certificate }, connections: 1 });
    const body = Buffer.alloc(2_000_000, 'undici ');
    for (let i = 0; i < 5; i++) {
      const response = await undiciFetch(server.url, { method: 'POST', body, dispatcher });
      expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    }
    await dispatcher.close();
  });
});

test('ws: messages of every size both ways, and a closing handshake', async () => {
  const websocket = {
    message: (ws: { send: (message: string | Buffer) => void }, message: string | Buffer) => {
      ws.send(message);
    },
  };
  const fetch = (req: Request, server: Server): Response | undefined =>
    server.upgrade(req as never) ? undefined : new Response('no upgrade', { status: 400 });
  await withServer({ tls, fetch, websocket } as never, async (server) => {
    const address = `wss://localhost:${server.port}/`;
    const client = new Client(address, { ca: authority.certificate });
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
    for (const size of [0, 1, 125, 126, 16_384, 65_536, 1_000_000]) {
      const sent = Buffer.alloc(size, 'wss ');
      const back = new Promise<Buffer>((resolve) => client.once('message', resolve as never));
      client.send(sent);
      expect((await back).equals(sent)).toBe(true);
    }
    client.close(1000, 'done');
    const code = await new Promise((resolve) => client.once('close', resolve));
    expect(code).toBe(1000);
  });
});

test('undici does not trust a stranger', async () => {
  await withServer({ tls: stranger, fetch: echo as never }, async (server) => {
    const dispatcher = new Agent({ connect: { ca: authority.certificate } });
    await expect(undiciFetch(server.url, { dispatcher })).rejects.toThrow('fetch failed');
    await dispatcher.close();
  });
});

/** What node:https says of one request. */
async function ask(
  server: Server,
  options: object,
): Promise<{ body: string; reused: boolean; protocol: string }> {
  return new Promise((resolve, reject) => {
    const to = { host: '127.0.0.1', port: server.port, servername: 'localhost' };
    const sent = request({ ...to, ca: authority.certificate, ...options }, (response) => {
      const socket = response.socket as TLSSocket;
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ body, reused: socket.isSessionReused(), protocol: String(socket.getProtocol()) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject).end();
  });
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('node:https with %s', (version) => {
  const only = { minVersion: version, maxVersion: version };

  test('resumes', async () => {
    await withServer({ tls, fetch: () => new Response('x') }, async (server) => {
      const agent = new HttpsAgent({ maxCachedSessions: 10 });
      const first = await ask(server, { ...only, agent });
      const second = await ask(server, { ...only, agent });
      expect([first.reused, second.reused, second.protocol]).toEqual([false, true, version]);
      agent.destroy();
    });
  });

  test('shows a certificate', async () => {
    const seen = (req: Request, server: Server): Response => {
      const facts = server.tls(req);
      return Response.json([
        ...[facts?.protocol, facts?.authorized, facts?.authorizationError],
        facts?.peerCertificate?.subject,
        facts?.peerCertificate?.checkIssued(facts.peerCertificate),
        facts?.peerCertificateChain.length,
      ]);
    };
    const guarded = { ...tls, ca: authority.certificate, requestCert: true };
    const asking = { ...guarded, rejectUnauthorized: false };
    const agent = false;
    await withServer({ tls: guarded, fetch: seen as never }, async (server) => {
      const { body } = await ask(server, { ...only, ...client, agent });
      // Node sends the authority along, which it knows.
      expect(JSON.parse(body)).toEqual([version, true, null, 'O=authority\nCN=client', false, 2]);
      await expect(ask(server, { ...only, ...stranger, agent })).rejects.toThrow();
      await expect(ask(server, { ...only, agent })).rejects.toThrow();
    });
    await withServer({ tls: asking, fetch: seen as never }, async (server) => {
      const unknown = await ask(server, { ...only, ...stranger, agent });
      expect(JSON.parse(unknown.body).slice(1, 4)).toEqual([
        false,
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        'O=rogue\nCN=stranger',
      ]);
      const nobody = await ask(server, { ...only, agent });
      expect(JSON.parse(nobody.body).slice(1, 4)).toEqual([false, null, null]);
    });
  });
});

test('a thousand certificates of another authority: none is accepted', async () => {
  let called = 0;
  const guarded = { ...tls, ca: authority.certificate, requestCert: true };
  const fetch = () => new Response(`${++called}`);
  await withServer({ tls: guarded, fetch }, async (server) => {
    const failures = new Set<string>();
    for (let batch = 0; batch < 100; batch++) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, () => ask(server, { ...stranger, agent: false })),
      );
      for (const one of outcomes) failures.add(one.status);
    }
    expect([...failures]).toEqual(['rejected']);
    expect(called).toBe(0);
    expect((await ask(server, { ...client, agent: false })).body).toBe('1');
  });
});

test('openssl gets the kind of key that it asks for', async () => {
  const both = { key: [rsa.key, tls.key], cert: [rsa.cert, tls.cert] };
  await withServer({ tls: both, fetch: () => new Response('x') }, async ({ port }) => {
    for (const version of ['-tls1_2', '-tls1_3']) {
      for (const [kind, wanted] of Object.entries({ RSA: 'RSA-PSS', ECDSA: 'ECDSA' })) {
        const algorithms = kind === 'RSA' ? 'RSA-PSS+SHA256' : 'ECDSA+SHA256';
        const { text } = await sClient(port, [version, '-sigalgs', algorithms]);
        expect(/Peer signature type: (\S+)/.exec(text)?.[1]).toBe(wanted);
      }
    }
  });
});

test('Chromium, which trusts our authority', async () => {
  const home = temporaryFolder();
  const database = join(home, '.pki', 'nssdb');
  mkdirSync(database, { recursive: true });
  const certutil = (...args: string[]): unknown =>
    execFileSync('certutil', [...args, '-d', `sql:${database}`], { stdio: 'pipe' });
  certutil('-N', '--empty-password');
  certutil('-A', '-n', 'authority', '-t', 'C,,', '-i', authority.file('ca'));
  const page = `<!doctype html><title>page</title><script type="module">
    const sent = new Uint8Array(300000).fill(7);
    const response = await fetch('/echo', { method: 'POST', body: sent });
    const got = new Uint8Array(await response.arrayBuffer());
    document.title = [isSecureContext, got.length, got.every((byte) => byte === 7)].join();
  </script>`;
  const protocols: unknown[] = [];
  const routes = {
    '/': () => new Response(page, { headers: { 'content-type': 'text/html' } }),
    '/echo': (req: Request, server: Server) => {
      const { protocol, alpnProtocol } = server.tls(req) ?? {};
      protocols.push([protocol, alpnProtocol]);
      return echo(req);
    },
  };
  const executablePath = process.env.BUNSERVE_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({
    ...{ executablePath, args: ['--no-sandbox'] },
    env: { ...(process.env as Record<string, string>), HOME: home },
  });
  try {
    await withServer({ tls, routes: routes as never }, async (server) => {
      const tab = await browser.newPage();
      const response = await tab.goto(`https://localhost:${server.port}/`);
      const security = await response?.securityDetails();
      expect([security?.issuer, security?.protocol]).toEqual(['authority', 'TLS 1.3']);
      await tab.waitForFunction('document.title !== "page"');
      expect(await tab.title()).toBe('true,300000,true');
      expect(protocols).toEqual([['TLSv1.3', 'http/1.1']]);
    });
    await withServer({ tls: stranger, routes: routes as never }, async (server) => {
      const tab = await browser.newPage();
      await expect(tab.goto(`https://localhost:${server.port}/`)).rejects.toThrow(
        'ERR_CERT_AUTHORITY_INVALID',
      );
    });
  } finally {
    await browser.close();
  }
});
