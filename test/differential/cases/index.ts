// SPDX-License-Identifier: MIT
// All cases by topic, in the order they run.
import type { DifferentialCase } from '../case.js';
import { cases as methods } from './methods.js';
import { cases as params } from './params.js';
import { cases as routing } from './routing.js';
import { cases as statics } from './static.js';

export const topics: Readonly<Record<string, readonly DifferentialCase[]>> = {
  routing,
  params,
  static: statics,
  methods,
};
