// SPDX-License-Identifier: MIT
//
// JSON with comments and trailing commas, as tsconfig.json and .jsonc files have it: what JSON does
// not know is blanked out, so that the positions in JSON.parse's errors stay true.

/** @throws SyntaxError */
export function parseJsonc(text: string): unknown {
  return JSON.parse(plain(text)) as unknown;
}

const TOKEN = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/|,/g;
// What may stand between a comma that has nothing behind it and the bracket.
const CLOSING = /^(?:\s|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)*[\]}]/;

function plain(text: string): string {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return bare.replace(TOKEN, (token, at: number) => {
    if (token[0] === '"') return token;
    if (token === ',') return CLOSING.test(bare.slice(at + 1, at + 4096)) ? ' ' : ',';
    return token.replace(/[^\n\r]/g, ' ');
  });
}
