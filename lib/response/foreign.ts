// SPDX-License-Identifier: MIT
//
// Responses of another copy of fetch: what `fetch()` of the package undici returns. Bun has its own
// classes in its place; here they are told by their shape.

function hasShape(value: object): value is globalThis.Response {
  const {
    status,
    headers,
    arrayBuffer,
    [Symbol.toStringTag]: tag,
  } = value as Record<PropertyKey, unknown>;
  return (
    tag === 'Response' &&
    typeof status === 'number' &&
    typeof arrayBuffer === 'function' &&
    typeof (headers as Iterable<unknown> | null | undefined)?.[Symbol.iterator] === 'function'
  );
}

/** Whether a value that is an instance of neither our Response nor Node's is one all the same. */
export function isForeignResponse(value: unknown): value is globalThis.Response {
  return typeof value === 'object' && value !== null && hasShape(value);
}
