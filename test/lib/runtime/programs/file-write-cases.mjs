// SPDX-License-Identifier: MIT
// Cases of Bun.write(), BunFile.write() and BunFile.writer(). Compared with Bun's.
import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCases } from './shown.mjs';

const { Bun } = globalThis;
const folder = mkdtempSync(join(tmpdir(), 'bunserve-write-cases-'));
process.chdir(folder);
process.umask(0o022);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

writeFileSync('source.txt', 'hello file world');
writeFileSync('large.bin', new Uint8Array(2_000_000).fill(9));
mkdirSync('folder');

const text = (path) => readFileSync(path, 'utf8');
const later = (use) =>
  Promise.resolve()
    .then(use)
    .catch((error) => error);
const failure = async (use) => {
  const { name, code, syscall } = await later(use);
  return { name, code, syscall };
};
const bytes = (value) => new TextEncoder().encode(value);
const streamOf = (...pieces) =>
  new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
let count = 0;
const fresh = () => `fresh-${++count}`;
/** What one write returns, and what is in the file then. */
const written = async (data, before) => {
  const path = fresh();
  if (before !== undefined) writeFileSync(path, before);
  const result = await Bun.write(path, data);
  return [result, text(path)];
};
const used = async () => {
  const response = new Response('used');
  await response.text();
  return response;
};

