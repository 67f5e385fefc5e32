// SPDX-License-Identifier: MIT
// The package as npm packs it, installed into an empty folder without scripts: the command, the
// loader, the plain import, and under Bun's own name. The addon is this checkout's.
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPackage } from '../packaging/installed.js';
import { startFile } from '../process/program.js';
import { nodeFile, NODES } from './compared.js';

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

test('from an empty folder, without scripts: every way in', async () => {
  const { folder, remove } = await installPackage();
  try {
    // What npm makes of "bun": "npm:bunserve".
    const modules = join(folder, 'node_modules');
    cpSync(join(modules, 'bunserve'), join(modules, 'bun'), { recursive: true });
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
    const ways: [string[], string][] = [
      [[join(modules, '.bin', 'bunserve'), 'server.ts'], 'Hello you!\n'],
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
  } finally {
    remove();
  }
});
