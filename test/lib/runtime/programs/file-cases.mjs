// SPDX-License-Identifier: MIT
// Cases of Bun.file(): what a file says of itself, reading it, and its parts. Compared with Bun's.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCases } from './shown.mjs';

const { Bun } = globalThis;
const folder = mkdtempSync(join(tmpdir(), 'bunserve-file-cases-'));
process.chdir(folder);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const CONTENT = 'hello file world';
const make = (name, content = CONTENT) => {
  writeFileSync(name, content);
  return name;
};
make('a.txt');
make('empty.txt', '');
make('data.json', '{"a":[1,2,{"b":null}]}');
make('broken.json', '{"a":');
make('utf8.txt', 'ü€😀');
make('bom8.txt', '\ufeffwith a mark');
make('utf16.txt', Buffer.from('\ufeffsixteen ü', 'utf16le'));
make('invalid.txt', Buffer.from([0x61, 0xff, 0xfe, 0x62]));
make('large.bin', new Uint8Array(3_000_000).fill(7));
mkdirSync('folder');
symlinkSync('a.txt', 'link.txt');
symlinkSync('nowhere', 'dangling');
execFileSync('mkfifo', ['fifo']);
const made = new Date('2020-05-06T07:08:09Z');
utimesSync('a.txt', made, made);

const file = (path, options) => Bun.file(path, options);
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
/** What tells one error from another, without the wording of the system. */
const failure = async (use) => {
  const { name, code, syscall, errno } = await later(use);
  return { name, code, syscall, errno };
};
const decoded = (bytes) => new TextDecoder().decode(bytes);
const readers = ['text', 'json', 'bytes', 'arrayBuffer', 'stat', 'formData'];
const withDescriptor = async (path, use) => {
  const fd = openSync(path, 'r');
  try {
    return await use(fd);
  } finally {
    closeSync(fd);
  }
};
async function pieces(stream) {
  const found = [];
  for await (const piece of stream) found.push(piece);
  return found;
}
const total = async (stream) => Buffer.concat(await pieces(stream)).length;
const facts = (one) => [one.size, one.type, one.name];

const SLICES = [
  [],
  [0],
  [5],
  [5, 10],
  [0, 16],
  [0, 100],
  [5, 5],
  [10, 5],
  [16],
  [20, 30],
  [1.9, 3.9],
  [NaN, 3],
  [undefined, 4],
  [3, undefined],
  [0, Infinity],
  ['text/html'],
  [2, 'text/html'],
  [2, 6, 'text/html'],
  [2, 6, ''],
];

const TYPES = [
  'x/y',
  'X/Y',
  'text/html',
  'application/json',
  '',
  'not a type',
  'tëxt',
  'a\r\nb: c',
];

