// SPDX-License-Identifier: MIT
// FormData bodies both ways: written as browsers write them, read back alike, and refused when they
// are not whole. Hostile input must fail in linear time.

import fc from 'fast-check';
import { Request } from '#lib/fetch/request.js';
import { Response } from '#lib/fetch/response.js';

const error = { name: 'TypeError', code: 'ERR_FORMDATA_PARSE_ERROR' };

function multipart(body: string, type = 'multipart/form-data; boundary=XX'): Promise<FormData> {
  return new Response(Buffer.from(body, 'latin1'), {
    headers: { 'content-type': type },
  }).formData();
}

function part(head: string, content: string): string {
  return `--XX\r\n${head}\r\n\r\n${content}\r\n`;
}

const field = (name: string, content: string): string =>
  part(`Content-Disposition: form-data; name="${name}"`, content);

describe('writing a form', () => {
  it('escapes names, normalises line ends and keeps file contents', async () => {
    const form = new FormData();
    form.append('a"\n', 'l\ni\r\nn\re');
    form.append('f', new File(['z\nz'], 'n"\r\n.txt', { type: 'text/x' }));
    form.append('g', new Blob(['q']));
    const response = new Response(form);
    const type = response.headers.get('content-type') as string;
    expect(type).toMatch(/^multipart\/form-data; boundary=----WebKitFormBoundary[0-9a-f]{32}$/);
    const boundary = type.slice(type.indexOf('=') + 1);
    expect(await response.text()).toBe(
      `--${boundary}\r\nContent-Disposition: form-data; name="a%22%0D%0A"\r\n\r\nl\r\ni\r\nn\r\ne\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="f"; filename="n%22%0D%0A.txt"\r\n` +
        `Content-Type: text/x\r\n\r\nz\nz\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="g"; filename="blob"\r\n` +
        `Content-Type: application/octet-stream\r\n\r\nq\r\n--${boundary}--\r\n`,
    );
  });

  it('takes a snapshot', async () => {
    const form = new FormData();
    form.append('a', '1');
    const request = new Request('http://a/', { method: 'POST', body: form });
    form.append('b', '2');
    expect([...(await request.formData()).keys()]).toEqual(['a']);
  });

  it('reads back what was written', async () => {
    const text = fc.string({ unit: 'binary' });
    const entry = fc.tuple(text, fc.oneof(text, fc.uint8Array({ maxLength: 40 })));
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 4 }), async (entries) => {
        const form = new FormData();
        for (const [name, value] of entries) {
          if (typeof value === 'string') form.append(name, value);
          else form.append(name, new File([value], `f-${name}`, { type: 'a/b' }));
        }
        const read = await new Response(form).formData();
        expect([...read.keys()].length).toBe(entries.length);
        const values = [...read.values()];
        for (const [i, [, value]] of entries.entries()) {
          if (typeof value === 'string') continue;
          const file = values[i] as File;
          expect([file.type, new Uint8Array(await file.arrayBuffer())]).toEqual(['a/b', value]);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('reading a form', () => {
  it('takes fields and files, in order, with their types', async () => {
    const form = await multipart(
      field('a', '1') +
        field('a', '') +
        part(
          'content-disposition: FORM-DATA; filename="x;y.txt"; name=f\r\ncontent-type: a/b',
          '\xff\r\n',
        ) +
        part('Content-Disposition: form-data; name="g"; filename=""', 'data') +
        '--XX--\r\n',
    );
    expect([...form.keys()]).toEqual(['a', 'a', 'f', 'g']);
    expect(form.getAll('a')).toEqual(['1', '']);
    const file = form.get('f') as File;
    expect([file.name, file.type, file.size]).toEqual(['x;y.txt', 'a/b', 3]);
    expect([(form.get('g') as File).name, (form.get('g') as File).type]).toEqual([
      '',
      'text/plain',
    ]);
  });

  it('undoes the escapes of names', async () => {
    const form = await multipart(`${field('a%22%0D%0Ab', '1')}--XX--`);
    expect([...form.keys()]).toEqual(['a"\r\nb']);
    const quoted = await multipart(`${field('q\\"q', '1')}--XX--`);
    expect([...quoted.keys()]).toEqual(['q"q']);
    const utf8 = await multipart(`${field('\xc3\xa9', '\xc3\xa9')}--XX--`);
    expect([...utf8]).toEqual([['é', 'é']]);
  });

  it('takes a backslash for an escape only where the rest makes sense then', async () => {
    const read = async (parameters: string): Promise<unknown[]> => {
      const head = `Content-Disposition: form-data; ${parameters}`;
      const form = await multipart(`${part(head, '1')}--XX--`);
      return [...form].map(([name, value]) =>
        typeof value === 'string' ? name : [name, (value as File).name],
      );
    };
    expect(await read('name="a\\"b"')).toEqual(['a"b']);
    expect(await read('name="a\\\\b"')).toEqual(['a\\b']);
    // As browsers write names that end in a backslash.
    expect(await read('name="a\\"')).toEqual(['a\\']);
    expect(await read('name="a\\"; filename="b"')).toEqual([['a\\', 'b']]);
    expect(await read('name="f"; filename="C:\\x\\"')).toEqual([['f', 'C:\\x\\']]);
    // A file must not become text, nor a name vanish, because of what stands beside it.
    expect(await read('name = "a" ;; filename="b";')).toEqual([['a', 'b']]);
    for (const broken of ['name="a"x; filename="b"', 'name="a', 'name=a"b', 'name="a""b"']) {
      await expect(read(broken)).rejects.toMatchObject({ code: 'ERR_FORMDATA_PARSE_ERROR' });
    }
  });

  it('does not find parameters inside quoted values', async () => {
    const head = 'Content-Disposition: form-data; filename="x; name=evil"; name="good"';
    expect([...(await multipart(`${part(head, '1')}--XX--`)).keys()]).toEqual(['good']);
  });

  it('skips a preamble and padding, and ignores an epilogue', async () => {
    const form = await multipart(
      `preamble\r\n--XX \t\r\n${field('a', '1').slice(6)}--XX--\r\nepilogue`,
    );
    expect([...form]).toEqual([['a', '1']]);
    expect([...(await multipart('--XX--\r\n'))]).toEqual([]);
  });

  it('knows boundaries that are quoted or full of odd characters', async () => {
    const boundary = "'()+_,-./:=?";
    const body = field('a', '1').replaceAll('XX', boundary);
    const form = await multipart(
      `${body}--${boundary}--`,
      `Multipart/Form-Data; boundary="${boundary}"`,
    );
    expect([...form]).toEqual([['a', '1']]);
  });

  it.each([
    ['nothing', ''],
    ['no boundary', 'text'],
    ['another boundary', field('a', '1').replaceAll('XX', 'YY')],
    ['no end', field('a', '1')],
    ['an end cut short', `${field('a', '1')}--XX-`],
    [
      'no line end after the boundary',
      '--XXContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--XX--',
    ],
    ['no empty line', '--XX\r\nContent-Disposition: form-data; name="a"\r\n--XX--'],
    ['no disposition', `${part('Content-Type: a/b', '1')}--XX--`],
    ['no name', `${part('Content-Disposition: form-data', '1')}--XX--`],
    ['another disposition', `${part('Content-Disposition: attachment; name="a"', '1')}--XX--`],
    ['a header without colon', `${part('Content-Disposition form-data; name="a"', '1')}--XX--`],
    [
      'a header without name',
      `${part(': x\r\nContent-Disposition: form-data; name="a"', '1')}--XX--`,
    ],
  ])('refuses %s', async (_what, body) => {
    await expect(multipart(body)).rejects.toMatchObject(error);
  });

  it.each([
    ['text/plain'],
    ['multipart/form-data'],
    ['multipart/form-data; boundary='],
    ['multipart/mixed; boundary=XX'],
    [''],
  ])('refuses a body of type %p', async (type) => {
    await expect(multipart(`${field('a', '1')}--XX--`, type)).rejects.toMatchObject(error);
    await expect(new Response(null).formData()).rejects.toMatchObject(error);
  });

  it('cut at any byte is refused, never half accepted', async () => {
    const body = `${field('a', '1')}${part('Content-Disposition: form-data; name="f"; filename="x"', 'y')}--XX--`;
    for (let length = 0; length < body.length; length++) {
      await expect(multipart(body.slice(0, length))).rejects.toMatchObject(error);
    }
    expect([...(await multipart(body)).keys()]).toEqual(['a', 'f']);
  });

  it('takes any bytes with its own error or a form', async () => {
    const piece = fc.constantFrom(
      '--XX',
      '--',
      '\r\n',
      '\r',
      '\n',
      ': ',
      'Content-Disposition: form-data; name="a"',
      '"',
      ';',
      'x',
      ' ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        const result = await multipart(pieces.join('')).catch((reason: unknown) => reason);
        if (!(result instanceof FormData)) expect(result).toMatchObject(error);
      }),
      { numRuns: 1000 },
    );
  });

  // Quadratic scans of these runs take minutes, far beyond the time a test has.
  it('takes long runs of one character in linear time', async () => {
    const run = ' '.repeat(1_000_000);
    const bodies = [
      part(`Content-Disposition: form-data;${run}x`, '1'),
      part(`Content-Disposition: form-data; name="a${'\\"'.repeat(500_000)}`, '1'),
      `--XX${run}x`,
      part(`X: ${run}x`, '1'),
    ];
    for (const body of bodies)
      await expect(multipart(`${body}--XX--`)).rejects.toMatchObject(error);
    await expect(multipart('', `a/b;${run}x`)).rejects.toMatchObject(error);
    await expect(multipart('', `${run}a/b${run};a="${run}`)).rejects.toMatchObject(error);
  });
});

describe('reading a urlencoded body', () => {
  it('decodes names and values', async () => {
    const response = new Response('a=1&b=%C3%A9+x&a=2&&c', {
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    });
    expect([...(await response.formData())]).toEqual([
      ['a', '1'],
      ['b', 'é x'],
      ['a', '2'],
      ['c', ''],
    ]);
  });
});
