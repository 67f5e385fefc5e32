// SPDX-License-Identifier: MIT
// serve({ tls }): every option with right, odd and wrong values. What connections make of them is in
// tls-connections.ts.
import type { DifferentialCase } from '../case.js';
import type { DivergenceId } from '../divergences.js';
import { evaluated } from './evaluated.js';

export const TLS_HELPERS = `
  const { readFileSync } = await import('node:fs');
  const at = (name) => process.env.APP_CERTIFICATES + '/' + name + '.pem';
  const pem = (name) => readFileSync(at(name), 'utf8');
  const bytes = (name) => readFileSync(at(name));
  const pair = { key: pem('ec-key'), cert: pem('ec') };
  const rsa = { key: pem('rsa-key'), cert: pem('rsa') };
  const two = { key: pem('two-key'), cert: pem('two'), serverName: 'two.test' };
  const withoutPath = (value) => JSON.parse(JSON.stringify(value).replaceAll(process.env.APP_CERTIFICATES, 'DIR'));
`;

function tried(name: string, list: readonly string[], part: (value: string) => string) {
  const values = list.map((value) => `withoutPath(attempt({ ${part(value)} }))`).join(', ');
  return evaluated(`tls: ${name}`, `${TLS_HELPERS} return [${values}];`);
}

/** One case that tries serve() with each of these values of \`tls\`. */
function each(name: string, ...values: readonly string[]): DifferentialCase {
  return tried(name, values, (value) => `tls: ${value}`);
}

/** The same with one option beside a pair that works. */
function option(name: string, ...values: readonly string[]): DifferentialCase {
  const shown = values.join(', ').replaceAll('/', '|');
  return tried(`${name}: ${shown}`, values, (value) => `tls: { ...pair, ${name}: ${value} }`);
}

/** Where we refuse, with the same error for each value. */
function refused(
  divergence: DivergenceId,
  [name, code, message]: readonly [string, string | null, string],
  test: DifferentialCase,
  count: number,
): DifferentialCase {
  const one = [name, code, message, null, null];
  const body = JSON.stringify(Array.from({ length: count }, () => one));
  return { ...test, divergence, ours: { gives: '200 open', body } };
}

const missing = (option: string): [string, string, string] => [
  'TypeError',
  'ERR_INVALID_ARG_VALUE',
  `TLSOptions.${option} is missing. TLS needs both key and cert, as PEM text or as a BunFile.`,
];

const KINDS = [
  'pem(NAME)',
  'bytes(NAME)',
  'new Uint8Array(bytes(NAME))',
  'new DataView(new Uint8Array(bytes(NAME)).buffer)',
  'new Uint8Array(bytes(NAME)).buffer',
  'Bun.file(at(NAME))',
  '[pem(NAME)]',
  '[bytes(NAME)]',
  '[Bun.file(at(NAME))]',
  '[new Uint8Array(bytes(NAME))]',
];

function ofKinds(template: (value: string) => string, file: string): string[] {
  return KINDS.map((kind) => template(kind.replace('NAME', `'${file}'`)));
}

const WRONG = ['5', 'true', 'false', '{}', '() => 0', '[5]', '[null]', '[[]]', 'new Blob(["x"])'];