const cases = {
  'what a file says of itself': () => {
    const one = file('a.txt');
    return [
      ...facts(one),
      one.lastModified,
      one instanceof Blob,
      Object.prototype.toString.call(one),
      typeof one.stream,
      typeof one.writer,
      typeof one.unlink,
    ];
  },
  'a path, a URL, bytes, a descriptor': async () => {
    const path = join(folder, 'a.txt');
    const ways = [path, pathToFileURL(path), Buffer.from(path), new TextEncoder().encode(path)];
    const found = [];
    for (const way of ways) found.push(await file(way).text(), file(way).size);
    found.push(await withDescriptor(path, (fd) => file(fd).text()));
    found.push(await withDescriptor(path, (fd) => file(fd).size));
    return found;
  },
  'names of files by URL and descriptor': async () => [
    file(pathToFileURL(join(folder, 'a.txt'))).name === join(folder, 'a.txt'),
    await withDescriptor('a.txt', (fd) => file(fd).name),
    file('a.txt').slice(1, 2).name,
  ],
  'what is no file': () =>
    [undefined, null, {}, [], true, -1, 1.5, NaN, 2 ** 40, 'a\0b', new URL('http://x/y')].map(
      (value) => {
        const result = attempt(() => file(value));
        return result instanceof Error ? [result.name, result.code] : 'taken';
      },
    ),
  'types by name': () =>
    ['a.html', 'a.css', 'a.js', 'a.ts', 'a.tsx', 'a.json', 'a.svg', 'a.png', 'a.mp4', 'a.webm']
      .concat(['a.md', 'a.csv', 'a.xml', 'a.yaml', 'a.toml', 'a.ico', 'a.wasm', 'a.gz', 'a.woff2'])
      .concat(['A.HTML', 'a.unknown', 'noextension', '.hidden', 'a.', 'a.tar.gz', 'a.pdf', 'a.zip'])
      .map((name) => file(name).type),
  'types that are given': () => TYPES.map((type) => file('a.txt', { type }).type),
  'options that are none': () =>
    [null, undefined, 5, 'x', {}, { type: 5 }, { type: null }].map((options) => {
      const result = attempt(() => file('a.txt', options).type);
      return result instanceof Error ? result.name : result;
    }),
  'nothing there': async () => {
    const none = file('none.txt');
    return [...facts(none), none.lastModified, await none.exists()];
  },
  'reading nothing': () =>
    Promise.all(readers.map((name) => failure(() => file('none.txt')[name]()))),
  exists: () =>
    Promise.all(
      ['a.txt', 'none.txt', 'folder', 'link.txt', 'dangling', 'fifo', '/dev/null', '']
        .map((path) => file(path).exists())
        .concat(file('a.txt').slice(3).exists()),
    ),
  'a folder': async () => [
    await failure(() => file('folder').text()),
    await failure(() => file('folder').bytes()),
    (await file('folder').stat()).isDirectory(),
  ],
  'a link': async () => [await file('link.txt').text(), file('link.txt').size],
  'a link to nowhere': async () => [
    file('dangling').size,
    await failure(() => file('dangling').text()),
  ],
  text: async () => [
    await file('a.txt').text(),
    await file('empty.txt').text(),
    await file('utf8.txt').text(),
    await file('bom8.txt').text(),
    await file('utf16.txt').text(),
    await file('invalid.txt').text(),
  ],
  json: async () => [
    await file('data.json').json(),
    (await later(() => file('broken.json').json())).name,
    (await later(() => file('empty.txt').json())).name,
  ],
  bytes: async () => {
    const bytes = await file('a.txt').bytes();
    return [bytes, bytes.constructor === Uint8Array, (await file('empty.txt').bytes()).length];
  },
  arrayBuffer: async () => [
    await file('a.txt').arrayBuffer(),
    (await file('large.bin').arrayBuffer()).byteLength,
  ],
  'a file is read as it is at that moment': async () => {
    const one = file(make('changing.txt', 'one'));
    const found = [await one.text(), one.size];
    appendFileSync('changing.txt', ' two');
    found.push(await one.text(), one.size);
    unlinkSync('changing.txt');
    found.push(await one.exists(), one.size);
    return found;
  },
  stat: async () => {
    const stat = await file('a.txt').stat();
    return [stat.size, stat.isFile(), stat.mtime, Math.trunc(stat.mtimeMs)];
  },
  'the size of a part': () => SLICES.map((range) => file('a.txt').slice(...range).size),
  'the type of a part': () => SLICES.map((range) => file('a.txt').slice(...range).type),
  'the text of a part': () =>
    Promise.all(
      SLICES.map((range) =>
        file('a.txt')
          .slice(...range)
          .text(),
      ),
    ),
  'the stream of a part': () =>
    Promise.all(
      SLICES.map(async (range) =>
        decoded(
          Buffer.concat(
            await pieces(
              file('a.txt')
                .slice(...range)
                .stream(),
            ),
          ),
        ),
      ),
    ),
  'parts of parts': () =>
    Promise.all(
      [
        file('a.txt').slice(4).slice(2, 5),
        file('a.txt').slice(2, 10).slice(1, 100),
        file('a.txt').slice(2, 10).slice(3).slice(1),
        file('a.txt').slice(2, 10).slice(20),
      ].map((part) => part.text()),
    ),
  'a part of nothing': async () => [
    file('none.txt').slice(1, 3).size,
    await failure(() => file('none.txt').slice(1, 3).text()),
  ],
  'a part of an empty file': async () => [
    file('empty.txt').slice(0, 5).size,
    await file('empty.txt').slice(0, 5).text(),
  ],
  stream: async () => [
    await total(file('large.bin').stream()),
    await total(file('empty.txt').stream()),
    decoded(Buffer.concat(await pieces(file('a.txt').stream()))),
  ],
  'a stream of pieces': async () => {
    const found = await pieces(file('large.bin').stream(1000));
    return [found.every((piece) => piece.length <= 3_000_000), Buffer.concat(found).length];
  },
  'streams of nothing and of a folder': async () => [
    (await later(() => pieces(file('none.txt').stream()))).code,
    (await later(() => pieces(file('folder').stream()))).code,
  ],
  'a stream that is cancelled': async () => {
    const reader = file('large.bin').stream().getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return [value.length > 0, (await reader.read()).done];
  },
  'a stream twice': async () => {
    const one = file('a.txt');
    return [await total(one.stream()), await total(one.stream()), await one.text()];
  },
  'a response of a file': async () => {
    const response = new Response(file('a.txt'));
    return [
      response.headers.get('content-type'),
      response.bodyUsed,
      await response.text(),
      response.bodyUsed,
      (await later(() => response.text())).name,
    ];
  },
  'what a response of a file can be read as': async () => [
    await new Response(file('data.json')).json(),
    await new Response(file('a.txt')).bytes(),
    await new Response(file('a.txt').slice(2, 6)).text(),
    (await new Response(file('a.txt')).blob()).size,
    await total(new Response(file('a.txt')).body),
    await new Response(file('a.txt')).clone().text(),
    (await later(() => new Response(file('none.txt')).text())).code,
  ],
  'a request with a file': async () => {
    const request = new Request('http://x/', { method: 'POST', body: file('a.txt') });
    return [request.headers.get('content-type'), await request.text()];
  },
  'a file in a Blob': async () => [await new Blob(['<', file('a.txt'), '>']).text()],
  'a file in a form': async () => {
    const form = new FormData();
    form.append('one', file('a.txt'));
    form.append('two', file('a.txt').slice(6, 10), 'part.txt');
    const back = await new Response(form).formData();
    const [one, two] = [back.get('one'), back.get('two')];
    return [one.name, await one.text(), two.name, await two.text(), two.size];
  },
  'a form in a file': async () => {
    const body = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n';
    make('form', body);
    const form = await file('form', { type: 'multipart/form-data; boundary=x' }).formData();
    return [...form.entries()];
  },
  'a descriptor stays open': () =>
    withDescriptor('a.txt', async (fd) => {
      const text = await file(fd).slice(0, 5).text();
      const again = Buffer.alloc(5);
      readSync(fd, again, 0, 5, 0);
      return [text, again.toString()];
    }),
  'a descriptor that is closed': async () => {
    const fd = openSync('a.txt', 'r');
    closeSync(fd);
    return (await later(() => file(fd).text())).code;
  },
  'a device without an end': async () => [
    (await file('/dev/zero').slice(0, 8).bytes()).length,
    await file('/dev/null').text(),
  ],
  'a file of /proc': async () => (await file('/proc/self/stat').text()).length > 10,
  'a pipe': async () => {
    const text = file('fifo').text();
    setTimeout(() => execFileSync('sh', ['-c', 'printf piped > fifo']), 20);
    return text;
  },
  'delete and unlink': async () => {
    const found = [];
    for (const name of ['delete', 'unlink']) {
      await file(make('gone.txt'))[name]();
      found.push(existsSync('gone.txt'));
      found.push(await failure(() => file('gone.txt')[name]()));
    }
    return found;
  },
  'deleting a descriptor': () =>
    withDescriptor('a.txt', async (fd) => (await later(() => file(fd).delete())).name),
  'a name can be changed, and only the name': async () => {
    const one = file('a.txt');
    one.name = 'other.txt';
    return [one.name, await one.text(), attempt(() => ((one.size = 3), one.size)).name];
  },
  'a file that became shorter': async () => {
    make('shorter.txt', 'x'.repeat(100_000));
    const one = file('shorter.txt');
    const size = one.size;
    truncateSync('shorter.txt', 10);
    return [size, await one.text()];
  },
  'many at once': async () => {
    const texts = await Promise.all(Array.from({ length: 500 }, () => file('a.txt').text()));
    return [texts.length, new Set(texts).size];
  },
};

await runCases(cases, process.argv[2]);
