// SPDX-License-Identifier: MIT
// See ../late.ts.

export { Cookie } from '../cookies/cookie.js';
export { CookieMap, copyCookieMap, setCookieLines } from '../cookies/cookie-map.js';
