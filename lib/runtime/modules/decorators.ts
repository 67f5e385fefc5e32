// SPDX-License-Identifier: MIT
//
// Standard decorators (those without `experimentalDecorators`): no Node has them and oxc-transform does
// not compile them; TypeScript does, which projects that use them have.

import { requirePeer } from '../../peer.js';
import { missingPackage } from './module-errors.js';
import { syntaxError } from './syntax-error.js';
import type { CompilerOptions } from './tsconfig.js';

interface Transpiled {
  outputText: string;
  sourceMapText?: string;
  diagnostics?: readonly { messageText: string | { messageText: string }; start?: number }[];
}
interface TypeScript {
  transpileModule(text: string, options: object): Transpiled;
  ScriptTarget: { ES2022: number };
  ModuleKind: { ESNext: number };
  JsxEmit: { React: number; ReactJSX: number; ReactJSXDev: number };
}
interface Result {
  code: string;
  map: { version: number; sources: string[]; names: string[]; mappings: string };
}

/** @throws Error with the cure when TypeScript is not installed */
export function transpileDecorators(file: string, text: string, options: CompilerOptions): Result {
  const ts = requirePeer('typescript') as TypeScript | undefined;
  if (ts === undefined) {
    const what = `${file}: standard decorators (without "experimentalDecorators" in tsconfig.json)`;
    throw missingPackage(what, 'typescript');
  }
  const { JsxEmit, ModuleKind, ScriptTarget, transpileModule } = ts;
  const isDevelopment = options.jsx !== 'react-jsx' && process.env.NODE_ENV !== 'production';
  const automatic = isDevelopment ? JsxEmit.ReactJSXDev : JsxEmit.ReactJSX;
  const { diagnostics, outputText, sourceMapText } = transpileModule(text, {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: {
      target: ScriptTarget.ES2022,
      module: ModuleKind.ESNext,
      jsx: options.jsx === 'react' ? JsxEmit.React : automatic,
      jsxFactory: options.jsxFactory,
      jsxFragmentFactory: options.jsxFragmentFactory,
      jsxImportSource: options.jsxImportSource,
      useDefineForClassFields: options.useDefineForClassFields ?? true,
      verbatimModuleSyntax: options.verbatimModuleSyntax === true,
      sourceMap: true,
    },
  });
  const wrong = diagnostics?.[0];
  if (wrong !== undefined) {
    const { messageText, start = 0 } = wrong;
    const message = typeof messageText === 'string' ? messageText : messageText.messageText;
    throw syntaxError(file, text, { message, at: start });
  }
  return {
    code: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'),
    map: JSON.parse(sourceMapText ?? '{}') as Result['map'],
  };
}