export const cases: readonly DifferentialCase[] = [
  each('nothing', 'null', 'undefined', 'false', '0', '""', '{}', '[]', '[{}]', '{ bogus: 1 }'),
  each('no object', 'true', '5', '"x"', '() => 0', '[5]', '[true]', '["x"]', '[() => 0]'),
  each('null in a list', '[null]', '[undefined]', '[pair, null]'),
  each('a pair', 'pair', '[pair]', 'rsa', '[rsa, two]', 'Object.create(pair)'),
  each('key of every kind', ...ofKinds((value) => `{ ...pair, key: ${value} }`, 'ec-key')),
  each('cert of every kind', ...ofKinds((value) => `{ ...pair, cert: ${value} }`, 'ec')),
  each('ca of every kind', ...ofKinds((value) => `{ ...pair, ca: ${value} }`, 'ca')),
  each(
    'several keys',
    '{ key: [pem("ec-key"), pem("rsa-key")], cert: [pem("ec"), pem("rsa")] }',
    '{ key: [pem("rsa-key"), Bun.file(at("ec-key"))], cert: [bytes("rsa"), pem("ec")] }',
  ),
  each(
    'chains',
    '{ ...pair, cert: pem("ec") + pem("ca") }',
    '{ ...pair, cert: pem("two") + pem("ec") }',
  ),
  refused('tls-half-pair', missing('key'), each('empty lists', '{ key: [], cert: [] }'), 1),
  refused(
    'tls-half-pair',
    missing('cert'),
    each('key alone', '{ key: pair.key }', '{ keyFile: at("ec-key") }'),
    2,
  ),
  refused(
    'tls-half-pair',
    missing('key'),
    each('no key', '{ cert: pair.cert }', '{ serverName: "x" }', '[pair, { serverName: "x" }]'),
    3,
  ),
  refused(
    'tls-half-pair',
    missing('key'),
    tried(
      'at the top, no key',
      ['passphrase: "x"', 'serverName: "x"', 'cert: pair.cert'],
      (value) => value,
    ),
    3,
  ),
  each('null for both', '{ key: null, cert: null }', '{ key: undefined, cert: undefined }'),
  each('no pair', '{ key: pair.key, cert: rsa.cert }', '{ key: pair.key, cert: two.cert }'),
  each('garbage', '{ key: "x", cert: "y" }', '{ ...pair, key: "x" }', '{ ...pair, cert: "y" }'),
  refused(
    'tls-bad-authority',
    [
      'Error',
      'ERR_OSSL_PEM_NO_START_LINE',
      'error:0900006e:PEM routines:OPENSSL_internal:NO_START_LINE',
    ],
    each('garbage as authority', '{ ...pair, ca: "x" }', '{ ...pair, ca: at("ca") }'),
    2,
  ),
  each('files that are not there', '{ ...pair, key: Bun.file("/nowhere/key.pem") }'),
  option('key', ...WRONG),
  option('cert', ...WRONG),
  option('ca', ...WRONG, 'null', 'undefined'),
  each(
    'paths',
    '{ keyFile: at("ec-key"), certFile: at("ec") }',
    '{ keyFile: at("ec-key"), certFile: at("ec"), caFile: at("ca") }',
    '{ key: pair.key, certFile: at("ec") }',
    '{ keyFile: at("ec-key"), cert: pair.cert }',
  ),
  each(
    'paths to nothing',
    '{ keyFile: "/nowhere", certFile: at("ec") }',
    '{ keyFile: at("ec-key"), certFile: "/nowhere" }',
    '{ ...pair, caFile: "/nowhere" }',
    '{ ...pair, dhParamsFile: "/nowhere" }',
  ),
  option('keyFile', '5', 'true', '{}', '[]', 'bytes("ec-key")'),
  option('certFile', '5', 'true', '{}', '[]'),
  option('caFile', '5', 'true', '{}', '[]', 'null', 'undefined'),
  option('dhParamsFile', '5', 'true', '{}', '[]', 'null', 'undefined', 'at("dh")'),
  option('passphrase', '"unused"', '""', 'null', 'undefined', '5', 'true', '{}', '[]'),
  each(
    'a locked key',
    '{ ...pair, key: pem("locked-key"), passphrase: "open" }',
    '{ ...pair, key: bytes("locked-key"), passphrase: "open" }',
    '{ ...pair, key: [pem("locked-key")], passphrase: "open" }',
    '{ keyFile: at("locked-key"), certFile: at("ec"), passphrase: "open" }',
  ),
  option('serverName', '"one.test"', '"*.one.test"', '""', 'null', 'undefined', '5', 'true', '{}'),
  option('requestCert', 'true', 'false', 'undefined', '1', '"x"', '{}'),
  option('requestCert', 'null'),
  option('rejectUnauthorized', 'true', 'false', 'undefined', '1', '"x"', '{}'),
  option('rejectUnauthorized', 'null'),
  option('lowMemoryMode', 'true', 'false', 'undefined', '1', '"x"', '{}'),
  option('lowMemoryMode', 'null'),
  option('secureOptions', '0', '1', '4', 'undefined', '"x"', 'true', '{}', '10n'),
  option('secureOptions', 'null'),
  option('secureOptions', '-1', '1.5', 'NaN', 'Infinity', '2 ** 32', '2n ** 40n'),
  option('ciphers', '"ECDHE-ECDSA-AES128-GCM-SHA256"', '"HIGH"', 'undefined', 'null'),
  option('ciphers', '"ALL:!aNULL"', '"ECDHE-ECDSA-AES128-GCM-SHA256:bogus"'),
  option('ciphers', '"bogus"', '5', 'true', '{}'),
  option('ciphers', '""'),
  option('ALPNProtocols', '"http/1.1"', '"h2"', '"h2,http/1.1"', 'undefined', 'null', '""'),
  option('ALPNProtocols', '5', 'true', '{}', '["http/1.1"]', 'bytes("ec")'),
  option('ALPNProtocols', 'Buffer.from("\\x08http/1.1")', 'new Uint8Array(0)'),
  each(
    'names',
    '[pair, two]',
    '[{ ...pair, serverName: "one.test" }, two]',
    '[two, two]',
    '[pair, { ...two, serverName: "*.two.test" }]',
  ),
  each(
    'names that are missing',
    '[pair, pair]',
    '[pair, { ...two, serverName: "" }]',
    '[pair, {}]',
  ),
  each('a second entry that is wrong', '[pair, { ...two, key: "x" }]'),
  tried(
    'at the top',
    ['key: pair.key, cert: pair.cert', 'keyFile: at("ec-key"), certFile: at("ec")'],
    (value) => value,
  ),
  tried(
    'at the top, beside',
    ['tls: {}, ...pair', 'tls: null, ...pair', 'tls: rsa, ...pair'],
    (value) => value,
  ),
  tried('at the top, wrong', ['key: "x", cert: "y"', 'key: 5, cert: pair.cert'], (value) => value),
  tried('at the top, no TLS', ['key: null', 'cert: null, ca: undefined'], (value) => value),
];
