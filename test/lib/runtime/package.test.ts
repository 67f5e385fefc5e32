// SPDX-License-Identifier: MIT
// The package as npm packs it, installed into an empty folder without scripts: the command, the
// loader, the plain import, and under Bun's own name. The addon is this checkout's.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFolder } from '../../helpers/folder.js';
import { root, startFile } from '../process/program.js';
import { nodeFile, NODES } from './compared.js';

const run = promisify(execFile);

const serveAs = (name: string): string => `
  import { serve } from '${name}';
  const server = serve({ port: 0, routes: { '/:id': (req) => new Response(req.params.id) } });
  console.log(await (await fetch(server.url.href + '${name}')).text());
  await server.stop();`;
const FILES = {
  'package.json': '{ "private": true, "type": "module" }',
  'server.ts': `
    import { serve, type BunRequest } from 'bun';
    import { greeting } from './greeting';
    import config from './config.toml';
    const server = serve({
      port: 0,
      routes: { '/:id': (req: BunRequest<'/:id'>) => new Response(greeting(req.params.id) + config.end) },
    });
    console.log(await (await fetch(new URL('you', server.url))).text());
    await server.stop();`,
  'greeting.ts':
    'export enum Word { Hello }\nexport const greeting = (name: string): string => `${Word[0]} ${name}`;',
  'config.toml': 'end = "!"',
  'plain.mjs': serveAs('bunserve'),
  'alias.mjs': serveAs('bun'),
};

test('npm pack, npm install --ignore-scripts, and every way in', async () => {
  await withFolder(FILES, async (folder) => {
    const env = { ...process.env, npm_config_update_notifier: 'false' };
    const npm = (args: string[], cwd: string) => run('npm', args, { cwd, env });
    const { stdout } = await npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
    const file = `file:${join(folder, stdout.trim().split('\n').at(-1) as string)}`;
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await npm(['install', ...flags, file, `bun@${file}`], folder);
    for (const name of ['bunserve', 'bun']) {
      const release = join(folder, 'node_modules', name, 'build', 'Release');
      mkdirSync(release, { recursive: true });
      cpSync(join(root, 'build', 'Release', 'bunserve.node'), join(release, 'bunserve.node'));
    }
    const cli = join(folder, 'node_modules', '.bin', 'bunserve');
    const ways: [string[], string][] = [
      [[cli, 'server.ts'], 'Hello you!\n'],
      [['--import', 'bunserve/register', 'server.ts'], 'Hello you!\n'],
      [['plain.mjs'], 'bunserve\n'],
      [['alias.mjs'], 'bun\n'],
    ];
    for (const major of NODES) {
      const node = await nodeFile(major);
      const endings = await Promise.all(
        ways.map(([args]) => startFile(args, { node, cwd: folder }).exit()),
      );
      expect(endings.map(({ stdout, stderr }) => stdout + stderr)).toEqual(
        ways.map(([, output]) => output),
      );
    }
  });
}, 180_000);
