// SPDX-License-Identifier: MIT
// The wire block of a header list: "Name: value\r\n"... with neither status line nor blank line.
// Order as Bun 1.4.5: Set-Cookie lines, names it knows in canonical case, then the user's own.
// Content-Length and Transfer-Encoding never appear: the server writes them from the real body, so
// that no user value can desynchronise the connection (RFC 9112 6.3).

import { AutoType, wireType } from './content-type.js';
import { HeaderFlag, HeaderRank, type HeaderName } from './header-names.js';
import type { HeaderList } from './header-list.js';

function isTextType(type: number): boolean {
  return type === AutoType.Text || type === AutoType.EmptyText;
}

function render(list: HeaderList): string {
  const slots = list.slots;
  let cookies = '';
  let known = '';
  let custom = '';
  for (let i = 0; i < slots.length; i += 2) {
    const name = slots[i] as HeaderName;
    const value = slots[i + 1] as string;
    if (name.rank === HeaderRank.Known) {
      if (name.flag === HeaderFlag.ContentType && list.autoType !== AutoType.None) {
        if (isTextType(list.autoType)) continue;
        known += `${name.prefix}${wireType(list.autoType)}\r\n`;
      } else {
        known += `${name.prefix}${value}\r\n`;
      }
    } else if (name.rank === HeaderRank.Custom) {
      custom += `${name.prefix}${value}\r\n`;
    } else if (name.rank === HeaderRank.Cookie) {
      cookies += `${name.prefix}${value}\r\n`;
    }
  }
  return cookies + known + custom;
}

/** Headers of the list alone; a text type that came from the body is left to `autoTypeLine`. */
export function headerListBlock(list: HeaderList): string {
  return list.block ?? (list.block = render(list));
}

/** The automatic type a response still has to add to the block of its list. */
export function typeBesides(list: HeaderList, type: number): number {
  if (isTextType(list.autoType)) return list.autoType;
  return (list.flags & HeaderFlag.ContentType) !== 0 ? AutoType.None : type;
}
