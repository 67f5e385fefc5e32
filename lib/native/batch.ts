// SPDX-License-Identifier: MIT
//
// What the addon writes down of requests that it hands over together (src-native/request_batch.h).

import { native } from './binding.js';

/** Words of one request in `batchWords`; begin and end of each param follow the last one. */
export const BatchWord = { Route: 0, Flags: 1, HeadBegin: 2, HeadEnd: 3, Params: 4 } as const;
export const BATCH_STRIDE = 20;

const [handles, words] = native.requestBatch();

/** A handle of 0: the request has ended before its handler could be called. */
export const batchHandles: Float64Array = handles;
export const batchWords: Uint32Array = words;
