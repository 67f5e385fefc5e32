// SPDX-License-Identifier: MIT
//
// An HTML file as Vite's development server wants it: links that are relative to the file become
// absolute ones of the project, because the page is served under whatever path the application
// chose; and those that are the application's own are left alone.

import { decodeReferences, loadedAttributes, mapSrcset, startTags } from './html-links.js';

const path = process.getBuiltinModule('node:path');
const fs = process.getBuiltinModule('node:fs');

/** The URL of a file below Vite's root, or anywhere. */
export function urlOfFile(root: string, file: string): string {
  const relative = path.relative(root, file);
  const isBelow = !relative.startsWith('..') && !path.isAbsolute(relative);
  const name = (isBelow ? relative : file.replace(/^[/\\]+/, '')).split(path.sep).join('/');
  return encodeURI(isBelow ? `/${name}` : `/@fs/${name}`).replace(/[?#]/g, encodeURIComponent);
}

function isFile(name: string): boolean {
  return fs.statSync(name, { throwIfNoEntry: false })?.isFile() === true;
}

export class DevPage {
  constructor(
    private readonly root: string,
    /** '' when there is none. */
    private readonly publicDir: string,
    private readonly index: string,
  ) {}

  prepare(html: string): string {
    let result = '';
    let done = 0;
    const splice = (at: number, remove: number, text: string): void => {
      result += html.slice(done, at) + text;
      done = at + remove;
    };
    for (const element of startTags(html)) {
      const attributes = loadedAttributes(element);
      // Vite's own way of saying that a tag is none of its business.
      if (attributes.some(({ value }) => this.#isApplications(decodeReferences(value)))) {
        splice(element.end, 0, ' vite-ignore');
        continue;
      }
      for (const { name, value, start } of attributes) {
        const text = name.endsWith('srcset')
          ? mapSrcset(value, (url) => this.#absolute(url))
          : this.#absolute(value);
        if (text !== value) splice(start, value.length, text);
      }
    }
    return result + html.slice(done);
  }

  /** A path of the site that no file stands for. */
  #isApplications(url: string): boolean {
    if (!url.startsWith('/') || url.startsWith('//') || url.startsWith('/@')) return false;
    const [plain] = url.split(/[?#]/, 1) as [string];
    let name: string;
    try {
      name = decodeURIComponent(plain);
    } catch {
      return true;
    }
    if (isFile(path.join(this.root, name))) return false;
    return this.publicDir === '' || !isFile(path.join(this.publicDir, name));
  }

  #absolute(value: string): string {
    const url = decodeReferences(value).trim();
    // With a scheme, of another host, absolute, a fragment, or nothing.
    if (url === '' || /^(?:[a-z][a-z0-9+.-]*:|[/#?\\])/i.test(url)) return value;
    const at = url.search(/[?#]/);
    const [plain, rest] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)];
    let name: string;
    try {
      name = decodeURIComponent(plain);
    } catch {
      return value;
    }
    const target = path.resolve(path.dirname(this.index), name);
    return (urlOfFile(this.root, target) + rest).replace(/&/g, '&amp;').replace(/"/g, '&quot;');
  }
}
