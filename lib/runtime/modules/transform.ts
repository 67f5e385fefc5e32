// SPDX-License-Identifier: MIT
//
// TypeScript and JSX to what Node runs, with oxc-transform, in process. Standard decorators, which it
// leaves alone, are compiled by the project's own TypeScript.

import type { TransformOptions, TransformResult } from 'oxc-transform';
import { transpileDecorators } from './decorators.js';
import { isCommonJs } from './kind.js';
import { usesBunMeta } from '../script-signs.js';
import { metaLine, type Role } from './meta.js';
import { oxcTransform } from './oxc.js';
import { syntaxError } from './syntax-error.js';
import { tsConfigOf, type CompilerOptions } from './tsconfig.js';

const path = process.getBuiltinModule('node:path');

export interface Compiled {
  code: string;
  isCommonJs: boolean;
}

const LANGUAGES: Readonly<Record<string, 'ts' | 'tsx' | 'jsx'>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
};
const NODE = Number(process.versions.node.split('.')[0]);
// What CommonJS has and modules have not; see meta.ts.
const IN_MODULES = {
  require: 'import.meta.require',
  __dirname: 'import.meta.dir',
  __filename: 'import.meta.path',
};

function jsxOptions(options: CompilerOptions): NonNullable<TransformOptions['jsx']> {
  const { jsx, jsxFactory, jsxFragmentFactory, jsxImportSource } = options;
  if (jsx === 'react') {
    return {
      runtime: 'classic',
      throwIfNamespace: false,
      ...(jsxFactory === undefined ? {} : { pragma: jsxFactory }),
      ...(jsxFragmentFactory === undefined ? {} : { pragmaFrag: jsxFragmentFactory }),
    };
  }
  return {
    runtime: 'automatic',
    throwIfNamespace: false,
    // As in Bun: only "react-jsx" means the runtime of production whatever NODE_ENV is.
    development: jsx !== 'react-jsx' && process.env.NODE_ENV !== 'production',
    importSource: jsxImportSource ?? 'react',
  };
}

function optionsFor(file: string, options: CompilerOptions): TransformOptions {
  const root = (name: string | undefined, fallback: string): string =>
    (name ?? fallback).split('.')[0] as string;
  const isDefine = options.useDefineForClassFields !== false;
  return {
    lang: LANGUAGES[path.extname(file)] ?? 'jsx',
    target: `node${NODE}`,
    sourcemap: true,
    jsx: jsxOptions(options),
    typescript: {
      onlyRemoveTypeImports: options.verbatimModuleSyntax === true,
      removeClassFieldsWithoutInitializer: !isDefine,
      jsxPragma: root(options.jsxFactory, 'React'),
      jsxPragmaFrag: root(options.jsxFragmentFactory, 'React'),
    },
    ...(isDefine ? {} : { assumptions: { setPublicClassFields: true } }),
    decorator: {
      legacy: options.experimentalDecorators === true,
      emitDecoratorMetadata: options.emitDecoratorMetadata === true,
      strictNullChecks: options.strictNullChecks ?? options.strict ?? false,
    },
  };
}

function run(file: string, text: string, options: TransformOptions): TransformResult {
  const result = oxcTransform()(file, text, options);
  const wrong = result.errors.find(({ severity }) => String(severity) === 'Error');
  if (wrong !== undefined) {
    const at = wrong.labels[0]?.start ?? 0;
    throw syntaxError(file, text, { message: wrong.message, help: wrong.helpMessage, at });
  }
  return result;
}

/** Decorators that would be left in the code: of the two kinds this finds both. */
function hasDecorators(file: string, text: string, options: TransformOptions): boolean {
  if (!/@[\w$([#]/.test(text)) return false;
  const { helpersUsed } = oxcTransform()(file, text, { ...options, decorator: { legacy: true } });
  return Object.keys(helpersUsed).some((name) => name.startsWith('decorate'));
}

/** @throws SyntaxError with the place in its stack; Error when oxc-transform is missing */
export function compile(file: string, source: string, role: Role): Compiled {
  const config = tsConfigOf(path.dirname(file)).options;
  const options = optionsFor(file, config);
  // The lines stay as they are.
  const text = source.replace(/^\ufeff/, '').replace(/^#!/, '//');
  let result: Pick<TransformResult, 'code' | 'map'> = run(file, text, options);
  const isPeers = !options.decorator?.legacy && hasDecorators(file, text, options);
  if (isPeers) result = transpileDecorators(file, text, config);
  // What is left of imports of types only; it does not make CommonJS a module.
  const bare = /^\s*export\s*\{\s*\}/m.test(text)
    ? result.code
    : result.code.replace(/^export \{\};$/m, '');
  if (isCommonJs(bare, path.extname(file))) {
    return { code: withMap({ ...result, code: bare }, file, ''), isCommonJs: true };
  }
  if (/\b(?:require|__dirname|__filename)\b/.test(result.code)) {
    // What the peer made has its own map, which would not fit any more.
    if (isPeers) result = { code: run(file, result.code, { define: IN_MODULES }).code };
    else result = run(file, text, { ...options, define: IN_MODULES });
  }
  const isAsked = usesBunMeta(result.code) || (role.isAgain && result.code.includes('import.meta'));
  const prelude = isAsked ? metaLine(file, role) : '';
  return { code: withMap(result, file, prelude), isCommonJs: false };
}

function withMap(
  { code, map }: Pick<TransformResult, 'code' | 'map'>,
  file: string,
  prelude: string,
): string {
  const start = prelude === '' ? '' : `${prelude}\n`;
  if (map === undefined) return start + code;
  const json = JSON.stringify({
    version: 3,
    // Beside the module's own URL, whatever query that has.
    sources: [encodeURIComponent(path.basename(file))],
    names: map.names,
    mappings: (prelude === '' ? '' : ';') + map.mappings,
  });
  const data = Buffer.from(json).toString('base64');
  return `${start}${code}\n//# sourceMappingURL=data:application/json;base64,${data}\n`;
}
