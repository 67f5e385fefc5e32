// SPDX-License-Identifier: MIT
//
// What in a script's text says that it leans on Bun: JSX in a .js file, names in import.meta that are
// Bun's, require() in an ES module. Words in comments count as well: the answer is "maybe".

const META = /\bimport\s*\.\s*meta\s*\??\.\s*(?:dir|file|path|main|env|require|resolveSync)\b/;
const WHOLE_META = /\bimport\s*\.\s*meta\b(?!\s*\??\.)/;
const REQUIRE = /\brequire\s*(?:\(|\.resolve\b)/;
const OWN_REQUIRE = /\b(?:const|let|var|function|class)\s+require\b|[{,]\s*require\s*[,}]/;
const MODULE = /^\s*(?:import\b(?!\s*\()|export\b)/m;
// Where an element may stand in code, and none in a string.
const JSX = /(?:\breturn|\bdefault|=>|[(=,?:&|[{])\s*\(?\s*<(?:[A-Za-z][\w.:-]*[\s/>]|>)/;

/** What the line starts with that gives `import.meta` Bun's names; see modules/meta.ts. */
export const META_START = '((m, o) => { /* bunserve */';

/** Something that Node's import.meta does not have. */
export function usesBunMeta(text: string): boolean {
  return text.includes('meta') && (META.test(text) || WHOLE_META.test(text));
}

/** A require() of which nothing says where it is from. */
export function usesRequire(text: string): boolean {
  return REQUIRE.test(text) && !OWN_REQUIRE.test(text);
}

/** JSX in a file that may have some in Bun. */
export function usesJsx(file: string, text: string): boolean {
  return file.endsWith('.js') && text.includes('<') && JSX.test(text);
}

export function leansOnBun(file: string, text: string): boolean {
  return usesBunMeta(text) || usesJsx(file, text) || (usesRequire(text) && MODULE.test(text));
}
