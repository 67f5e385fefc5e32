// SPDX-License-Identifier: MIT
//
// Whether code is an ES module or CommonJS, as Bun decides it: import, export, import.meta and
// top-level await make a module; without them, the names that CommonJS gives make it CommonJS;
// without either it is a module.

const vm = process.getBuiltinModule('node:vm');

const COMMON_JS = /\b(?:module|exports|require|__filename|__dirname|arguments)\b/;
const MODULE = /^\s*(?:import\b(?!\s*\()|export\b)|\bimport\s*\.\s*meta\b|\bawait\b/m;
const WRAPPED = '(function (exports, require, module, __filename, __dirname) {';

/** `code`: JavaScript, without types. */
export function isCommonJs(code: string, ending: string): boolean {
  const isNamed = ending === '.cts' || ending === '.cjs';
  if (!isNamed && !COMMON_JS.test(code)) return false;
  if (!MODULE.test(code)) return true;
  // Words say little in comments and strings: what compiles as a function body is none.
  try {
    new vm.Script(`${WRAPPED}${code}\n})`);
    return true;
  } catch {
    return false;
  }
}
