// SPDX-License-Identifier: MIT
// The error page over HTTP: what it shows, what it must never show, and when there is none.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Response, type ServeOptions } from 'bunserve';
import type { ErrorReport, ReportedError } from '#lib/error-page/report.js';
import { exchange, get, text, withErrorLog, withServer } from '../../helpers/with-server.js';

const JSON_PLEASE = 'Accept: application/json';

async function answerTo(
  fetch: ServeOptions['fetch'],
  ...fields: string[]
): Promise<{ status: number; type: string; head: string; body: string }> {
  return withErrorLog(() =>
    withServer({ fetch, development: true }, async (server) => {
      const [message] = await exchange(server, get('/a/path?q=1', ...fields));
      const field = (name: string): string =>
        message?.headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? '';
      const head = JSON.stringify(message?.headers);
      return {
        status: message?.status ?? 0,
        type: field('content-type'),
        head,
        body: text(message),
      };
    }),
  );
}

async function reportOf(thrown: unknown, ...fields: string[]): Promise<ErrorReport> {
  const fail = (): never => {
    throw thrown;
  };
  return JSON.parse((await answerTo(fail, JSON_PLEASE, ...fields)).body) as ErrorReport;
}

const EVIL = '</textarea></script><script>alert(1)</script><img src=x onerror=alert(2)>"\'&';

test('nothing a program or a client says is markup', async () => {
  const fail = (): never => {
    const error = new Error(EVIL, { cause: EVIL });
    error.name = EVIL;
    Object.assign(error, { [EVIL]: EVIL });
    throw new AggregateError([error, EVIL], EVIL);
  };
  const { status, type, body } = await answerTo(fail, `X-Evil: ${EVIL}`, `User-Agent: ${EVIL}`);
  expect([status, type]).toEqual([500, 'text/html;charset=utf-8']);
  expect(body).not.toContain('<img');
  expect(body.match(/<script/g)).toHaveLength(1);
  expect(body.match(/<\/textarea/g)).toHaveLength(1);
  expect(body).not.toMatch(/<!--[^]*--[^>][^]*-->/);
  expect(body).toContain('&lt;img src=x onerror=alert(2)&gt;&quot;&#39;&amp;');
});

test('characters that would turn the text around are made visible', async () => {
  const { body } = await answerTo(() => {
    throw new Error('a\u202eb\0c\u2066');
  });
  expect(body).toContain('a\\u202eb\\u0000c\\u2066');
});

test.each([
  ['application/json', 'json'],
  ['application/json, text/plain, */*', 'json'],
  ['text/html;q=0.5, application/json', 'json'],
  ['text/html, application/json', 'html'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'html'],
  ['*/*', 'html'],
  ['application/*;q=0.1', 'json'],
  ['', 'html'],
  ['application/json;q=x, text/html;q=;;;,,', 'html'],
])('Accept: %s gives %s', async (accept, kind) => {
  const fail = (): never => {
    throw new Error('x');
  };
  const { status, type } = await answerTo(fail, `Accept: ${accept}`);
  expect([status, type.includes(kind)]).toEqual([500, true]);
});

