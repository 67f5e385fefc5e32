// SPDX-License-Identifier: MIT
//
// Members of `Bun` that are loaded when the first of them is used (lib/bun.ts). A file of its own in
// dist/.

export {
  allocUnsafe,
  concatArrayBuffers,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  readableStreamToArray,
  readableStreamToArrayBuffer,
  readableStreamToBlob,
  readableStreamToBytes,
  readableStreamToFormData,
  readableStreamToJSON,
  readableStreamToText,
  zstdCompress,
  zstdCompressSync,
  zstdDecompress,
  zstdDecompressSync,
} from './bun/bytes.js';
export {
  CryptoHasher,
  MD5,
  password,
  sha,
  SHA1,
  SHA224,
  SHA256,
  SHA384,
  SHA512,
  SHA512_256,
} from './bun/crypto.js';
export { deepEquals } from './bun/deep-equals.js';
export { hash } from './bun/hash.js';
export {
  fetch,
  fileURLToPath,
  inspect,
  pathToFileURL,
  resolve,
  resolveSync,
} from './bun/modules.js';
export { escapeHTML, stripANSI } from './bun/text.js';
export { nanoseconds, sleep, sleepSync } from './bun/time.js';
export { randomUUIDv5, randomUUIDv7 } from './bun/uuid.js';
export { which } from './bun/which.js';
export { semver } from './bun/semver.js';
