// SPDX-License-Identifier: MIT
// The `bunserve` command: programs written for Bun, `export default`, --port, arguments, failures.
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../helpers/free-port.js';
import { RawClient } from '../../helpers/raw-client.js';
import { get, text } from '../../helpers/with-server.js';
import { withFolder } from '../../helpers/folder.js';
import { root, startFile, type Ending, type Program } from './program.js';

const CLI = join(root, 'dist', 'cli.js');

/** Runs the command on main.mjs; `use` talks to it, then it is ended. */
async function withCommand<T>(
  code: string,
  args: (file: string) => readonly string[],
  use: (program: Program) => Promise<T>,
  env: Record<string, string> = {},
): Promise<T> {
  return withFolder({ 'main.mjs': code }, async (folder) => {
    const program = startFile([CLI, ...args(join(folder, 'main.mjs'))], { cwd: folder, env });
    try {
      return await use(program);
    } finally {
      program.kill();
      await program.exit();
    }
  });
}

function ending(code: string, args: (file: string) => readonly string[]): Promise<Ending> {
  return withCommand(code, args, (program) => program.exit());
}

async function ask(port: number, path = '/'): Promise<string> {
  const client = await RawClient.connect({ port });
  await client.write(get(path));
  await client.untilMessages(1);
  client.destroy();
  return text(client.messages[0]);
}

const TELL = `console.log(JSON.stringify(Bun.serve({ hostname: '127.0.0.1', fetch: () => new Response('x') }).port));`;
const noPorts = { BUN_PORT: '', PORT: '', NODE_PORT: '' };

describe('--port', () => {
  test.each([
    ['--port N file', (port: string, file: string) => ['--port', port, file]],
    ['--port=N file', (port: string, file: string) => [`--port=${port}`, file]],
    ['file --port N', (port: string, file: string) => [file, '--port', port]],
    ['file --port=N', (port: string, file: string) => [file, `--port=${port}`]],
  ])('%s', async (_, args) => {
    const port = await freePort();
    const env = { ...noPorts, BUN_PORT: '1' };
    await withCommand(
      TELL,
      (file) => args(String(port), file),
      async (program) => {
        expect(await program.next()).toBe(port);
        expect(await ask(port)).toBe('x');
      },
      env,
    );
  });

  test('the option of serve() wins', async () => {
    const code = TELL.replace('hostname', 'port: 0, hostname');
    await withCommand(
      code,
      (file) => ['--port', '1', file],
      async (program) => {
        expect(await program.next<number>()).toBeGreaterThan(1);
      },
    );
  });

  test('the environment without it', async () => {
    const port = await freePort();
    await withCommand(
      TELL,
      (file) => [file],
      async (program) => {
        expect(await program.next()).toBe(port);
      },
      { ...noPorts, NODE_PORT: String(port) },
    );
  });

  test.each([['abc'], ['-1'], ['65536'], ['1.5'], ['']])('%j is none', async (port) => {
    const { code, stdout, stderr } = await ending(TELL, (file) => [`--port=${port}`, file]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^bunserve: --port takes a number from 0 to 65535\n/);
  });
});

describe('export default', () => {
  test.each([
    ['fetch', "{ fetch: () => new Response('exported') }"],
    ['routes', "{ routes: { '/': new Response('exported') } }"],
    ['both', "{ routes: { '/x': new Response('no') }, fetch: () => new Response('exported') }"],
    [
      'an instance',
      "new (class { port = undefined; fetch() { return new Response('exported'); } })()",
    ],
  ])('%s', async (_, value) => {
    const port = await freePort();
    const code = `export default ${value}; setImmediate(() => console.log('ready'));`;
    await withCommand(
      code,
      (file) => ['--port', String(port), file],
      async (program) => {
        expect(await program.line()).toBe('ready');
        expect(await ask(port)).toBe('exported');
      },
    );
  });

  test('its own port', async () => {
    const port = await freePort();
    const code = `export default { port: ${port}, fetch: () => new Response('exported') }; setImmediate(() => console.log('ready'));`;
    await withCommand(
      code,
      (file) => [file],
      async (program) => {
        expect(await program.line()).toBe('ready');
        expect(await ask(port)).toBe('exported');
      },
    );
  });

  test('a server is not served a second time', async () => {
    const code = `
      const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('x') });
      setImmediate(() => { server.unref(); console.log('one'); });
      export default server;
    `;
    expect(await ending(code, (file) => [file])).toMatchObject({
      code: 0,
      stdout: 'one\n',
      stderr: '',
    });
  });

  test.each(['5', "'text'", 'null', '{}', '{ fetch: 5 }', '() => 1', '[]'])(
    '%s is no server',
    async (value) => {
      expect(await ending(`export default ${value};`, (file) => [file])).toMatchObject({
        code: 0,
        stdout: '',
        stderr: '',
      });
    },
  );
});

test('arguments of the program', async () => {
  const code = 'console.log(JSON.stringify([process.argv.length, ...process.argv.slice(1)]));';
  const { stdout } = await ending(code, (file) => ['--port', '0', file, 'a', '--flag', '-x']);
  const [length, main, ...rest] = JSON.parse(stdout) as [number, string, ...string[]];
  expect([length, rest]).toEqual([5, ['a', '--flag', '-x']]);
  expect(main).toMatch(/main\.mjs$/);
});

test('import { serve } from "bun"', async () => {
  const code = `
    import { serve } from 'bun';
    const server = serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('bun') });
    console.log(await (await fetch(server.url)).text());
    await server.stop();
  `;
  expect(await ending(code, (file) => [file])).toMatchObject({
    code: 0,
    stdout: 'bun\n',
    stderr: '',
  });
});

describe('failures', () => {
  test('no file', async () => {
    const { code, stderr } = await ending('', () => []);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Usage: bunserve \[OPTIONS\] FILE/);
  });

  test('a file that is not there', async () => {
    const { code, stderr } = await ending('', (file) => [`${file}.none`]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^bunserve: .*main\.mjs\.none\n$/);
  });

  test('an unknown option', async () => {
    const { code, stderr } = await ending('', (file) => ['--bogus', file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^bunserve: unknown option --bogus\n/);
  });

  test('a program that throws ends, even when it serves already', async () => {
    const code = `${TELL} throw new Error('of the program');`;
    const { code: exitCode, stderr } = await ending(code, (file) => ['--port', '0', file]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/Error: of the program/);
    expect(stderr).toMatch(/main\.mjs:1/);
  });

  test('a syntax error names the file', async () => {
    const { code, stderr } = await ending('const = 1;', (file) => [file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/main\.mjs:1/);
    expect(stderr).toMatch(/SyntaxError/);
  });

  test('a port in use', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const { code, stderr } = await ending(TELL, (file) => ['--port', String(port), file]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Failed to start server. Is port ${port} in use?`);
    await new Promise((done) => holder.close(done));
  });
});
