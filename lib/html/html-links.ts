// SPDX-License-Identifier: MIT
//
// Where an HTML text names other files, found without building a tree of it: start tags, their
// attributes, and which of these are URLs that a browser loads. Follows the tokeniser of the HTML
// standard as far as attributes go; texts of scripts, styles and comments are passed over.

/** Attributes that name something to be loaded, by element. */
const LOADED: Readonly<Record<string, readonly string[]>> = {
  ...{ audio: ['src'], embed: ['src'], image: ['href', 'xlink:href'], img: ['src', 'srcset'] },
  ...{ input: ['src'], link: ['href', 'imagesrcset'], object: ['data'], script: ['src'] },
  ...{ source: ['src', 'srcset'], track: ['src'], use: ['href', 'xlink:href'] },
  video: ['src', 'poster'],
};

/** Links that only say where something is. */
const NOT_LOADED =
  /^(?:canonical|alternate|next|prev|author|license|search|help|me|dns-prefetch|preconnect)$/;
const RAW_TEXT = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe']);

const TAG = /<!--[^]*?(?:-->|$)|<([a-z][^\s/>]*)|<\/[a-z][^>]*>|<[!?][^>]*>/gi;
const ATTRIBUTE =
  /\s*(?:\/\s*)*(?:(>)|([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?)/y;

interface Attribute {
  name: string;
  value: string;
  /** Of the value, without quotes. */
  start: number;
}

export interface Element {
  name: string;
  attributes: Attribute[];
  /** Behind the name of the tag: where an attribute can be put. */
  end: number;
}

/** All start tags, in order. */
export function* startTags(html: string): Generator<Element> {
  TAG.lastIndex = 0;
  const tag = new RegExp(TAG);
  for (let found = tag.exec(html); found !== null; found = tag.exec(html)) {
    const name = found[1]?.toLowerCase();
    if (name === undefined) continue;
    const element: Element = { name, attributes: [], end: tag.lastIndex };
    tag.lastIndex = readAttributes(html, element);
    yield element;
    if (!RAW_TEXT.has(name)) continue;
    const close = new RegExp(`</${name}[\\s/>]`, 'gi');
    close.lastIndex = tag.lastIndex;
    const end = close.exec(html);
    tag.lastIndex = end === null ? html.length : end.index;
  }
}

/** Returns the place behind the tag. */
function readAttributes(html: string, element: Element): number {
  const attribute = new RegExp(ATTRIBUTE, 'y');
  attribute.lastIndex = element.end;
  for (let found = attribute.exec(html); found !== null; found = attribute.exec(html)) {
    const [, end, name, double, single, bare] = found;
    if (end !== undefined) return attribute.lastIndex;
    const value = double ?? single ?? bare ?? '';
    const quote = bare === undefined && (double ?? single) !== undefined ? 1 : 0;
    const start = attribute.lastIndex - quote - value.length;
    element.attributes.push({ name: (name as string).toLowerCase(), value, start });
  }
  return html.length;
}

/** The attributes of an element that name something to be loaded. */
export function loadedAttributes(element: Element): Attribute[] {
  const names = LOADED[element.name];
  if (names === undefined) return [];
  const rel = element.attributes.find(({ name }) => name === 'rel')?.value ?? '';
  if (element.name === 'link') {
    const words = rel.trim().toLowerCase().split(/\s+/);
    if (words.every((word) => NOT_LOADED.test(word))) return [];
  }
  return element.attributes.filter(({ name }) => names.includes(name));
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' },
};

/** The few character references that URLs are written with. */
export function decodeReferences(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name as string] ?? whole;
    const code = decimal === undefined ? parseInt(hex as string, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : (whole as string);
  });
}

/** Replaces the URLs of a `srcset` list. */
export function mapSrcset(list: string, map: (url: string) => string): string {
  return list
    .split(/,(?=\s)/)
    .map((part) => part.replace(/^(\s*)(\S+)/, (_, space, url) => `${space}${map(url as string)}`))
    .join(',');
}
