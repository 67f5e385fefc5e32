// SPDX-License-Identifier: MIT
//
// What there is to say about a file that could not be loaded.

/** Message and place, without frames of ours; undefined for an error of the program's own. */
export function describeFailure(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, message, stack } = error as { code?: unknown; message?: string; stack?: string };
  if (code === 'ERR_MODULE_NOT_FOUND') return `Error: ${message}`;
  if (typeof code !== 'string' || !code.startsWith('ERR_BUNSERVE_')) return undefined;
  if (code === 'ERR_BUNSERVE_MISSING_PEER') return message;
  const isShown = code === 'ERR_BUNSERVE_SYNTAX' || stack?.endsWith(`: ${message}`) === true;
  return isShown ? stack : undefined;
}
