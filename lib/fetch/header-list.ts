// SPDX-License-Identifier: MIT
// HeaderList: the standard's header list in one flat array [name, value, name, value...].
// Same-named headers are combined as they arrive, except Set-Cookie, so a lookup may stop at
// the first hit; that is not observable through Headers. Linear search: responses carry few headers
// and the parser caps requests at 198. Takes validated input only; knows nothing of guards.

import { AutoType } from './content-type.js';
import { HeaderFlag, knownHeader, type HeaderName } from './header-names.js';

type Slot = HeaderName | string;

const contentType = knownHeader('content-type');

export class HeaderList {
  /** Alternating HeaderName and value. Read by header-block.ts; mutate through methods only. */
  readonly slots: Slot[];
  /** OR of the `HeaderFlag` bits of all names. */
  flags: number;
  /** `AutoType` of a content-type entry that came from the body, not from the user. */
  autoType: number = AutoType.None;
  /** Rendered wire block, null after a change. */
  block: string | null = null;
  private sortedCache: string[] | null = null;

  constructor(slots: Slot[] = [], flags = 0) {
    this.slots = slots;
    this.flags = flags;
  }

  get size(): number {
    return this.slots.length >> 1;
  }

  nameAt(entry: number): HeaderName {
    return this.slots[entry << 1] as HeaderName;
  }

  valueAt(entry: number): string {
    return this.slots[(entry << 1) + 1] as string;
  }

  private find(lower: string): number {
    const slots = this.slots;
    for (let i = 0; i < slots.length; i += 2) {
      if ((slots[i] as HeaderName).lower === lower) return i;
    }
    return -1;
  }

  private changed(name: HeaderName): void {
    this.block = null;
    this.sortedCache = null;
    if (name.flag === HeaderFlag.ContentType) this.autoType = AutoType.None;
  }

  get(lower: string): string | null {
    const i = this.find(lower);
    if (i < 0) return null;
    return lower === 'set-cookie' ? this.setCookies().join(', ') : (this.slots[i + 1] as string);
  }

  has(lower: string): boolean {
    return this.find(lower) >= 0;
  }

  setCookies(): string[] {
    const found: string[] = [];
    if ((this.flags & HeaderFlag.SetCookie) === 0) return found;
    for (let i = 0; i < this.slots.length; i += 2) {
      if ((this.slots[i] as HeaderName).flag === HeaderFlag.SetCookie) {
        found.push(this.slots[i + 1] as string);
      }
    }
    return found;
  }

  append(name: HeaderName, value: string): void {
    this.changed(name);
    const i = name.flag === HeaderFlag.SetCookie ? -1 : this.find(name.lower);
    if (i >= 0) {
      // The standard has a comma for all; cookies never do (RFC 6265 5.4), in Bun and in Node.
      const joint = name.lower === 'cookie' ? '; ' : ', ';
      this.slots[i + 1] = `${this.slots[i + 1] as string}${joint}${value}`;
    } else {
      this.slots.push(name, value);
      this.flags |= name.flag;
    }
  }

  set(name: HeaderName, value: string): void {
    this.changed(name);
    const i = this.find(name.lower);
    if (i < 0) {
      this.slots.push(name, value);
      this.flags |= name.flag;
      return;
    }
    this.slots[i + 1] = value;
    if (name.flag === HeaderFlag.SetCookie) this.removeFrom(i + 2, name.lower);
  }

  delete(name: HeaderName): void {
    this.changed(name);
    this.removeFrom(0, name.lower);
    this.flags &= ~name.flag;
  }

  private removeFrom(start: number, lower: string): void {
    const slots = this.slots;
    let kept = start;
    for (let i = start; i < slots.length; i += 2) {
      if ((slots[i] as HeaderName).lower === lower) continue;
      slots[kept++] = slots[i] as Slot;
      slots[kept++] = slots[i + 1] as Slot;
    }
    slots.length = kept;
  }

  /** Adds the content type a body brought along; `type` lets the wire block print Bun's form. */
  addAutoType(value: string, type: number): void {
    if ((this.flags & HeaderFlag.ContentType) !== 0) return;
    this.append(contentType, value);
    this.autoType = type;
  }

  /** The same headers as a list of the user's own: an automatic type becomes an ordinary entry. */
  copy(): HeaderList {
    return new HeaderList(this.slots.slice(), this.flags);
  }

  clone(): HeaderList {
    const copy = this.copy();
    copy.autoType = this.autoType;
    copy.block = this.block;
    return copy;
  }

  /** The standard's "sort and combine": flat [lower, value...], kept until the next change. */
  sorted(): string[] {
    if (this.sortedCache !== null) return this.sortedCache;
    const order: number[] = [];
    for (let i = 0; i < this.slots.length; i += 2) order.push(i);
    const lowerAt = (i: number): string => (this.slots[i] as HeaderName).lower;
    order.sort((a, b) => (lowerAt(a) < lowerAt(b) ? -1 : lowerAt(a) > lowerAt(b) ? 1 : a - b));
    const flat: string[] = [];
    for (const i of order) flat.push(lowerAt(i), this.slots[i + 1] as string);
    return (this.sortedCache = flat);
  }
}
