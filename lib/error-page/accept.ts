// SPDX-License-Identifier: MIT
//
// Whether a client would rather have JSON than HTML, by its Accept field (RFC 9110 12.5.1).

/** Of the range of an Accept field that fits a media type best: its weight, and how well it fits. */
function rangeFor(accept: string, type: string): [weight: number, rank: number] {
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
  return [Number.isNaN(weight) ? 0 : weight, best];
}

export function prefersJson(accept: string | null): boolean {
  if (accept === null || accept.length > 1000) return false;
  const [json, jsonRank] = rangeFor(accept, 'application/json');
  const [html, htmlRank] = rangeFor(accept, 'text/html');
  // Clients of APIs say "application/json, */*".
  return json > html || (json === html && json > 0 && jsonRank > htmlRank);
}
