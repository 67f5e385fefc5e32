// SPDX-License-Identifier: MIT
//
// Array types of PostgreSQL (pg_type.dat): their OID, that of their elements, the elements' name. OIDs
// of built-in types are fixed.

export const ARRAY_TYPES: readonly (readonly [oid: number, element: number, name: string])[] = [
  [143, 142, 'XML'],
  [199, 114, 'JSON'],
  [629, 628, 'LINE'],
  [651, 650, 'CIDR'],
  [719, 718, 'CIRCLE'],
  [775, 774, 'MACADDR8'],
  [791, 790, 'MONEY'],
  [1000, 16, 'BOOLEAN'],
  [1001, 17, 'BYTEA'],
  [1002, 18, '"char"'],
  [1003, 19, 'NAME'],
  [1005, 21, 'SMALLINT'],
  [1006, 22, 'INT2VECTOR'],
  [1007, 23, 'INTEGER'],
  [1009, 25, 'TEXT'],
  [1010, 27, 'TID'],
  [1011, 28, 'XID'],
  [1012, 29, 'CID'],
  [1014, 1042, 'CHAR'],
  [1015, 1043, 'VARCHAR'],
  [1016, 20, 'BIGINT'],
  [1017, 600, 'POINT'],
  [1018, 601, 'LSEG'],
  [1019, 602, 'PATH'],
  [1020, 603, 'BOX'],
  [1021, 700, 'REAL'],
  [1022, 701, 'DOUBLE PRECISION'],
  [1027, 604, 'POLYGON'],
  [1028, 26, 'OID'],
  [1034, 1033, 'ACLITEM'],
  [1040, 829, 'MACADDR'],
  [1041, 869, 'INET'],
  [1115, 1114, 'TIMESTAMP'],
  [1182, 1082, 'DATE'],
  [1183, 1083, 'TIME'],
  [1185, 1184, 'TIMESTAMPTZ'],
  [1187, 1186, 'INTERVAL'],
  [1231, 1700, 'NUMERIC'],
  [1270, 1266, 'TIMETZ'],
  [1561, 1560, 'BIT'],
  [1563, 1562, 'VARBIT'],
  [2951, 2950, 'UUID'],
  [3807, 3802, 'JSONB'],
  [4073, 4072, 'JSONPATH'],
];

// Boxes have commas of their own.
const BOX_ARRAY = 1020;

type Parsed = unknown[];

/** An array literal as nested arrays; `parse` gets the text of each element that is not NULL. */
export function parseArray(text: string, oid: number, parse: (text: string) => unknown): Parsed {
  const delimiter = oid === BOX_ARRAY ? ';' : ',';
  // Bounds that do not start at 1 stand in front: [0:1]={...}
  let at = text.indexOf('{');
  const element = (): unknown => {
    if (text[at] === '{') return list();
    if (text[at] === '"') return parse(quoted());
    const start = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== '}') at++;
    const word = text.slice(start, at);
    return word === 'NULL' ? null : parse(word);
  };
  const quoted = (): string => {
    let result = '';
    for (at++; at < text.length && text[at] !== '"'; at++) {
      if (text[at] === '\\') at++;
      result += text[at];
    }
    at++;
    return result;
  };
  const list = (): Parsed => {
    const items: Parsed = [];
    at++;
    while (at < text.length && text[at] !== '}') {
      items.push(element());
      if (text[at] === delimiter) at++;
    }
    at++;
    return items;
  };
  return at < 0 ? [] : list();
}
