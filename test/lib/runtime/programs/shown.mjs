// SPDX-License-Identifier: MIT
// What a case of a compared program gives, as JSON that tells types apart: the same file runs under
// Bun and under Node.

/** A value with its types visible. */
export function shown(value, depth = 0) {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'undefined') return '(undefined)';
  if (typeof value === 'number')
    return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : `(${value})`;
  if (typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return `(function ${value.name})`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 6) return '(deep)';
  if (value instanceof Error) return shownError(value);
  if (value instanceof Date)
    return `Date ${Number.isNaN(+value) ? 'invalid' : value.toISOString()}`;
  if (value instanceof ArrayBuffer) return { ArrayBuffer: [...new Uint8Array(value)] };
  if (ArrayBuffer.isView(value))
    return {
      [value.constructor.name]: [
        ...new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
      ],
    };
  const entries = (object) =>
    Object.fromEntries(
      Object.entries(object).map(([key, inner]) => [key, shown(inner, depth + 1)]),
    );
  if (Array.isArray(value))
    return Object.keys(value).length === value.length
      ? value.map((item) => shown(item, depth + 1))
      : { array: entries(value) };
  const proto = Object.getPrototypeOf(value);
  const name = proto === null ? '(null)' : proto.constructor?.name;
  return name === 'Object' ? entries(value) : { [`(${name})`]: entries(value) };
}

function shownError(error) {
  const fields = {};
  for (const key of [
    'name',
    'message',
    'code',
    'errno',
    'byteOffset',
    'detail',
    'severity',
    'table',
    'constraint',
  ]) {
    if (error[key] !== undefined) fields[key] = shown(error[key]);
  }
  return { error: fields };
}

/** Runs every case and prints one JSON line for each. */
export async function runCases(cases, only) {
  for (const [name, body] of Object.entries(cases)) {
    if (only && !name.includes(only)) continue;
    let result;
    try {
      result = shown(await body());
    } catch (error) {
      result = { threw: shown(error) };
    }
    console.log(JSON.stringify([name, result]));
  }
}
