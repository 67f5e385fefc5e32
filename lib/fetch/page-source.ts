// SPDX-License-Identifier: MIT
//
// How a body recognises an HTML import: by a method under this name that gives the page.

import type { BodySource } from './body.js';

export const kPage: unique symbol = Symbol.for('bunserve.page') as never;

export const PAGE_TYPE = 'text/html;charset=utf-8';

export interface PageSource {
  [kPage](): BodySource;
}
