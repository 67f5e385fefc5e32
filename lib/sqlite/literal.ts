// SPDX-License-Identifier: MIT
//
// Values as SQL literals, as sqlite3_expanded_sql() writes them.

import type { BoundValue } from './engine.js';

export function literal(value: BoundValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return real(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return `x'${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}'`;
}

/** C's "%!.15g": 15 digits without trailing zeros, always with a point. */
function real(value: number): string {
  if (Number.isNaN(value)) return 'NULL';
  if (!Number.isFinite(value)) return value < 0 ? '-Inf' : 'Inf';
  if (value === 0) return '0.0';
  const [digits, exponent] = value.toExponential(14).split('e') as [string, string];
  const power = Number(exponent);
  if (power < -4 || power > 14) {
    const sign = power < 0 ? '-' : '+';
    return `${pointed(digits)}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return pointed(Number(digits + 'e' + exponent).toFixed(Math.max(0, 14 - power)));
}

function pointed(digits: string): string {
  if (!digits.includes('.')) return `${digits}.0`;
  const short = digits.replace(/0+$/, '');
  return short.endsWith('.') ? `${short}0` : short;
}
