// SPDX-License-Identifier: MIT
//
// Optional peers: packages that the user installs for one feature. Looked for from the program's
// folder too, because bunserve itself may be linked from elsewhere.

const path = process.getBuiltinModule('node:path');
const { createRequire } = process.getBuiltinModule('node:module');

/** What the package exports, or undefined when it is not installed. Its own failure to load is thrown. */
export function requirePeer(name: string): unknown {
  const main = process.argv[1];
  const places = [
    ...(main === undefined ? [] : [path.resolve(main)]),
    path.join(process.cwd(), 'index.js'),
    import.meta.url,
  ];
  for (const place of places) {
    const require = createRequire(place);
    let file: string;
    try {
      file = require.resolve(name);
    } catch {
      continue;
    }
    return require(file) as unknown;
  }
  return undefined;
}
