// SPDX-License-Identifier: MIT
// Cases of the module `bun` and the global `Bun` whose results are compared with Bun's.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as bun from 'bun';
import { runCases } from './shown.mjs';

const { Bun } = globalThis;
const attempt = (use) => {
  try {
    return use();
  } catch (error) {
    return error;
  }
};
const later = (use) =>
  Promise.resolve()
    .then(use)
    .catch((error) => error);
const elapsed = async (use) => {
  const start = performance.now();
  await use();
  return performance.now() - start;
};
const tag = (text) => new TextEncoder().encode(text);
const streamOf = (...pieces) =>
  new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
const hex = (bytes) => Buffer.from(bytes).toString('hex');

const cases = {
  'names of the module': () => Object.keys(bun).sort(),
  'the module and the global are one': () => [
    bun.sleep === Bun.sleep,
    bun.escapeHTML === Bun.escapeHTML,
    bun.serve === Bun.serve,
    bun.SQL === Bun.SQL,
    bun.sql === Bun.sql,
    bun.spawn === Bun.spawn,
    bun.inspect === Bun.inspect,
  ],
  'kinds of what is provided': () =>
    [
      'Cookie',
      'CookieMap',
      'SQL',
      'argv',
      'deepEquals',
      'env',
      'escapeHTML',
      'fetch',
      'file',
      'fileURLToPath',
      'gc',
      'hash',
      'inspect',
      'isMainThread',
      'main',
      'nanoseconds',
      'pathToFileURL',
      'randomUUIDv7',
      'serve',
      'sleep',
      'sleepSync',
      'sql',
      'version',
      'revision',
      'which',
      'write',
      'CryptoHasher',
      'password',
    ].map((name) => [name, typeof Bun[name], name in Bun]),
  sleep: async () => [
    (await elapsed(() => Bun.sleep(30))) >= 29,
    await Bun.sleep(0),
    Bun.sleep(1) instanceof Promise,
    await Bun.sleep(-5),
    await Bun.sleep(new Date(Date.now() - 5)),
    (await elapsed(() => Bun.sleep(new Date(Date.now() + 30)))) > 20,
    await Bun.sleep(1.5),
  ],
  'sleep, wrong': async () => [
    await later(() => Bun.sleep('x')),
    await later(() => Bun.sleep()),
    await later(() => Bun.sleep(null)),
    await later(() => Bun.sleep({})),
    await later(() => Bun.sleep(NaN)),
  ],
  sleepSync: async () => [
    (await elapsed(() => Bun.sleepSync(20))) >= 19,
    Bun.sleepSync(0),
    attempt(() => Bun.sleepSync('x')),
    attempt(() => Bun.sleepSync()),
    attempt(() => Bun.sleepSync(-1)),
    attempt(() => Bun.sleepSync(NaN)),
  ],
  nanoseconds: () => [
    typeof Bun.nanoseconds(),
    Number.isInteger(Bun.nanoseconds()),
    Bun.nanoseconds() < 60e9,
    Bun.nanoseconds() <= Bun.nanoseconds(),
  ],
  'main, argv, env': () => [
    Bun.main === process.argv[1],
    Array.isArray(Bun.argv),
    Bun.argv.length === process.argv.length,
    Bun.argv[1] === process.argv[1],
    Bun.env.PATH === process.env.PATH,
    ((Bun.env.X_TEST = 'y'), process.env.X_TEST),
  ],
  constants: () => [
    Bun.version,
    Bun.revision.length,
    Bun.isMainThread,
    Bun.enableANSIColors,
    Bun.embeddedFiles,
    Bun.isStandaloneExecutable,
    Bun.cwd === process.cwd(),
    bun.version === Bun.version,
  ],
  escapeHTML: () =>
    [
      '<a href="x">\'&amp;\'</a>',
      '',
      'plain',
      5,
      null,
      undefined,
      true,
      { toString: () => '<x>' },
      ['<'],
      '😀<ß>',
      '&&&',
      'a'.repeat(50) + '<',
    ]
      .map((v) => attempt(() => Bun.escapeHTML(v)))
      .concat([attempt(() => Bun.escapeHTML()), attempt(() => Bun.escapeHTML(Symbol('<')))]),
  fileURLToPath: () => [
    Bun.fileURLToPath('file:///tmp/a%20b'),
    Bun.fileURLToPath(new URL('file:///x/y')),
    attempt(() => Bun.fileURLToPath('http://x'))?.code,
    attempt(() => Bun.fileURLToPath(5))?.name,
  ],
  pathToFileURL: () => [
    Bun.pathToFileURL('/tmp/a b#?').href,
    Bun.pathToFileURL('/x') instanceof URL,
  ],
  which: () => {
    const folder = mkdtempSync(join(tmpdir(), 'bunserve-which-'));
    const file = join(folder, 'tool');
    writeFileSync(file, '#!/bin/sh\n');
    chmodSync(file, 0o755);
    writeFileSync(join(folder, 'plain'), '');
    mkdirSync(join(folder, 'dir'));
    const short = (path) => (typeof path === 'string' ? path.replace(folder, '') : path);
    try {
      return [
        Bun.which('sh') !== null,
        Bun.which('not-there-at-all'),
        short(Bun.which('tool', { PATH: folder })),
        Bun.which('plain', { PATH: folder }),
        Bun.which('dir', { PATH: folder }),
        short(Bun.which('tool', { PATH: `/none:${folder}` })),
        Bun.which('tool', { PATH: '' }),
        short(Bun.which('./tool', { cwd: folder, PATH: '/bin' })),
        short(Bun.which(file)),
        Bun.which(''),
        attempt(() => Bun.which()),
        attempt(() => Bun.which(5)),
        Bun.which('tool', { cwd: folder }),
        attempt(() => Bun.which('sh', { PATH: 5 })),
        attempt(() => Bun.which('sh', null)) !== null,
      ].map(short);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  deepEquals: () => {
    const cyclic = () => {
      const a = { x: 1 };
      a.self = a;
      return a;
    };
    class A {
      x = 1;
    }
    return [
      [1, 1],
      [1, '1'],
      [NaN, NaN],
      [0, -0],
      [null, undefined],
      [{}, {}],
      [{ a: undefined }, {}],
      [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
      [
        [1, , 2],
        [1, undefined, 2],
      ],
      [new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])],
      [new Set([{ a: 1 }]), new Set([{ a: 1 }])],
      [new Set([1, 2]), new Set([2, 1])],
      [new Date(5), new Date(5)],
      [new Date(5), new Date(6)],
      [/a/g, /a/g],
      [/a/g, /a/i],
      [new Uint8Array([1]), new Uint8Array([1])],
      [new Uint8Array([1]), [1]],
      [new A(), { x: 1 }],
      [new Error('a'), new Error('a')],
      [new Error('a'), new Error('b')],
      [() => 1, () => 1],
      ['a', 'a'],
      [1n, 1n],
      [Symbol.iterator, Symbol.iterator],
      [cyclic(), cyclic()],
      [[1], { 0: 1, length: 1 }],
      [new Map([[1, 2]]), new Map([[1, 3]])],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      [{ [Symbol.for('s')]: 1 }, { [Symbol.for('s')]: 2 }],
      [Object(1), Object(1)],
      [Object('a'), 'a'],
      [new ArrayBuffer(2), new ArrayBuffer(2)],
      [new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 1]])],
      [Object.create(null), {}],
      [[undefined], [null]],
      [new URL('http://a/'), new URL('http://a/')],
      [new URL('http://a/'), new URL('http://b/')],
    ].map(([a, b]) => [Bun.deepEquals(a, b), Bun.deepEquals(a, b, true)]);
  },
  randomUUIDv7: () => {
    const id = Bun.randomUUIDv7();
    const fixed = Bun.randomUUIDv7('hex', 1700000000000);
    const many = Array.from({ length: 500 }, () => Bun.randomUUIDv7());
    return [
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
      fixed.slice(0, 13),
      [...many].sort().join() === many.join(),
      new Set(many).size,
      Bun.randomUUIDv7('buffer').constructor.name,
      Bun.randomUUIDv7('buffer').length,
      Bun.randomUUIDv7('base64').length,
      Bun.randomUUIDv7('base64url').length,
      attempt(() => Bun.randomUUIDv7('nope')),
      Bun.randomUUIDv7('hex', new Date(1700000000000)).slice(0, 13),
      attempt(() => Bun.randomUUIDv7('hex', -1)),
    ];
  },
  randomUUIDv5: () =>
    ['dns', 'url', 'oid', 'x500', '6ba7b810-9dad-11d1-80b4-00c04fd430c8']
      .map((ns) => Bun.randomUUIDv5('example.com', ns))
      .concat([
        Bun.randomUUIDv5('a', 'dns', 'base64'),
        hex(Bun.randomUUIDv5('a', 'dns', 'buffer')),
        attempt(() => Bun.randomUUIDv5('a', 'nope')),
        Bun.randomUUIDv5(tag('a'), 'dns'),
        attempt(() => Bun.randomUUIDv5('a')),
      ]),
  stripANSI: () =>
    [
      '\u001b[31mred\u001b[0m',
      'plain',
      '\u001b]8;;http://x\u0007link\u001b]8;;\u0007',
      '\u001b[1;38;5;9mx',
    ].map((v) => Bun.stripANSI(v)),
  hash: () => [
    Bun.hash('abc'),
    Bun.hash(''),
    Bun.hash('abc', 5),
    Bun.hash(tag('abc')),
    Bun.hash('a'.repeat(15)),
    Bun.hash('a'.repeat(16)),
    Bun.hash('a'.repeat(17)),
    Bun.hash('a'.repeat(47)),
    Bun.hash('a'.repeat(48)),
    Bun.hash('a'.repeat(49)),
    Bun.hash('b'.repeat(1000)),
    Bun.hash('ß😀'),
    Bun.hash('abc', 5n),
    Bun.hash.wyhash('abc', 7),
    Bun.hash('ab'),
    Bun.hash('a'),
    Bun.hash('abcd'),
    Bun.hash(new Uint8Array([1, 2, 3]).buffer),
  ],
  'hash.crc32 and adler32': () => [
    Bun.hash.crc32('abc'),
    Bun.hash.adler32('abc'),
    Bun.hash.crc32(''),
    Bun.hash.adler32(''),
    Bun.hash.crc32(tag('x'.repeat(9999))),
    Bun.hash.adler32(tag('x'.repeat(9999))),
    Bun.hash.crc32('abc', 5),
  ],
  concatArrayBuffers: () => [
    Bun.concatArrayBuffers([tag('ab'), tag('cd').buffer, new Uint16Array([1])]),
    Bun.concatArrayBuffers([]),
    Bun.concatArrayBuffers([tag('abc')], 2),
    Bun.concatArrayBuffers([tag('abc')], 2, true),
    attempt(() => Bun.concatArrayBuffers('x'))?.name,
  ],
  allocUnsafe: () => [
    Bun.allocUnsafe(5).constructor.name,
    Bun.allocUnsafe(5).length,
    attempt(() => Bun.allocUnsafe(-1))?.name,
  ],
  readableStreamTo: async () => [
    await Bun.readableStreamToText(streamOf(tag('a'), tag('b'))),
    await Bun.readableStreamToBytes(streamOf(tag('ab'))),
    await Bun.readableStreamToArrayBuffer(streamOf(tag('ab'))),
    await Bun.readableStreamToJSON(streamOf(tag('{"a":1}'))),
    await Bun.readableStreamToArray(streamOf(1, 'x')),
    (await Bun.readableStreamToBlob(streamOf(tag('abc')))).size,
    await Bun.readableStreamToText(streamOf('text')),
    (await later(() => Bun.readableStreamToText(5)))?.name,
  ],
  'gzip and deflate': () => {
    const text = 'hello '.repeat(100);
    const small = Bun.gzipSync(text);
    return [
      small.constructor.name,
      new TextDecoder().decode(Bun.gunzipSync(small)) === text,
      new TextDecoder().decode(Bun.inflateSync(Bun.deflateSync(tag(text)))) === text,
      hex(Bun.deflateSync('aaaa')),
      small.length < 100,
      attempt(() => Bun.gunzipSync(tag('nope'))) instanceof Error,
    ];
  },
  CryptoHasher: () => {
    const h = new Bun.CryptoHasher('sha256');
    h.update('a').update(tag('b'));
    const copy = h.copy();
    return [
      h.algorithm,
      h.byteLength,
      h.digest('hex'),
      copy.update('c').digest('base64'),
      attempt(() => h.update('x')),
      Bun.CryptoHasher.hash('md5', 'abc', 'hex'),
      Bun.CryptoHasher.hash('sha1', 'abc').constructor.name,
      attempt(() => new Bun.CryptoHasher('nope')),
      new Bun.CryptoHasher('sha256', 'key').update('x').digest('hex'),
      Bun.CryptoHasher.algorithms.includes('sha512'),
      new Bun.CryptoHasher('sha256').digest().constructor.name,
      hex(new Bun.CryptoHasher('sha512-256').update('a').digest()),
    ];
  },
  'SHA classes': () => [
    ...['MD4', 'MD5', 'SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'SHA512_256']
      .filter((n) => n !== 'MD4')
      .map((name) => [
        name,
        Bun[name].hash('abc', 'hex'),
        new Bun[name]().update('a').update('bc').digest('hex'),
        Bun[name].byteLength,
      ]),
    Bun.sha('abc', 'hex'),
  ],
  password: async () => {
    const hashed = await Bun.password.hash('secret', {
      algorithm: 'argon2id',
      memoryCost: 64,
      timeCost: 2,
    });
    return [
      hashed.split('$').slice(0, 4),
      await Bun.password.verify('secret', hashed),
      await Bun.password.verify('wrong', hashed),
      Bun.password.verifySync('secret', hashed),
      Bun.password
        .hashSync('x', { algorithm: 'argon2d', memoryCost: 8, timeCost: 1 })
        .split('$')[1],
      await Bun.password.verify(
        'secret',
        '$argon2id$v=19$m=64,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      ),
    ];
  },
  resolveSync: () => [
    Bun.resolveSync('./shown.mjs', import.meta.dirname) === join(import.meta.dirname, 'shown.mjs'),
    attempt(() => Bun.resolveSync('./nope.mjs', import.meta.dirname)) instanceof Error,
    Bun.resolveSync('node:fs', '/'),
  ],
  resolve: async () => [
    (await Bun.resolve('./shown.mjs', import.meta.dirname)) ===
      join(import.meta.dirname, 'shown.mjs'),
    (await later(() => Bun.resolve('./nope.mjs', import.meta.dirname))) instanceof Error,
  ],
  inspect: () => [
    typeof Bun.inspect({ a: 1 }),
    Bun.inspect.custom === Symbol.for('nodejs.util.inspect.custom'),
    Bun.inspect('text'),
    Bun.inspect(5),
    Bun.inspect(null),
  ],
  fetch: async () => [await (await Bun.fetch('data:,hi')).text(), Bun.fetch.name],
  gc: () => [typeof Bun.gc(true), Bun.shrink()],
  'names that are not used': () =>
    Object.keys(bun).every((name) => typeof bun[name] !== 'undefined' || name === 'x'),
};

await runCases(cases, process.argv[2]);
