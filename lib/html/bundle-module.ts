// SPDX-License-Identifier: MIT
//
// What the module of an HTML file imports; a file of its own in dist/, found by its URL.

export { htmlBundle } from '../router/html-bundle.js';
