// SPDX-License-Identifier: MIT
//
// Colours for one line of JavaScript or TypeScript, and the escaping of everything on the page.
// Lines are taken alone: what began on an earlier one (a comment, a template) is not known here.

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an HTML element or a quoted attribute. Characters that cannot be shown are made visible. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]/g, visible);
}

/** Control characters; bidirectional ones would let a line of code pose as another. */
function visible(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const TOKEN = new RegExp(
  [
    /(?<comment>\/\/.*$|\/\*.*?(?:\*\/|$)|^\s*\*(?:\s.*)?$)/,
    /(?<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?)/,
    /(?<keyword>\b(?:as|async|await|break|case|catch|class|const|continue|default|delete|do|else|enum|export|extends|false|finally|for|from|function|if|implements|import|in|instanceof|interface|let|new|null|of|return|static|super|switch|this|throw|true|try|type|typeof|undefined|var|void|while|yield)\b)/,
    /(?<number>\b\d[\w.]*)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

export function highlight(line: string): string {
  let html = '';
  let done = 0;
  for (const found of line.matchAll(TOKEN)) {
    const [kind] = Object.entries(found.groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    const at = found.index;
    html += escapeHtml(line.slice(done, at));
    html += `<span class="${kind ?? ''}">${escapeHtml(found[0])}</span>`;
    done = at + found[0].length;
  }
  return html + escapeHtml(line.slice(done));
}
