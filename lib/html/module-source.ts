// SPDX-License-Identifier: MIT
//
// The module that an import of an HTML file loads, for the module hooks.

const { fileURLToPath } = process.getBuiltinModule('node:url');

const bundleModule = new URL('./html-bundle.js', import.meta.url).href;

/** The code of the module at `url`, or undefined when that is no HTML file. */
export function htmlModuleSource(url: string): string | undefined {
  // Asked for every module.
  if (!url.startsWith('file:')) return undefined;
  const [address] = url.split(/[?#]/, 1) as [string];
  if (!/\.html?$/i.test(address)) return undefined;
  return (
    `import { htmlBundle } from ${JSON.stringify(bundleModule)};\n` +
    `export default htmlBundle(${JSON.stringify(fileURLToPath(address))});\n`
  );
}
