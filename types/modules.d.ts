// SPDX-License-Identifier: MIT

declare module 'bun' {
  export * from 'bunserve/bun';
  export { default } from 'bunserve/bun';
}

declare module 'bun:sqlite' {
  export * from 'bunserve/sqlite';
  export { default } from 'bunserve/sqlite';
}

declare module '*.html' {
  const page: import('bunserve').HTMLBundle;
  export default page;
}

declare module '*.toml' {
  const content: Record<string, unknown>;
  export default content;
}

declare module '*.txt' {
  const text: string;
  export default text;
}
