// SPDX-License-Identifier: MIT
// Content types that a body brings along when the user gave none.
// Two faces: what `headers.get('content-type')` shows (the Fetch standard's value) and what goes on
// the wire (Bun 1.4.5's value and spelling). They differ only for text, bytes and JSON.

export const AutoType = {
  /** No body, a stream, or a header of the user's own. */
  None: 0,
  Text: 1,
  /** Visible: none. */
  Bytes: 2,
  /** An empty string. Wire: none. */
  EmptyText: 3,
  Json: 4,
  /** The body names its type itself: Blob, URLSearchParams, FormData. */
  Own: 5,
} as const;

/** Value that scripts see, '' for none. */
export function visibleType(type: number): string {
  if (type === AutoType.Text || type === AutoType.EmptyText) return 'text/plain;charset=UTF-8';
  return type === AutoType.Json ? 'application/json' : '';
}

/** Value on the wire, '' for none. */
export function wireType(type: number): string {
  if (type === AutoType.Text) return 'text/plain;charset=utf-8';
  if (type === AutoType.Json) return 'application/json;charset=utf-8';
  return type === AutoType.Bytes ? 'application/octet-stream' : '';
}

/** How the automatic line is written, if at all. */
export const TypeLine = {
  /** A handler's response: `content-type`. */
  Lower: 0,
  /** A static route: `Content-Type`. */
  Canonical: 1,
  /** HEAD, 204, 304 from a handler. */
  Omit: 2,
} as const;

// [form][type]. JSON's is a header that Response.json() sets, so it is canonical and never omitted.
const lines: readonly (readonly string[])[] = [
  [
    '',
    `content-type: ${wireType(AutoType.Text)}\r\n`,
    `content-type: ${wireType(AutoType.Bytes)}\r\n`,
    '',
    `Content-Type: ${wireType(AutoType.Json)}\r\n`,
  ],
  [
    '',
    `Content-Type: ${wireType(AutoType.Text)}\r\n`,
    // Bun's static routes name no type for bytes.
    '',
    '',
    `Content-Type: ${wireType(AutoType.Json)}\r\n`,
  ],
  ['', '', '', '', `Content-Type: ${wireType(AutoType.Json)}\r\n`],
];

/** The whole line for a type without own value, '' for none. */
export function autoTypeLine(type: number, form: number): string {
  return (lines[form] as readonly string[])[type] as string;
}

/** The line for a type that the body names itself. */
export function ownTypeLine(value: string, form: number): string {
  if (value === '' || form === TypeLine.Omit) return '';
  return form === TypeLine.Canonical ? `Content-Type: ${value}\r\n` : `content-type: ${value}\r\n`;
}
