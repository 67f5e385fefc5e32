// SPDX-License-Identifier: MIT
//
// The `Bun` object: what programs written for Bun's server find under that name.

import { Cookie } from './cookies/cookie.js';
import { CookieMap } from './cookies/cookie-map.js';
import { file } from './file/bun-file.js';
import { serve } from './serve.js';

export const Bun = { serve, file, Cookie, CookieMap };
export type BunNamespace = typeof Bun;
