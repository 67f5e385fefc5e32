// SPDX-License-Identifier: MIT
// The command: its options, exit codes and signals; loading again with --hot, starting again with
// --watch, while clients ask.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { bunFile } from '../../helpers/bun-file.js';
import { withFolder } from '../../helpers/folder.js';
import { Program, root } from '../process/program.js';
import { nodeFile, NODES } from './compared.js';

const CLI = join(root, 'dist', 'cli.js');
const until = async <T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

async function command(
  files: Record<string, string>,
  args: string[],
  use: (program: Program, folder: string) => Promise<void>,
  major = NODES[0] as number,
  env: Record<string, string> = {},
): Promise<void> {
  const node = await nodeFile(major);
  await withFolder(files, async (folder) => {
    const program = new Program([CLI, ...args], { cwd: folder, node, env });
    try {
      await use(program, folder);
    } finally {
      program.kill();
      await program.exit();
    }
  });
}

/** Says its address, and goes on. */
const SERVER = `
  import { value } from './part';
  const server = Bun.serve({ port: Number(process.env.TEST_PORT ?? 0), fetch: () => new Response(value + ' ' + process.pid) });
  console.log(server.url.href, server.hostname, JSON.stringify(process.argv.slice(2)));
`;
const PART = "export const value: string = 'one';";

const text = async (url: string): Promise<string | undefined> => {
  try {
    return await (await fetch(url, { headers: { connection: 'close' } })).text();
  } catch {
    return undefined;
  }
};

/** Bun tells of its servers in between. */
async function lineOf(program: Program, wanted: string): Promise<void> {
  while ((await program.line()) !== wanted);
}

/** The same of a server on a unix socket. */
const textOf = (socketPath: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    get({ socketPath, path: '/', agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      answer.on('end', () => resolve(body));
    }).on('error', () => resolve(undefined));
  });