const cases = {
  strings: async () => [await written('hello'), await written(''), await written('ü€😀')],
  'bytes of all kinds': async () => [
    await written(bytes('bytes')),
    await written(bytes('buffer').buffer),
    await written(Buffer.from('node')),
    await written(new DataView(bytes('a view').buffer, 2)),
    await written(new Uint16Array([0x6161, 0x6262])),
    await written(new Uint8Array(0)),
  ],
  Blobs: async () => [
    await written(new Blob(['a', 'b'])),
    await written(new Blob([])),
    await written(new Blob(['abcdef']).slice(2, 4)),
  ],
  Responses: async () => [
    await written(new Response('a response')),
    await written(new Response()),
    await written(new Response(bytes('bytes'))),
    await written(new Response(streamOf(bytes('a'), bytes('stream')))),
    await written(new Response(Bun.file('source.txt'))),
    await written(Response.json({ a: 1 })),
    (await later(async () => Bun.write(fresh(), await used()))).name,
  ],
  Requests: async () => [
    await written(new Request('http://x/', { method: 'POST', body: 'a request' })),
  ],
  files: async () => [
    await written(Bun.file('source.txt')),
    await written(Bun.file('source.txt').slice(6, 10)),
    (await written(Bun.file('large.bin')))[0],
    await failure(() => Bun.write(fresh(), Bun.file('none'))),
    (await failure(() => Bun.write(fresh(), Bun.file('folder')))).name,
  ],
  'what is longer is replaced as a whole': async () => [
    await written('ab', 'longer than that'),
    await written(Bun.file('source.txt').slice(0, 2), 'longer than that'),
    await written('', 'longer than that'),
  ],
  'a file by its path, URL, BunFile and descriptor': async () => {
    const path = join(folder, fresh());
    const found = [];
    for (const target of [path, pathToFileURL(path), Bun.file(path), Buffer.from(path)]) {
      found.push(await Bun.write(target, `to ${found.length}`), text(path));
    }
    const fd = openSync(path, 'w');
    found.push(await Bun.write(fd, 'descriptor'), text(path), fstatSync(fd).size);
    closeSync(fd);
    return found;
  },
  'BunFile.write': async () => {
    const one = Bun.file(fresh());
    return [
      await one.write('first'),
      await one.text(),
      await one.write(bytes('b')),
      await one.text(),
    ];
  },
  'folders above are made': async () => {
    const path = join('deep', 'er', 'file.txt');
    const result = [await Bun.write(path, 'deep'), text(path)];
    result.push(await failure(() => Bun.write('no/such/file', 'x', { createPath: false })));
    return [...result, existsSync('no')];
  },
  'a folder is no destination': () => failure(() => Bun.write('folder', 'x')),
  'a file is no folder': () => failure(() => Bun.write('source.txt/below', 'x')),
  mode: async () => {
    const modes = [];
    for (const options of [undefined, { mode: 0o600 }, { mode: 0o755 }]) {
      const path = fresh();
      await Bun.write(path, 'x', options);
      modes.push(statSync(path).mode & 0o777);
    }
    return modes;
  },
  'the mode of a file that is there stays': async () => {
    const path = fresh();
    writeFileSync(path, 'x');
    chmodSync(path, 0o640);
    await Bun.write(path, 'y', { mode: 0o600 });
    const found = [statSync(path).mode & 0o777];
    await Bun.write(path, Bun.file('source.txt'));
    return [...found, statSync(path).mode & 0o777];
  },
  'a link is written through': async () => {
    writeFileSync('behind.txt', 'before');
    symlinkSync('behind.txt', 'link');
    await Bun.write('link', 'after');
    return [text('behind.txt'), readdirSync('.').includes('link')];
  },
  'a second name of the file sees it, too': async () => {
    writeFileSync('name-1', 'before');
    linkSync('name-1', 'name-2');
    await Bun.write('name-1', 'after');
    return text('name-2');
  },
  'onto itself': async () => {
    writeFileSync('itself.txt', 'stays');
    return [await Bun.write('itself.txt', Bun.file('itself.txt')), text('itself.txt')];
  },
  'what cannot be written': async () =>
    Promise.all(
      [null, undefined].map(async (data) => (await later(() => Bun.write('x', data))).name),
    ),
  'what is no destination': async () =>
    Promise.all(
      [null, undefined, {}, true, new Blob(['x'])].map(
        async (target) => (await later(() => Bun.write(target, 'x'))).name,
      ),
    ),
  'options that are none': async () =>
    Promise.all(
      [5, 'x', { mode: 'x' }, { mode: -1 }, { mode: 0o1000 }, { mode: 1.5 }, { createPath: 1 }].map(
        async (options) => {
          const result = await later(() => Bun.write(fresh(), 'x', options));
          return result instanceof Error ? [result.name, result.code] : result;
        },
      ),
    ),
  'to a device': async () => await Bun.write('/dev/null', 'gone'),
  'a writer': async () => {
    const path = fresh();
    const writer = Bun.file(path).writer();
    const counts = [writer.write('a'), writer.write(bytes('bc')), writer.write(bytes('de').buffer)];
    counts.push(await writer.flush(), text(path), writer.write('f'));
    counts.push(await writer.end(), text(path));
    return counts;
  },
  'a writer over what is there': async () => {
    const path = fresh();
    writeFileSync(path, 'longer than that');
    const writer = Bun.file(path).writer();
    writer.write('short');
    await writer.end();
    return text(path);
  },
  'a writer with a mark': async () => {
    const path = fresh();
    const writer = Bun.file(path).writer({ highWaterMark: 4 });
    for (let i = 0; i < 10; i++) writer.write(`${i}${i}`);
    await writer.end();
    return text(path);
  },
  'a writer of a lot': async () => {
    const path = fresh();
    const writer = Bun.file(path).writer();
    for (let i = 0; i < 300; i++) writer.write('x'.repeat(10_000));
    await writer.end();
    return statSync(path).size;
  },
  'a writer that is over': async () => {
    const writer = Bun.file(fresh()).writer();
    writer.write('x');
    await writer.end();
    return [await writer.end(), (await later(() => writer.write('y'))) instanceof Error];
  },
  'a writer to nowhere': async () => {
    const one = await later(() => Bun.file('none/such').writer());
    return one instanceof Error ? one.code : (await later(() => one.end())).code;
  },
  'a writer to a descriptor': async () => {
    const path = fresh();
    const fd = openSync(path, 'w');
    const writer = Bun.file(fd).writer();
    writer.write('by descriptor');
    await writer.end();
    const found = [text(path), fstatSync(fd).size];
    closeSync(fd);
    return found;
  },
  'many at once': async () => {
    const paths = Array.from({ length: 200 }, fresh);
    const counts = await Promise.all(paths.map((path, i) => Bun.write(path, `${i}`)));
    return [counts.length, paths.every((path, i) => text(path) === `${i}`)];
  },
};

await runCases(cases, process.argv[2]);
