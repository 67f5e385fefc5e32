// SPDX-License-Identifier: MIT
// See ../late.ts.

export { FileSink } from '../file/file-sink.js';
export { decodeFile, readFile, readFileNow, streamFile } from '../file/read-file.js';
export { write } from '../file/write.js';
export { writeOptions } from '../file/write-options.js';
