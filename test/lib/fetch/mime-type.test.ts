// SPDX-License-Identifier: MIT
// MIME types by the MIME Sniffing standard's algorithms, and the Fetch standard's extraction from
// joined Content-Type values.

import { extractMimeType, parseMimeType, serializeMimeType } from '#lib/fetch/mime-type.js';
import { Response } from '#lib/fetch/response.js';

function roundTrip(text: string): string | null {
  const mime = parseMimeType(text);
  return mime === null ? null : serializeMimeType(mime);
}

describe('a MIME type', () => {
  it.each([
    ['text/html', 'text/html'],
    [' TEXT/HTML\t', 'text/html'],
    ['text/html;charset=UTF-8', 'text/html;charset=UTF-8'],
    ['text/html; Charset="UTF-8" ; a=b', 'text/html;charset=UTF-8;a=b'],
    ['text/html;charset="a b"', 'text/html;charset="a b"'],
    ['text/html;charset="a\\"\\\\b"', 'text/html;charset="a\\"\\\\b"'],
    ['text/html;charset="\\x', 'text/html;charset=x'],
    ['text/html;charset=', 'text/html'],
    ['text/html;charset=""', 'text/html;charset=""'],
    ['text/html;;;a=b;a=c', 'text/html;a=b'],
    ['text/html;a;b=c', 'text/html;b=c'],
    ['text/html;a b=c', 'text/html'],
    ['text/html;a=\u0100', 'text/html'],
    ['text /html', null],
    ['text', null],
    ['text/', null],
    ['/html', null],
    ['text/ht ml', null],
    ['', null],
    [';a/b', null],
  ])('%p is read as %p', (text, expected) => {
    expect(roundTrip(text)).toBe(expected);
  });

  it.each([
    ['text/plain', 'text/plain'],
    ['text/html;charset=gbk, text/html', 'text/html;charset=gbk'],
    ['text/html;charset=gbk;a=b, text/html;x=y', 'text/html;x=y;charset=gbk'],
    ['text/html;charset=gbk, a/b, text/html', 'text/html'],
    ['text/html, nonsense', 'text/html'],
    ['a/b, */*', 'a/b'],
    ['text/html;x=","', 'text/html;x=","'],
    ['text/html;x="a, b/c', 'text/html;x="a, b/c"'],
    ['*/*', null],
    [null, null],
  ])('of %p is extracted as %p', (header, expected) => {
    const mime = extractMimeType(header);
    expect(mime === null ? null : serializeMimeType(mime)).toBe(expected);
  });

  it('of the headers types the blob of a body', async () => {
    const blobType = async (type: string): Promise<string> =>
      (await new Response('', { headers: { 'content-type': type } }).blob()).type;
    expect(await blobType('Mytext/Plain')).toBe('mytext/plain');
    expect(await blobType('text/html;charset=UTF-8')).toBe('text/html;charset=utf-8');
    expect(await blobType('')).toBe('');
    const response = new Response(new URLSearchParams());
    response.headers.delete('content-type');
    expect((await response.blob()).type).toBe('');
  });
});
