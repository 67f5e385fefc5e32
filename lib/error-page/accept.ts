// SPDX-License-Identifier: MIT
//
// Whether a client would rather have JSON than HTML, by its Accept field (RFC 9110 12.5.1).

/** The weight an Accept field gives a media type: the most specific range that fits counts. */
function weightOf(accept: string, type: string): number {
  const [major] = type.split('/') as [string];
  let best = -1;
  let weight = 0;
  for (const range of accept.split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const rank = ['*/*', `${major}/*`, type].indexOf(name);
    if (rank <= best) continue;
    best = rank;
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    weight = quality === undefined ? 1 : Number(quality.slice(2));
  }
  return Number.isNaN(weight) ? 0 : weight;
}

export function prefersJson(accept: string | null): boolean {
  if (accept === null || accept.length > 1000) return false;
  return weightOf(accept, 'application/json') > weightOf(accept, 'text/html');
}