describe('options', () => {
  const files = {
    'main.ts': SERVER.replace('port: Number(process.env.TEST_PORT ?? 0), ', ''),
    'part.ts': PART,
  };

  test.each([
    [['--port', '0', '--hostname', '127.0.0.1', 'main.ts', 'a', '--b'], '["a","--b"]'],
    [['--port=0', '--hostname=127.0.0.1', 'main.ts', '--', '--port=1'], '["--","--port=1"]'],
    [['main', '--port', '0', 'x', '--hostname=127.0.0.1'], '["x"]'],
  ])('%j', async (args, rest) => {
    await command(files, args, async (program) => {
      const [url, hostname, argv] = (await program.line()).split(' ');
      expect([hostname, argv]).toEqual(['127.0.0.1', rest]);
      expect(await text(url as string)).toMatch(/^one \d+$/);
    });
  });

  test('--hostname is for servers that name none', async () => {
    const code = `console.log(JSON.stringify([{}, { hostname: 'localhost' }].map((more) => {
      const server = Bun.serve({ port: 0, fetch: () => new Response(), ...more });
      server.stop();
      return server.hostname; })));`;
    await command({ 'main.ts': code }, ['--hostname', '127.0.0.1', 'main.ts'], async (program) => {
      expect(await program.next()).toEqual(['127.0.0.1', 'localhost']);
    });
  });

  test.each([
    [['--port', 'x', 'main.ts'], '--port takes a number from 0 to 65535'],
    [['--port=70000', 'main.ts'], '--port takes a number from 0 to 65535'],
    [['main.ts', '--port'], '--port takes a value'],
    [['--nope', 'main.ts'], 'unknown option --nope'],
    [['not-there.ts'], 'no such file'],
    [['--workers', '2', '--hot', 'main.ts'], '--workers does not go with --hot'],
    [['--watch', '--workers=auto', 'main.ts'], '--workers does not go with --watch'],
    [['--workers', '0', 'main.ts'], '--workers takes a number from 1 to 1024, or auto'],
    [[], 'Usage: bunserve [OPTIONS] FILE'],
  ])('%j is refused', async (args, message) => {
    await command(files, args, async (program) => {
      const { code, stderr } = await program.exit();
      expect(code).toBe(1);
      expect(stderr).toContain(message);
    });
  });

  test('--help and --version', async () => {
    await command({}, ['--help'], async (program) => {
      expect(await program.exit()).toMatchObject({ code: 0, stderr: '' });
    });
    await command({}, ['--version'], async (program) => {
      expect((await program.exit()).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    });
  });

  test("options of Node's are passed on, with the exit code and the signal coming back", async () => {
    const code = 'console.log(JSON.stringify(process.execArgv)); process.exit(7);';
    const flags = ['--max-old-space-size=300', '--inspect=0', '--conditions=x'];
    await command({ 'main.ts': code }, [...flags, 'main.ts'], async (program) => {
      const ending = await program.exit();
      expect(ending.code).toBe(7);
      expect(JSON.parse(ending.stdout)).toEqual(flags);
      expect(ending.stderr).toContain('Debugger listening on ws://');
    });
    await command(
      files,
      ['--no-deprecation', 'main.ts'],
      async (program) => {
        await program.line();
        process.kill(program.pid, 'SIGTERM');
        expect(await program.exit()).toMatchObject({ code: null, signal: 'SIGTERM' });
      },
      undefined,
      { BUN_PORT: '0' },
    );
  });

  test('export default, in TypeScript', async () => {
    const code = `
      import type { Serve } from 'bun';
      setTimeout(() => console.log(process.listenerCount('SIGTERM')));
      export default { port: 0, routes: { '/': new Response('default') }, fetch: () => new Response() } satisfies Serve;`;
    await command({ 'main.ts': code }, ['main.ts'], async (program) => {
      expect(await program.line()).toBe('1');
    });
  });
});

describe('signals', () => {
  const SLOW = `
    let release;
    const server = Bun.serve({ port: 0, fetch: (request) => {
      if (request.url.endsWith('/release')) { release(); return new Response('released'); }
      console.log('asked');
      return new Promise((resolve) => { release = () => resolve(new Response('slow')); });
    } });
    console.log(server.port);`;

  test.each(['SIGINT', 'SIGTERM'] as const)('%s waits for what is under way', async (signal) => {
    await command(
      { 'main.ts': SLOW.replace('=> {\n      if', '=> {\n      if') },
      ['main.ts'],
      async (program) => {
        const port = Number(await program.line());
        const [slow, other] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
        let answer = '';
        slow.on('data', (data) => (answer += data.toString()));
        const slowEnd = new Promise((resolve) => slow.on('close', resolve));
        slow.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        expect(await program.line()).toBe('asked');
        // Half of a request: it is under way as well.
        other.write('GET /release HTTP/1.1\r\n');
        await until(async () => {
          process.kill(program.pid, 0);
          return true;
        });
        process.kill(program.pid, signal);
        // Nobody new gets in.
        await until(async () => {
          const late = connect(port, '127.0.0.1');
          const isOpen = await new Promise((resolve) => {
            late.on('connect', () => resolve(true)).on('error', () => resolve(false));
          });
          late.destroy();
          return isOpen ? undefined : true;
        });
        other.write('Host: x\r\n\r\n');
        await slowEnd;
        expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*slow$/);
        expect(await program.exit()).toMatchObject({ code: null, signal });
        other.destroy();
      },
    );
  });

  test('a second one does not wait', async () => {
    await command({ 'main.ts': SLOW }, ['main.ts'], async (program) => {
      const socket = connect(Number(await program.line()), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      expect(await program.line()).toBe('asked');
      process.kill(program.pid, 'SIGTERM');
      process.kill(program.pid, 'SIGINT');
      const { signal } = await program.exit();
      expect(['SIGTERM', 'SIGINT']).toContain(signal);
      socket.destroy();
    });
  });

  test('a program that listens to it decides itself', async () => {
    const code = `process.on('SIGTERM', () => { console.log('mine'); process.exit(3); }); ${SLOW}`;
    await command({ 'main.ts': code }, ['main.ts'], async (program) => {
      await program.line();
      process.kill(program.pid, 'SIGTERM');
      expect(await program.exit()).toMatchObject({ code: 3 });
    });
  });
});

describe.each([NODES[0] as number, 24])('on Node %i', (major) => {
  const files = {
    'main.ts': `
      import { value } from './part';
      import data from './data.json';
      import { old } from './old.cjs';
      (globalThis as any).count = ((globalThis as any).count ?? 0) + 1;
      const server = Bun.serve({
        port: Number(process.env.TEST_PORT ?? 0),
        routes: { '/held': () => new Promise((resolve) => { (globalThis as any).release = () => resolve(new Response(value)); }),
                  '/release': () => { (globalThis as any).release(); return new Response(); } },
        fetch: () => Response.json([value, data.v, old, (globalThis as any).count, import.meta.main]),
      });
      console.log(server.port);`,
    'part.ts': PART,
    'data.json': '{ "v": 1 }',
    'old.cjs': "exports.old = 'a';",
  };

  test('--hot', async () => {
    await command(
      files,
      ['--hot', 'main.ts'],
      async (program, folder) => {
        const port = await program.line();
        const url = `http://127.0.0.1:${port}/`;
        const write = (name: string, content: string): void =>
          writeFileSync(join(folder, name), content);
        const answers = (start: unknown[]): Promise<true> =>
          until(async () => {
            const answer = JSON.parse((await text(url)) ?? '[]') as unknown[];
            return JSON.stringify(answer.slice(0, 3)) === JSON.stringify(start) ? true : undefined;
          });
        await answers(['one', 1, 'a']);
        const held = fetch(`${url}held`).then((response) => response.text());

        write('part.ts', "export const value: string = 'two';");
        await answers(['two', 1, 'a']);
        expect(await program.line()).toBe(port);
        // The old handler finishes what it began.
        await text(`${url}release`);
        expect(await held).toBe('one');

        write('data.json', '{ "v": 2 }');
        await answers(['two', 2, 'a']);
        // The library itself is not loaded again.
        write(
          'old.cjs',
          "exports.old = require('bun').file === Bun.file ? 'b' : 'another library';",
        );
        await answers(['two', 2, 'b']);

        // What is broken is told; what was there goes on.
        write('part.ts', 'export const value = ;');
        await until(() => (program.stderr.includes('part.ts:1:22') ? true : undefined));
        await answers(['two', 2, 'b']);
        write('part.ts', "throw new Error('at the top'); export const value = 1;");
        await until(() => (program.stderr.includes('at the top') ? true : undefined));
        await answers(['two', 2, 'b']);

        // As editors save; then a file that was not there before.
        write('part.tmp', "import { value } from './new'; export { value };");
        renameSync(join(folder, 'part.tmp'), join(folder, 'part.ts'));
        await until(() => (program.stderr.includes('Cannot find module') ? true : undefined));
        write('new.ts', "export const value: string = 'new';");
        await answers(['new', 2, 'b']);
        const [, , , count, isMain] = JSON.parse((await text(url)) as string) as unknown[];
        expect(count).toBeGreaterThan(3);
        expect(isMain).toBe(true);
      },
      major,
    );
  });

  test('--watch', async () => {
    await command(
      files,
      ['--watch', 'main.ts'],
      async (program, folder) => {
        let url = `http://127.0.0.1:${await program.line()}/`;
        const write = (name: string, content: string): void =>
          writeFileSync(join(folder, name), content);
        const next = async (): Promise<unknown[]> => {
          url = `http://127.0.0.1:${await program.line()}/`;
          return JSON.parse((await text(url)) as string) as unknown[];
        };
        write('part.ts', "export const value: string = 'two';");
        expect(await next()).toEqual(['two', 1, 'a', 1, true]);
        write('old.cjs', "exports.old = 'b';");
        expect(await next()).toEqual(['two', 1, 'b', 1, true]);
        write('part.ts', 'export const value = ;');
        await until(() => (program.stderr.includes('part.ts:1:22') ? true : undefined));
        write('part.ts', "import { value } from './lib/new'; export { value };");
        await until(() => (program.stderr.includes('Cannot find module') ? true : undefined));
        mkdirSync(join(folder, 'lib'));
        write('lib/new.ts', "export const value: string = 'new';");
        write('part.ts', "export { value } from './lib/new';");
        expect(await next()).toEqual(['new', 1, 'b', 1, true]);
        process.kill(program.pid, 'SIGTERM');
        expect(await program.exit()).toMatchObject({ code: null, signal: 'SIGTERM' });
        expect(await text(url)).toBeUndefined();
      },
      major,
    );
  });
});

describe.each([NODES[0] as number, 24])('what else is read, on Node %i', (major) => {
  const files = {
    'main.ts': `
      import { value } from '@value';
      process.env.OF_PROGRAM ??= 'first';
      const { A, B, OF_PROGRAM } = process.env;
      const server = Bun.serve({ port: 0, fetch: () => Response.json([value, A, B, OF_PROGRAM]) });
      console.log(server.port);`,
    'one.ts': "export const value: string = 'one';",
    'two.ts': "export const value: string = 'two';",
    'base.json': '{ "compilerOptions": { "paths": { "@value": ["./one.ts"] } } }',
    'tsconfig.json': '{ "extends": "./base.json" }',
    '.env': 'A=1',
  };

  test.each(['--hot', '--watch'])(
    '%s',
    async (mode) => {
      await command(
        files,
        [mode, 'main.ts'],
        async (program, folder) => {
          const answer = async (): Promise<unknown> =>
            JSON.parse((await text(`http://127.0.0.1:${await program.line()}/`)) as string);
          const write = (name: string, content: string): void =>
            writeFileSync(join(folder, name), content);
          expect(await answer()).toEqual(['one', '1', null, 'first']);
          write('.env', 'A=2\nB=$A');
          expect(await answer()).toEqual(['one', '2', '2', 'first']);
          // One that was not there; what is in it no longer, is gone, and nothing else.
          write('.env.local', 'A=3');
          expect(await answer()).toEqual(['one', '3', '3', 'first']);
          write('.env', 'OF_PROGRAM=file');
          const first = mode === '--hot' ? 'first' : 'file';
          expect(await answer()).toEqual(['one', '3', null, first]);
          write('base.json', files['base.json'].replace('one', 'two'));
          expect(await answer()).toEqual(['two', '3', null, first]);
          write('tsconfig.json', files['base.json']);
          expect(await answer()).toEqual(['one', '3', null, first]);
        },
        major,
      );
    },
    60_000,
  );
});

describe.each(['bunserve', 'Bun'])(
  '--hot of %s keeps the handlers when a version has',
  (runtime) => {
    test.each([
      ['nothing to serve', 'export const x = 1;'],
      ['no handlers', "export default { unix: 'socket' };"],
      ['a handler that is none', "export default { unix: 'socket', fetch: undefined };"],
      ['options that are refused', "Bun.serve({ unix: 'socket' });"],
    ])('%s', async (_, code) => {
      const version = (name: string, rest: string): string => `console.log('${name}'); ${rest}`;
      const working = (name: string): string =>
        version(name, `export default { unix: 'socket', fetch: () => new Response('${name}') };`);
      await withFolder({ 'main.ts': working('old') }, async (folder) => {
        const isBun = runtime === 'Bun';
        const args = [...(isBun ? [] : [CLI]), '--hot', 'main.ts'];
        const program = new Program(args, {
          cwd: folder,
          ...(isBun ? { node: bunFile() } : {}),
        });
        const answer = async (): Promise<string | undefined> => textOf(join(folder, 'socket'));
        try {
          await lineOf(program, 'old');
          await until(async () => ((await answer()) === 'old' ? true : undefined));
          writeFileSync(join(folder, 'main.ts'), version('broken', code));
          await lineOf(program, 'broken');
          expect(await answer()).toBe('old');
          writeFileSync(join(folder, 'main.ts'), working('mended'));
          await lineOf(program, 'mended');
          await until(async () => ((await answer()) === 'mended' ? true : undefined));
        } finally {
          program.kill();
          await program.exit();
        }
      });
    });
  },
);

test('--hot: servers that a new version does not have are stopped, new ones are started', async () => {
  const version = (ids: string[]): string =>
    `for (const id of ${JSON.stringify(ids)}) console.log(id, Bun.serve({ id, port: 0, fetch: () => new Response(id) }).port);`;
  await command(
    { 'main.ts': version(['a', 'b']) },
    ['--hot', 'main.ts'],
    async (program, folder) => {
      const [a, b] = [await program.line(), await program.line()];
      writeFileSync(join(folder, 'main.ts'), version(['c', 'a']));
      const c = await program.line();
      expect(await program.line()).toBe(a);
      const portOf = (line: string): string => line.split(' ')[1] as string;
      expect(await text(`http://127.0.0.1:${portOf(c)}/`)).toBe('c');
      await until(async () =>
        (await text(`http://127.0.0.1:${portOf(b)}/`)) === undefined ? true : undefined,
      );
      expect(await text(`http://127.0.0.1:${portOf(a)}/`)).toBe('a');
    },
  );
});

describe.each(['--hot', '--watch'])('%s: what mends a program that fails', (mode) => {
  type Mend = (folder: string) => void;
  const write =
    (name: string, content: string): Mend =>
    (folder) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    };
  const named: [string, string, Record<string, string>, Mend] = [
    'the names of the package',
    "import '#db'",
    { 'package.json': '{ "type": "module" }', 'db.js': '' },
    write('package.json', '{ "type": "module", "imports": { "#db": "./db.js" } }'),
  ];
  test.each<[string, string, Record<string, string>, Mend]>([
    ['a file that appears', "import './new.ts'", {}, write('new.ts', '')],
    ['a folder that appears', "import './v1.2/new'", {}, write('v1.2/new.ts', '')],
    [
      'an ending nobody expects',
      "import './new.sql' with { type: 'text' }",
      {},
      write('new.sql', 'select 1'),
    ],
    [
      'a file that comes back',
      "import './part'",
      { 'away.txt': '' },
      (folder) => renameSync(join(folder, 'away.txt'), join(folder, 'part.ts')),
    ],
    ['required JSON', "require('./d.json')", { 'd.json': '{' }, write('d.json', '{}')],
    [
      'what was read by itself',
      "JSON.parse(process.getBuiltinModule('fs').readFileSync('./config.json', 'utf8'))",
      { 'config.json': '{' },
      write('config.json', '{}'),
    ],
    // Node reads a package.json once.
    ...(mode === '--watch' ? [named] : []),
  ])('%s', async (_, code, files, mend) => {
    const main = `${code};\nconsole.log('runs');`;
    await command({ ...files, 'main.ts': main }, [mode, 'main.ts'], async (program, folder) => {
      const sign = mode === '--watch' ? 'starts again after a change' : 'Error';
      await until(() => (program.stderr.includes(sign) ? true : undefined));
      mend(folder);
      expect(await program.line()).toBe('runs');
    });
  });
});

test('--hot: what a failing program writes beside itself does not load it again', async () => {
  const failing = `
    import { appendFileSync, writeFileSync } from 'node:fs';
    appendFileSync('./loads.log', 'x');
    writeFileSync('./state.json', '{}');
    console.log('loaded');
    throw new Error('not yet');`;
  await command({ 'main.ts': failing }, ['--hot', 'main.ts'], async (program, folder) => {
    await program.line();
    await until(() => (program.stderr.includes('not yet') ? true : undefined));
    // Events of a folder come in order: what the program wrote was heard before this.
    writeFileSync(join(folder, 'main.ts'), "console.log('mended');");
    expect(await program.line()).toBe('mended');
    expect(readFileSync(join(folder, 'loads.log'), 'utf8')).toBe('x');
  });
});
