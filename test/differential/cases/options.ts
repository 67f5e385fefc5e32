// SPDX-License-Identifier: MIT
// serve(): every option with right, odd and wrong values, and what the server tells of itself then.
import type { DifferentialCase } from '../case.js';
import { evaluated } from './evaluated.js';

/** One case that tries serve() with each of these values of one option. */
function each(option: string, ...values: readonly string[]): DifferentialCase {
  const tried = values.map((value) => `attempt({ ${option}: ${value} })`).join(', ');
  return evaluated(`${option}: ${values.join(', ').replaceAll('/', '|')}`, `return [${tried}];`);
}

/** The same where engines word their errors differently: class and code only. */
function eachClass(option: string, ...values: readonly string[]): DifferentialCase {
  const test = each(option, ...values);
  const tried = values.map((value) => `attempt({ ${option}: ${value} }).slice(0, 2)`).join(', ');
  return evaluated(test.name, `return [${tried}];`);
}

export const cases: readonly DifferentialCase[] = [
  evaluated('no options', 'return [undefined, null, 5, "x", true, Symbol.iterator].map(attempt);'),
  evaluated('an empty object', 'return thrown(() => Bun.serve({}));'),
  evaluated('an array', 'return thrown(() => Bun.serve([]));'),
  evaluated('a function with options', 'return attempt(Object.assign(() => 0, base))[0];'),
  evaluated('a function without', 'return thrown(() => Bun.serve(() => 0))[0];'),
  each('port', '0', '"0"', '" 0 "'),
  each('port', '-1', '65536', '"-1"', '"65536"'),
  each('port', '1.5', 'NaN', 'Infinity', '-Infinity'),
  each('port', '"abc"', '{}', '[1, 2]', '() => 0'),
  eachClass('port', '10n', 'Symbol("port")'),
  each('hostname', '"127.0.0.1"', '"0.0.0.0"', '"::1"', '"[::1]"', '"::"'),
  each('hostname', '"localhost"', '"LOCALHOST"', '"127.1"', '"0"'),
  each('hostname', '""', 'null', 'undefined', 'false'),
  each('hostname', '{ toString: () => "127.0.0.1" }', 'Buffer.from("127.0.0.1")'),
  each('hostname', 'Symbol("host")'),
  each('hostname', '"bogus host"', '"http://127.0.0.1"', '"127.0.0.1:80"', '"127.0.0.1 "'),
  each('hostname', '"192.0.2.1"', '5'),
  each('idleTimeout', '0', '-1', '10', '255', 'null', 'undefined'),
  each('idleTimeout', '256', '1e9'),
  each('idleTimeout', '1.5', 'NaN', 'Infinity', '"10"', 'true', '{}', '10n'),
  each('maxRequestBodySize', '0', '-1', '1e20', '1.5', 'NaN', 'Infinity'),
  each('maxRequestBodySize', '"x"', 'null', 'true', '{}', '10n'),
  each('development', 'true', 'false', 'null', '0', '1', '""', '"x"', '[]', '() => 0'),
  each('development', '{}', '{ hmr: true }', '{ hmr: false, console: true }', '{ other: 1 }'),
  each('development', '{ hmr: 1 }', '{ hmr: null }', '{ hmr: "x" }'),
  each('development', '{ console: 1 }', '{ chromeDevToolsAutomaticWorkspaceFolders: 1 }'),
  each('id', '"x"', '""', 'null', 'undefined', '5', 'true', '{}', '[]'),
  eachClass('id', 'Symbol("id")'),
  each('id', '{ toString() { throw new RangeError("no name"); } }'),
  each('reusePort', 'true', 'false', '1', '"x"', 'null'),
  each('ipv6Only', 'true', 'false', '1', 'null'),
  each('fetch', '5', '"x"', 'true', '{}', '[]', '0', 'false'),
  each('error', '5', '"x"', 'true', '{}', '[]', '0', 'false'),
  each('error', 'null', 'undefined', '() => 0'),
  evaluated(
    'fetch absent, with routes',
    `const routes = { '/': base.fetch };
     return [null, undefined].map((fetch) => attempt({ fetch, routes }));`,
  ),
  each('http1', 'false', 'null', '0', '""'),
  each('http1', 'true', 'undefined', '1'),
  each('http2', 'false', 'null', 'undefined'),
  // Beside TLS Bun does serve it.
  evaluated(
    'http3: false, null, undefined, true',
    'return [false, null, undefined, true].map((http3) => attempt({ tls: undefined, http3 }));',
  ),
  each('websocket', 'null', 'undefined', 'false', '5', '"x"'),
  each('tls', 'null', 'undefined', 'false', '{}', '[]'),
  each('bogus', '1', 'null', '() => 0'),
  each('compression', 'true'),
  evaluated(
    'unix with a hostname',
    `return ['a', '127.0.0.1', 0].map((hostname) => attempt({ unix: '/nowhere/x.sock', hostname }));`,
  ),
  evaluated(
    'unix with a port',
    `const at = '/nowhere/x.sock';
     return [1, -1, 'abc'].map((port) => attempt({ unix: at, hostname: undefined, port }));`,
  ),
  evaluated(
    'unix in a folder that is not there',
    `return attempt({ unix: '/nowhere/x.sock', hostname: '' });`,
  ),
  evaluated(
    'unix, too long',
    `return attempt({ unix: '/tmp/' + 'x'.repeat(200), hostname: undefined });`,
  ),
  evaluated(
    'unix where a file or a folder is',
    `return ['/etc/passwd', '/etc'].map((unix) => attempt({ unix, hostname: undefined }));`,
  ),
  evaluated('unix as a symbol', `return attempt({ unix: Symbol('x'), hostname: undefined });`),
  evaluated(
    'unix is empty or false',
    `return ['', null, undefined, false].map((unix) => attempt({ unix }));`,
  ),
  evaluated(
    'an abstract socket',
    `const name = 'bunserve-differential';
     const s = Bun.serve({ unix: '\\0' + name + process.pid, fetch: base.fetch });
     try {
       return [s.port ?? 'none', s.hostname ?? 'none', s.address, s.url.href].map((v) =>
         String(v).replace(process.pid, 'PID').replace('\\0', 'NUL'));
     } finally { s.stop(true); }`,
  ),
  evaluated(
    'a unix socket: its file comes and goes',
    `const { existsSync } = await import('node:fs');
     const unix = '/tmp/bunserve-differential-' + process.pid + '.sock';
     const s = Bun.serve({ unix, port: 1, fetch: base.fetch });
     const url = s.url.href.replace(process.pid, 'PID');
     const before = existsSync(unix);
     const taken = thrown(() => Bun.serve({ unix, fetch: base.fetch }))[1];
     await s.stop(true);
     return [url, before, taken, existsSync(unix)];`,
  ),
  evaluated(
    'properties of system errors',
    `const keys = (options) => { try { Bun.serve({ ...base, ...options }); } catch (e) { return Object.keys(e); } };
     return [keys({ unix: '/nowhere/x', hostname: undefined }), keys({ hostname: '192.0.2.1' })];`,
  ),
  evaluated(
    'a port that is free again after stop()',
    `const first = Bun.serve(base); const { port } = first; await first.stop(true);
     const second = Bun.serve({ ...base, port });
     try { return second.port === port; } finally { second.stop(true); }`,
  ),
];
