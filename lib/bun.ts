// SPDX-License-Identifier: MIT
//
// The `Bun` object: what programs written for Bun's server find under that name.

import { file } from './file/bun-file.js';
import { serve } from './serve.js';

export const Bun = { serve, file };
export type BunNamespace = typeof Bun;
