// SPDX-License-Identifier: MIT
// Tickets and what they are good for; what a client cannot have: early data, renegotiation, tickets
// of another certificate.
import { Agent, request } from 'node:https';
import { Response, type Server } from 'bunserve';
import { Authority } from '../../helpers/certificates.js';
import { sClient } from '../../helpers/s-client.js';
import { thrownBy, withServer } from '../../helpers/with-server.js';

const authority = new Authority();
const one = authority.issue('one.test');
const two = authority.issue('two.test');
const client = authority.issue('client');
const session = authority.file('session');

const fetch = (req: Request, server: Server): Response =>
  new Response(`reused: ${server.tls(req)?.isSessionReused}`);
const options = { tls: one, fetch: fetch as never };

describe.each(['tls1_2', 'tls1_3'])('%s', (version) => {
  test('a session is resumed, and the handler is told', async () => {
    await withServer(options, async ({ port }) => {
      const first = await sClient(port, [`-${version}`, '-sess_out', session]);
      expect(first.text).toContain('reused: false');
      const second = await sClient(port, [`-${version}`, '-sess_in', session]);
      expect(second.isResumed).toBe(true);
      expect(second.text).toContain('reused: true');
    });
  });

  test('not with new certificates, nor with another server', async () => {
    await withServer(options, async (server) => {
      await sClient(server.port, [`-${version}`, '-sess_out', session]);
      server.reload({ tls: two } as never);
      const after = await sClient(server.port, [`-${version}`, '-sess_in', session]);
      expect([after.isResumed, after.subject]).toEqual([false, 'two.test']);
      await withServer({ ...options, tls: two }, async ({ port }) => {
        const other = await sClient(port, [`-${version}`, '-sess_in', session]);
        expect([other.isResumed, other.subject]).toEqual([false, 'two.test']);
      });
    });
  });

  test('a ticket of one name is none of another that asks for certificates', async () => {
    const guarded = {
      ...two,
      serverName: 'two.test',
      requestCert: true,
      ca: authority.certificate,
    };
    await withServer({ ...options, tls: [one, guarded] }, async ({ port }) => {
      await sClient(port, [`-${version}`, '-servername', 'one.test', '-sess_out', session]);
      const other = await sClient(port, [
        ...[`-${version}`, '-servername', 'two.test', '-sess_in', session],
      ]);
      expect(other.isResumed).toBe(false);
      expect(other.text).toMatch(/alert (handshake failure|certificate required)/);
    });
  });

  test('a resumed client is as authorized as it was', async () => {
    const say = (req: Request, server: Server): Response => {
      const { isSessionReused, authorized, peerCertificate } = server.tls(req) ?? {};
      return Response.json([isSessionReused, authorized, peerCertificate?.subject]);
    };
    const tls = { ...one, requestCert: true, ca: authority.certificate };
    await withServer({ tls, fetch: say as never }, async ({ port }) => {
      const own = ['-cert', authority.file('client'), '-key', authority.file('client-key')];
      await sClient(port, [`-${version}`, ...own, '-sess_out', session]);
      const second = await sClient(port, [`-${version}`, '-sess_in', session]);
      expect(second.text).toContain('[true,true,"O=authority\\nCN=client"]');
    });
    expect(client.cert).toContain('BEGIN CERTIFICATE');
  });
});

test('early data is not taken', async () => {
  await withServer(options, async ({ port }) => {
    const { text } = await sClient(port, ['-tls1_3', '-sess_out', session]);
    expect(text).toContain('Max Early Data: 0');
  });
});

test('renegotiation is refused, and ends the connection', async () => {
  await withServer(options, async (server) => {
    const command = { letter: 'R', printed: 'RENEGOTIATING' } as const;
    const { text } = await sClient(server.port, ['-tls1_2'], '', command);
    expect(text).toContain('RENEGOTIATING');
    expect(text).toMatch(/alert no renegotiation|no_renegotiation/);
    expect((await sClient(server.port)).text).toContain('200 OK');
  });
});

test('keys may be updated at any time', async () => {
  await withServer(options, async ({ port }) => {
    const command = { letter: 'K', printed: 'KEYUPDATE' } as const;
    const { text } = await sClient(port, ['-tls1_3'], undefined, command);
    expect(text).toContain('KEYUPDATE');
    expect(text).toContain('reused: false');
  });
});

describe('reload', () => {
  test('keeps open connections, and their certificates', async () => {
    await withServer(options, async (server) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authority.certificate });
      const ask = (servername: string, using = agent): Promise<string> =>
        new Promise((resolve, reject) => {
          const to = { host: '127.0.0.1', port: server.port, servername, agent: using };
          request(to, (response) => {
            const port = response.socket.localPort;
            response.resume().on('end', () => resolve(String(port)));
          })
            .on('error', reject)
            .end();
        });
      const before = await ask('one.test');
      server.reload({ tls: two } as never);
      expect(await ask('one.test')).toBe(before);
      const fresh = new Agent({ ca: authority.certificate });
      expect(await ask('two.test', fresh)).not.toBe(before);
      agent.destroy();
    });
  });

  const wrong = {
    'no PEM text': { key: 'x', cert: 'y' },
    'keys of others': { key: one.key, cert: two.cert },
    'half a pair': { key: two.key },
    'a wrong authority': { ...two, ca: 'x' },
    'an unknown cipher': { ...two, ciphers: 'bogus' },
    'a missing file': { keyFile: '/nowhere', certFile: '/nowhere' },
    'a wrong second name': [two, { ...one, key: 'x', serverName: 'one.test' }],
  };
  test.each(Object.entries(wrong))('%s: throws, and nothing changes', async (_name, tls) => {
    await withServer(options, async (server) => {
      const changed = { tls, fetch: () => new Response('changed') };
      expect(thrownBy(() => server.reload(changed as never)).message).toBeDefined();
      const { subject, text } = await sClient(server.port);
      expect([subject, text.includes('reused: false')]).toEqual(['one.test', true]);
    });
  });

  test('routes that are wrong leave the certificates', async () => {
    await withServer(options, async (server) => {
      const changed = { tls: two, routes: { '/:a/:a': () => new Response('') } };
      expect(thrownBy(() => server.reload(changed as never)).message).toBeDefined();
      expect((await sClient(server.port)).subject).toBe('one.test');
    });
  });

  test('TLS is neither turned on nor off', async () => {
    await withServer({ fetch: fetch as never, tls: undefined }, async (server) => {
      expect(thrownBy(() => server.reload({ tls: one } as never)).message).toMatch(/turn TLS on/);
    });
    await withServer(options, async (server) => {
      expect(thrownBy(() => server.reload({ tls: {} } as never)).message).toMatch(/turn TLS off/);
    });
  });
});
