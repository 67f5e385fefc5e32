// SPDX-License-Identifier: MIT
// What connections are made of, as openssl's client sees it: versions, ciphers, ALPN, certificates by
// name, client certificates, and certificates that are exchanged.
import type { DifferentialCase } from '../case.js';
import type { DivergenceId } from '../divergences.js';
import { evaluated } from './evaluated.js';
import { TLS_HELPERS } from './tls-options.js';

const HELPERS = `${TLS_HELPERS}
  const { spawn } = await import('node:child_process');
  const ask = (s, args) => new Promise((resolve) => {
    const name = args.includes('-servername') || args.includes('-noservername') ? '' : '-noservername';
    const words = ['s_client', '-connect', '127.0.0.1:' + s.port, '-ign_eof', name, ...args.replaceAll('DIR', process.env.APP_CERTIFICATES).split(' ')];
    const child = spawn('openssl', words.filter(Boolean));
    let out = '';
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (out += text));
    child.on('close', () => {
      const find = (pattern) => pattern.exec(out)?.[1] ?? null;
      const body = find(/(https?:[^ ]*?[/]p)/);
      const [protocol, cipher] = /New, (\\S+), Cipher is (\\S+)/.exec(out)?.slice(1) ?? [];
      resolve({
        alert: find(/(?:SSL routines:[^:]*:[^:]*alert |alert )([a-z ]+)/), body,
        subject: find(/subject=.*CN = (\\S+)/), alpn: find(/ALPN protocol: (\\S+)/),
        protocol: find(/Protocol *: (\\S+)/) ?? protocol ?? null, cipher: cipher ?? null,
      });
    });
    child.stdin.end('GET /p HTTP/1.1\\r\\nHost: one.test\\r\\nConnection: close\\r\\n\\r\\n');
  });
  const seenBy = async (s, ...shown) => {
    const all = [];
    for (const args of asked) {
      const result = await ask(s, args);
      all.push(shown.map((name) => result[name]));
    }
    return all;
  };
`;

interface Asked {
  /** What is compared of each connection. */
  readonly shown: readonly string[];
  /** Arguments of openssl s_client, one connection for each. */
  readonly asked: readonly string[];
  readonly divergence?: DivergenceId;
  readonly bun?: readonly unknown[];
  readonly ours?: readonly unknown[];
}

function connections(
  name: string,
  options: string,
  { shown, asked, ...how }: Asked,
): DifferentialCase {
  const code = `${HELPERS}
    const asked = ${JSON.stringify(asked)};
    const s = Bun.serve({ ...base, fetch: (req) => new Response(req.url), ...(${options}) });
    try { return await seenBy(s, ...${JSON.stringify(shown)}); } finally { s.stop(true); }`;
  const test = evaluated(name, code);
  if (how.divergence === undefined) return test;
  const { divergence, bun, ours } = how;
  const body = (list: readonly unknown[] | undefined): string => JSON.stringify(list);
  return {
    ...{ ...test, body: body(bun), divergence },
    ours: { gives: '200 open', body: body(ours) },
  };
}

const URL_SEEN = 'https://one.test/p';

/** Without forward secrecy, or with CBC and SHA-1. */
const OLD_CIPHERS = ['AES128-SHA', 'AES128-GCM-SHA256', 'ECDHE-RSA-AES128-SHA'];

const UNKNOWN = [null, 'unknown ca'];
const NONE_SHOWN = [null, 'handshake failure'];

/** A certificate of our authority, one of another, none. */
const CLIENTS = ['client', 'rogue']
  .map((name) => `-tls1_2 -cert DIR/${name}.pem -key DIR/${name}-key.pem`)
  .concat('-tls1_2');

const weak = (version: string): string => `-${version} -cipher DEFAULT@SECLEVEL=0`;

