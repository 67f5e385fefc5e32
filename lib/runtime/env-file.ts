// SPDX-License-Identifier: MIT
//
// The text of .env files, as Bun 1.4.5 reads it. A file of its own in dist/, loaded when there is one.

const LINE = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*[=:][ \t]*/;
const QUOTED = /^(["'`])((?:\\[\s\S]|(?!\1)[^\\])*)\1/;
const ESCAPED = /\\([\s\S])/g;

/** Names and values, the values not yet expanded. What is no assignment is skipped. */
export function parseEnv(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let rest = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  while (rest !== '') {
    const start = LINE.exec(rest);
    let length = 0;
    if (start !== null) {
      length = start[0].length;
      const quoted = QUOTED.exec(rest.slice(length));
      if (quoted !== null) length += quoted[0].length;
      found.set(start[1] as string, quoted === null ? plain(rest, length) : unquoted(quoted));
    }
    const end = rest.indexOf('\n', length);
    rest = end < 0 ? '' : rest.slice(end + 1);
  }
  return found;
}

function plain(text: string, from: number): string {
  const end = text.indexOf('\n', from);
  const line = text.slice(from, end < 0 ? undefined : end);
  return (line.split('#', 1)[0] as string).trim();
}

/** Only \n and \r mean something, in double quotes only. */
function unquoted([, quote, text]: RegExpExecArray): string {
  if (quote !== '"') return text as string;
  return (text as string).replace(ESCAPED, (pair, letter: string) =>
    letter === 'n' ? '\n' : letter === 'r' ? '\r' : pair,
  );
}

/**
 * `$NAME`, `${NAME}` and `${NAME:-when there is none}`, in every kind of quotes; `\$` is a dollar sign.
 * What is put in is not expanded again.
 */
export function expandEnv(text: string, get: (name: string) => string | undefined): string {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const rest = text.slice(at);
    if (rest.startsWith('\\$')) {
      result += '$';
      at++;
    } else if (rest.startsWith('${')) {
      const end = closing(rest);
      const inner = /^(\w*)(?::-([\s\S]*))?$/.exec(rest.slice(2, Math.max(end, 2)));
      if (end < 0 || inner === null) {
        result += '$';
        continue;
      }
      const [, name, otherwise = ''] = inner as unknown as [string, string, string | undefined];
      result += get(name) ?? expandEnv(otherwise, get);
      at += end;
    } else {
      const name = /^\$(\w+)/.exec(rest)?.[1];
      if (name === undefined) {
        result += text[at] as string;
        continue;
      }
      result += get(name) ?? '';
      at += name.length;
    }
  }
  return result;
}

/** Where the brace that opens at 1 is closed, -1 when it is not. */
function closing(text: string): number {
  let depth = 0;
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

type Environment = Record<string, string | undefined>;

/**
 * Sets what `env` does not have yet. `texts`: those that count more first; they know no later ones.
 * @returns what was set
 */
export function applyEnv(texts: readonly string[], env: Environment): Map<string, string> {
  const all = new Map<string, string>();
  for (const text of texts) {
    const added = new Map<string, string>();
    for (const [name, value] of parseEnv(text)) {
      if (env[name] === undefined) added.set(name, value);
    }
    const get = (name: string): string | undefined => env[name] ?? added.get(name);
    for (const [name, value] of added) added.set(name, expandEnv(value, get));
    for (const [name, value] of added) {
      const plain = value.replaceAll('\0', '');
      all.set(name, plain);
      env[name] = plain;
    }
  }
  return all;
}

/** Node takes --env-file from behind the script's name as well, and sets values as they are. */
export function forgetPlain(texts: readonly string[], env: Environment): void {
  for (const text of texts) {
    for (const [name, value] of parseEnv(text)) if (env[name] === value) delete env[name];
  }
}
