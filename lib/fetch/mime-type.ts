// SPDX-License-Identifier: MIT
// MIME types as the MIME Sniffing standard parses and serialises them, and the Fetch standard's
// "extract a MIME type" from a Content-Type value, which may be several joined by commas.
// No table of types and no file extensions here.

export interface MimeType {
  /** `type/subtype`, lower case. */
  readonly essence: string;
  readonly parameters: Map<string, string>;
}

const tokenPattern = /^[!#$%&'*+\-.^_`|~A-Za-z0-9]+$/;
const quotedTextPattern = /^[\t\x20-\x7e\x80-\xff]*$/;

function isHttpWhitespace(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r';
}

// Loops: a pattern anchored at the end takes quadratic time on a long run of spaces.
function trimHttp(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isHttpWhitespace(text[start])) start++;
  while (end > start && isHttpWhitespace(text[end - 1])) end--;
  return text.slice(start, end);
}

/** Reads a quoted string that starts at `start`; returns its value and the index after it. */
function quotedString(text: string, start: number): { value: string; end: number } {
  let value = '';
  let i = start + 1;
  while (i < text.length) {
    const char = text[i++] as string;
    if (char === '"') break;
    if (char === '\\' && i < text.length) value += text[i++] as string;
    else value += char;
  }
  return { value, end: i };
}

function parseParameters(text: string, start: number): Map<string, string> {
  const parameters = new Map<string, string>();
  let i = start;
  while (i < text.length) {
    i++;
    while (isHttpWhitespace(text[i])) i++;
    const nameStart = i;
    while (i < text.length && text[i] !== ';' && text[i] !== '=') i++;
    const name = text.slice(nameStart, i).toLowerCase();
    if (text[i] !== '=') continue;
    i++;
    let value: string;
    if (text[i] === '"') {
      ({ value, end: i } = quotedString(text, i));
      while (i < text.length && text[i] !== ';') i++;
    } else {
      const valueStart = i;
      while (i < text.length && text[i] !== ';') i++;
      value = trimHttp(text.slice(valueStart, i));
      if (value === '') continue;
    }
    const sound = tokenPattern.test(name) && quotedTextPattern.test(value);
    if (sound && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

export function parseMimeType(input: string): MimeType | null {
  const text = trimHttp(input);
  const semicolon = text.indexOf(';');
  const head = semicolon < 0 ? text : text.slice(0, semicolon);
  const slash = head.indexOf('/');
  if (slash < 0) return null;
  const type = head.slice(0, slash);
  const subtype = trimHttp(head.slice(slash + 1));
  if (!tokenPattern.test(type) || !tokenPattern.test(subtype)) return null;
  return {
    essence: `${type}/${subtype}`.toLowerCase(),
    parameters: semicolon < 0 ? new Map<string, string>() : parseParameters(text, semicolon),
  };
}

export function serializeMimeType(mime: MimeType): string {
  let text = mime.essence;
  for (const [name, value] of mime.parameters) {
    const written = tokenPattern.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
    text += `;${name}=${written}`;
  }
  return text;
}

/** Splits on commas outside of quoted strings. */
function splitValues(combined: string): string[] {
  const values: string[] = [];
  let start = 0;
  let i = 0;
  while (i < combined.length) {
    if (combined[i] === '"') {
      i = quotedString(combined, i).end;
    } else if (combined[i] === ',') {
      values.push(combined.slice(start, i));
      start = ++i;
    } else {
      i++;
    }
  }
  values.push(combined.slice(start));
  return values;
}

/** The type a Content-Type header stands for: the last valid value; its charset may be inherited. */
export function extractMimeType(contentType: string | null): MimeType | null {
  if (contentType === null) return null;
  let charset: string | null = null;
  let essence: string | null = null;
  let found: MimeType | null = null;
  for (const value of splitValues(contentType)) {
    const mime = parseMimeType(value);
    if (mime === null || mime.essence === '*/*') continue;
    found = mime;
    if (mime.essence !== essence) {
      charset = mime.parameters.get('charset') ?? null;
      essence = mime.essence;
    } else if (!mime.parameters.has('charset') && charset !== null) {
      mime.parameters.set('charset', charset);
    }
  }
  return found;
}
