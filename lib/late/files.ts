// SPDX-License-Identifier: MIT
// See ../late.ts.

export { FileSink } from '../file/file-sink.js';
export { readFile, readFileNow, streamFile } from '../file/read-file.js';
export { writeTo } from '../file/write.js';