test('the policy lets nothing in, and the page asks for nothing', async () => {
  const { head, body } = await answerTo(() => {
    throw new Error('x');
  });
  expect(head).toContain("default-src 'none'");
  expect(head).toContain('no-store');
  expect(body).not.toMatch(/\b(?:src|href|action|url)\s*[=(]/);
  expect(body).not.toMatch(/ on\w+=/);
});

test('name, message, properties, causes and errors', async () => {
  const cause = Object.assign(new TypeError('inner'), { code: 'E_INNER', data: { big: 1 } });
  const outer = new RangeError('outer', { cause });
  const { error } = await reportOf(new AggregateError([outer, 'text', 5], 'several'));
  expect(error).toMatchObject({ name: 'AggregateError', message: 'several' });
  const [first, second, third] = error.errors as ReportedError[];
  expect(first).toMatchObject({ name: 'RangeError', message: 'outer' });
  expect(first?.cause).toMatchObject({ name: 'TypeError', properties: { code: 'E_INNER' } });
  expect(first?.cause?.properties).not.toHaveProperty('data');
  expect([second?.message, third?.message]).toEqual(['text', '5']);
});

test.each([
  ['undefined', undefined, 'undefined'],
  ['a string', 'plain', 'plain'],
  ['an object', { a: 1 }, '{ a: 1 }'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
])('thrown: %s', async (_, value, shown) => {
  expect((await reportOf(value)).error).toMatchObject({ name: '', message: shown, frames: [] });
});

test('errors that fight back', async () => {
  const cyclic = new Error('cyclic') as Error & { errors: unknown[] };
  cyclic.cause = cyclic;
  cyclic.errors = [cyclic];
  let chain: unknown = undefined;
  for (let i = 0; i < 1000; i += 1) chain = new Error('x'.repeat(50_000), { cause: chain });
  const trap = (): never => {
    throw new Error('trap');
  };
  const angry = new Proxy(new Error('angry'), {
    get: trap,
    getPrototypeOf: trap,
    ownKeys: trap,
    getOwnPropertyDescriptor: trap,
  });
  const lying = Object.assign(new Error('lying'), { stack: { toString: trap }, name: 5 });
  const slow = new Error(`x\n    at ${'1'.repeat(300_000)}`);
  slow.message = 'changed';
  const inspecting = { [Symbol.for('nodejs.util.inspect.custom')]: trap };
  for (const value of [cyclic, chain, angry, lying, slow, inspecting, Object.create(null)]) {
    const fail = (): never => {
      throw value;
    };
    const { status, body } = await answerTo(fail, JSON_PLEASE);
    expect(status).toBe(500);
    expect(body.length).toBeLessThan(600_000);
    expect(JSON.parse(body)).toHaveProperty('error');
  }
});

test('the request, without its secrets', async () => {
  const secrets = ['Authorization: Bearer abc123', 'Cookie: sid=abc123'];
  const { request } = await reportOf(new Error('x'), ...secrets, 'X-A: 1');
  expect(request).toMatchObject({ method: 'GET', url: 'http://example.com/a/path?q=1' });
  expect(request.headers).toContainEqual(['x-a', '1']);
  expect(JSON.stringify(request)).not.toContain('abc123');
});

describe('files', () => {
  // The project is where the tests run; files beside it are nobody's business.
  const inside = mkdtempSync(path.join(process.cwd(), 'out-error-page-'));
  const outside = mkdtempSync(path.join(realpathSync(tmpdir()), 'error-page-'));
  // Else Node has mapped the stacks already.
  beforeAll(() => process.setSourceMapsEnabled(false));
  afterAll(() => {
    for (const each of [inside, outside]) rmSync(each, { recursive: true, force: true });
  });
  // Put together, because excerpts of this very file are on the pages as well.
  const MARK = ['TOP', 'SECRET'].join('-');
  const SECRET = `/* ${MARK} */`;
  const CODE = `export function fail() {\n  throw new Error('from a file'); ${SECRET}\n}\n`;

  async function thrownBy(file: string): Promise<Error> {
    const { fail } = (await import(pathToFileURL(file).href)) as { fail: () => never };
    try {
      return fail();
    } catch (error) {
      return error as Error;
    }
  }

  test('code of the project is shown, code elsewhere is not', async () => {
    const own = path.join(inside, 'own.mjs');
    const foreign = path.join(outside, 'foreign.mjs');
    const library = path.join(inside, 'node_modules', 'lib.mjs');
    mkdirSync(path.dirname(library));
    for (const file of [own, foreign, library]) writeFileSync(file, CODE);
    const first = (await reportOf(await thrownBy(own))).error.frames[0];
    expect(first).toMatchObject({ call: 'fail', line: 2, column: 9, origin: 'project' });
    expect(first?.source?.lines.join('\n')).toContain(SECRET);
    for (const [file, origin] of [
      [foreign, 'outside'],
      [library, 'dependency'],
    ] as const) {
      const report = await reportOf(await thrownBy(file));
      expect(report.error.frames[0]).toMatchObject({ call: 'fail', origin });
      expect(JSON.stringify(report)).not.toContain(MARK);
      if (origin === 'outside') expect(JSON.stringify(report)).not.toContain(outside);
    }
  });

  test('a stack that names other files opens none of them', async () => {
    const secrets = ['.env', 'secret.txt', '.hidden.js', 'link.mjs', 'package.json'];
    const place = (name: string): string => path.join(inside, name);
    for (const name of secrets.filter((each) => each !== 'link.mjs')) {
      writeFileSync(place(name), `${SECRET}\n`);
    }
    writeFileSync(path.join(outside, 'target.mjs'), SECRET);
    symlinkSync(path.join(outside, 'target.mjs'), place('link.mjs'));
    const files = [...secrets.map(place), '/etc/passwd', path.join(outside, 'target.mjs')];
    const frames = files.map((file) => `    at fake (${file}:1:1)`).join('\n');
    const forged = new Error('x');
    forged.stack = `Error: x\n${frames}`;
    expect(JSON.stringify(await reportOf(forged))).not.toContain(MARK);
    rmSync(place('package.json'));
  });

  test('a message cannot pose as a stack', async () => {
    const own = path.join(inside, 'other.mjs');
    writeFileSync(own, CODE);
    const frame = `\n    at fake (${own}:2:1)`;
    const report = await reportOf(new Error(`not found: ${frame}`));
    expect(report.error.frames.map(({ call }) => call)).not.toContain('fake');
    expect(JSON.stringify(report)).not.toContain(MARK);
    const changed = new Error(`old ${frame}`);
    changed.message = 'new';
    const second = await reportOf(changed);
    expect(JSON.stringify(second)).not.toContain(MARK);
  });

  test.each(['inline', 'beside'])('a source map %s leads to the source', async (where) => {
    const file = path.join(inside, `${where}.mjs`);
    const map = {
      version: 3,
      sources: ['src/original.ts'],
      sourcesContent: [
        "// first\nexport function fail(): never {\n  throw new Error('x' as string);\n}\n",
      ],
      names: [],
      // Line 2 from column 2 on: line 3 of the source, from column 2.
      mappings: 'AACA;EACE',
    };
    const json = JSON.stringify(map);
    const data = `data:application/json;base64,${Buffer.from(json).toString('base64')}`;
    writeFileSync(`${file}.map`, json);
    const url = where === 'inline' ? data : `${where}.mjs.map`;
    writeFileSync(
      file,
      `export function fail() {\n  throw new Error('x');\n}\n//# sourceMappingURL=${url}\n`,
    );
    const frame = (await reportOf(await thrownBy(file))).error.frames[0];
    expect(frame?.file.endsWith('/src/original.ts')).toBe(true);
    expect(frame).toMatchObject({ line: 3, column: 3, origin: 'project' });
    expect(frame?.source?.lines).toContain("  throw new Error('x' as string);");
  });

  test.each(['{', 'null', '[]', '{"version":3,"sources":[5],"mappings":"!!!"}', '{"mappings":5}'])(
    'a broken source map is none: %s',
    async (json) => {
      const file = path.join(inside, `broken-${Buffer.from(json).toString('hex')}.mjs`);
      writeFileSync(`${file}.map`, json);
      writeFileSync(file, `${CODE}//# sourceMappingURL=${path.basename(file)}.map\n`);
      const frame = (await reportOf(await thrownBy(file))).error.frames[0];
      expect(frame).toMatchObject({ line: 2, origin: 'project' });
    },
  );
});

test('production knows no page, whatever the options say', async () => {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    for (const accept of ['text/html', 'application/json']) {
      const answer = await answerTo(() => {
        throw new Error('secret');
      }, `Accept: ${accept}`);
      expect(answer).toMatchObject({
        status: 500,
        type: 'text/plain',
        body: 'Something went wrong!',
      });
    }
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
});

test('error() comes first, and an aborted request gets no page', async () => {
  const options: ServeOptions = {
    development: true,
    fetch: () => {
      throw new Error('x');
    },
    error: () => new Response('mine'),
  };
  await withServer(options, async (server) => {
    const [message] = await exchange(server, get('/'));
    expect(text(message)).toBe('mine');
  });
});

test('many failing requests at once, pipelined', async () => {
  const fetch = (): never => {
    throw new Error('x');
  };
  await withErrorLog(() =>
    withServer({ fetch, development: true }, async (server) => {
      const messages = await exchange(server, get('/').repeat(20), 20);
      expect(new Set(messages.map(({ status }) => status))).toEqual(new Set([500]));
      expect(server.pendingRequests).toBe(0);
    }),
  );
});