export const cases: readonly DifferentialCase[] = [
  connections('versions', '{ tls: pair }', {
    shown: ['protocol', 'body', 'alert'],
    asked: ['-tls1_3', '-tls1_2', weak('tls1_1'), weak('tls1')],
  }),
  connections('ciphers of TLS 1.3', '{ tls: pair }', {
    shown: ['cipher'],
    asked: [
      '-ciphersuites TLS_AES_128_GCM_SHA256',
      '-ciphersuites TLS_AES_256_GCM_SHA384',
      '-ciphersuites TLS_CHACHA20_POLY1305_SHA256',
    ],
  }),
  connections(
    'ciphers of TLS 1.2',
    '{ tls: { key: [pair.key, rsa.key], cert: [pair.cert, rsa.cert] } }',
    {
      shown: ['cipher', 'body'],
      asked: [
        'ECDHE-ECDSA-AES128-GCM-SHA256',
        'ECDHE-ECDSA-AES256-GCM-SHA384',
        'ECDHE-ECDSA-CHACHA20-POLY1305',
        'ECDHE-RSA-AES128-GCM-SHA256',
        'ECDHE-RSA-AES256-GCM-SHA384',
        'ECDHE-RSA-CHACHA20-POLY1305',
      ].map((cipher) => `-tls1_2 -cipher ${cipher}`),
    },
  ),
  connections('old ciphers of TLS 1.2', '{ tls: rsa }', {
    shown: ['cipher'],
    asked: OLD_CIPHERS.map((cipher) => `-tls1_2 -cipher ${cipher}`),
    divergence: 'tls-ciphers',
    bun: OLD_CIPHERS.map((cipher) => [cipher]),
    ours: OLD_CIPHERS.map(() => ['(NONE)']),
  }),
  connections(
    'old ciphers that were chosen',
    '{ tls: { ...rsa, ciphers: "ECDHE-RSA-AES128-SHA" } }',
    {
      shown: ['cipher'],
      asked: OLD_CIPHERS.map((cipher) => `-tls1_2 -cipher ${cipher}`),
    },
  ),
  connections(
    'a cipher that was chosen',
    '{ tls: { ...rsa, ciphers: "ECDHE-RSA-AES256-GCM-SHA384" } }',
    {
      shown: ['cipher', 'alert'],
      asked: ['-tls1_2', '-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256', '-tls1_3'],
    },
  ),
  connections('secureOptions: no TLS 1.3', '{ tls: { ...pair, secureOptions: 0x20000000 } }', {
    shown: ['protocol', 'alert'],
    asked: ['-tls1_3', '-tls1_2', ''],
  }),
  connections('secureOptions: no TLS 1.2', '{ tls: { ...pair, secureOptions: 0x08000000 } }', {
    shown: ['protocol', 'alert'],
    asked: ['-tls1_3', '-tls1_2', ''],
  }),
  ...['pair', '{ ...pair, ALPNProtocols: "http/1.1" }'].map((tls) =>
    connections(`ALPN with ${tls}`, `{ tls: ${tls} }`, {
      shown: ['alpn', 'body', 'alert'],
      asked: ['-alpn http/1.1', '-alpn h2', '-alpn h2,http/1.1', ''],
      divergence: 'tls-alpn',
      bun: [null, null, null, null].map((alpn) => [alpn, URL_SEEN, null]),
      ours: ['http/1.1', null, 'http/1.1', null].map((alpn) => [alpn, URL_SEEN, null]),
    }),
  ),
  connections(
    'names',
    '{ tls: [pair, two, { key: pem("wild-key"), cert: pem("wild"), serverName: "*.wild.test" }] }',
    {
      shown: ['subject', 'body'],
      asked: [
        'one.test',
        'two.test',
        'TWO.test',
        'a.wild.test',
        'b.a.wild.test',
        'wild.test',
        'none.test',
      ]
        .map((host) => `-servername ${host}`)
        .concat('-noservername'),
    },
  ),
  connections('one entry with a name', '{ tls: two }', {
    shown: ['subject', 'body'],
    asked: ['-servername two.test', '-servername other.test', '-noservername'],
  }),
  connections(
    'a later entry of the same name',
    '{ tls: [pair, two, { ...pair, serverName: "two.test" }] }',
    {
      shown: ['subject'],
      asked: ['-servername two.test'],
    },
  ),
  connections(
    'both kinds of keys',
    '{ tls: { key: [rsa.key, pair.key], cert: [rsa.cert, pair.cert] } }',
    {
      shown: ['protocol', 'body'],
      asked: ['-sigalgs RSA-PSS+SHA256', '-sigalgs ECDSA+SHA256'],
    },
  ),
  connections('low memory', '{ tls: { ...pair, lowMemoryMode: true } }', {
    shown: ['body'],
    asked: ['-tls1_3', '-tls1_2'],
  }),
  connections(
    'a locked key',
    '{ tls: { key: pem("locked-key"), cert: pair.cert, passphrase: "open" } }',
    {
      shown: ['subject', 'body'],
      asked: [''],
    },
  ),
  connections('at the top', 'rsa', { shown: ['subject', 'body'], asked: [''] }),
  connections('dhParamsFile', '{ tls: { ...rsa, dhParamsFile: at("dh") } }', {
    shown: ['body', 'alert'],
    asked: ['-tls1_2', '-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256'],
  }),
  ...['{ requestCert: true }', '{ requestCert: true, rejectUnauthorized: true }'].map((how) =>
    connections(`client certificates: ${how}`, `{ tls: { ...pair, ca: pem('ca'), ...${how} } }`, {
      shown: ['body', 'alert'],
      asked: CLIENTS,
      divergence: 'tls-client-refusal',
      bun: [[URL_SEEN, null], [null, null], NONE_SHOWN],
      ours: [[URL_SEEN, null], UNKNOWN, NONE_SHOWN],
    }),
  ),
  ...[
    '{ requestCert: true, rejectUnauthorized: false }',
    '{ requestCert: false, rejectUnauthorized: true }',
    '{ rejectUnauthorized: true }',
  ].map((how) =>
    connections(`client certificates: ${how}`, `{ tls: { ...pair, ca: pem('ca'), ...${how} } }`, {
      shown: ['body', 'alert'],
      asked: CLIENTS,
    }),
  ),
  connections(
    'client certificates, the well-known authorities',
    '{ tls: { ...pair, requestCert: true } }',
    {
      shown: ['body', 'alert'],
      asked: CLIENTS,
      divergence: 'tls-client-refusal',
      bun: [[null, null], [null, null], NONE_SHOWN],
      ours: [UNKNOWN, UNKNOWN, NONE_SHOWN],
    },
  ),
  connections(
    'client certificates for one name only, asked for another',
    '{ tls: [pair, { ...two, ca: pem("ca"), requestCert: true }] }',
    {
      shown: ['body', 'alert'],
      asked: CLIENTS.slice(0, 1).flatMap((client) =>
        ['two', 'one'].map((name) => `-servername ${name}.test ${client}`),
      ),
      divergence: 'tls-misdirected',
      bun: [
        [URL_SEEN, null],
        [URL_SEEN, null],
      ],
      ours: [
        [null, null],
        [URL_SEEN, null],
      ],
    },
  ),
  {
    ...evaluated(
      'reload',
      `${HELPERS}
    const s = Bun.serve({ ...base, fetch: () => new Response('x'), tls: pair });
    try {
      s.reload({ fetch: base.fetch, tls: two });
      return (await ask(s, '')).subject;
    } finally { s.stop(true); }`,
    ),
    body: '"one.test"',
    divergence: 'tls-reload',
    ours: { gives: '200 open', body: '"two.test"' },
  },
  evaluated(
    'what is not TLS',
    `${HELPERS}
    const { connect } = await import('node:net');
    let called = 0;
    const s = Bun.serve({ ...base, fetch: (req) => (called++, new Response(req.url)), tls: pair });
    const send = (bytes) => new Promise((resolve) => {
      let received = 0;
      const socket = connect(s.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (data) => (received += data.length)).on('error', () => 0);
      socket.on('close', () => resolve(received < 50));
    });
    try {
      return [await send('GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'), await send('\\0'.repeat(100)), called, (await ask(s, '')).body];
    } finally { s.stop(true); }`,
  ),
];
