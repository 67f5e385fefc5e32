// SPDX-License-Identifier: MIT
//
// The Content-Disposition that Bun adds to files of types a browser would not show: a download is
// then saved under the file's own name (behaviours 8.14).

const path = process.getBuiltinModule('node:path');

const SHOWN = /^(?:text|image|video|audio|font)\/|^application\/(?:json|wasm)(?:;|$)/;
// What cannot stand in a quoted string as it is (RFC 9110 section 5.6.4), or is not ASCII.
const NOT_PLAIN = /[^\x20-\x7e]|["\\]/;

function filename(name: string): string {
  if (!NOT_PLAIN.test(name)) return `filename="${name}"`;
  // RFC 8187. encodeURIComponent() refuses half characters, which UTF-8 does not have, and leaves
  // four that the grammar does not allow.
  const encoded = encodeURIComponent(Buffer.from(name).toString()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename*=UTF-8''${encoded}`;
}

/** The complete line, '' for none. `file`: a path; descriptors have no name. */
export function dispositionLine(type: string, file: string | number): string {
  if (SHOWN.test(type) || typeof file === 'number') return '';
  return `content-disposition: ${filename(path.basename(file))}\r\n`;
}
