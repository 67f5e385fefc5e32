// SPDX-License-Identifier: MIT
// What a Response of Node's own class was made from, where that can be seen.

interface NativeState {
  body?: { source?: unknown } | null;
}

/**
 * The text or bytes behind Node's own Response: up to Node 22 its state hangs on a symbol. Null when
 * it was made from something else, undefined when the state cannot be seen.
 */
export function nativeSource(
  response: globalThis.Response,
): string | Uint8Array | null | undefined {
  const symbols = Object.getOwnPropertySymbols(response);
  const key = symbols.find((symbol) => symbol.description === 'state');
  if (key === undefined) return undefined;
  const { body } = (response as unknown as Record<symbol, NativeState>)[key] as NativeState;
  const source = body?.source;
  return typeof source === 'string' || source instanceof Uint8Array ? source : null;
}
