// SPDX-License-Identifier: MIT
//
// What is shown for a file that does not compile: message, place, and the lines around it.

export interface Mistake {
  message: string;
  help?: string | null | undefined;
  /** Offset into the text, in UTF-16 units. */
  at: number;
}

function place(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const lines = before.split(/\r\n|[\n\r\u2028\u2029]/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

function frame(text: string, line: number, column: number): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  const first = Math.max(1, line - 2);
  const width = String(line + 1).length;
  const rows: string[] = [];
  for (let number = first; number <= Math.min(lines.length, line + 1); number++) {
    const full = lines[number - 1] ?? '';
    // Minified files have one line of a megabyte.
    const from = number === line ? Math.max(0, column - 100) : 0;
    const row = full.slice(from, from + 160);
    rows.push(`  ${String(number).padStart(width)} | ${row}`.trimEnd());
    if (number !== line) continue;
    const indent = row.slice(0, column - 1 - from).replace(/[^\t]/g, ' ');
    rows.push(`  ${' '.repeat(width)} | ${indent}^`);
  }
  return rows.join('\n');
}

/** The stack is what Node prints of it; there are no frames worth showing. */
export function syntaxError(file: string, text: string, mistake: Mistake): SyntaxError {
  const { line, column } = place(text, mistake.at);
  const error = new SyntaxError(`${mistake.message} (${file}:${line}:${column})`);
  const help = mistake.help ? `\n  help: ${mistake.help}` : '';
  const shown = `${frame(text, line, column)}${help}\n    at ${file}:${line}:${column}`;
  error.stack = `SyntaxError: ${mistake.message}\n${shown}`;
  return Object.assign(error, { code: 'ERR_BUNSERVE_SYNTAX', file, line, column });
}
