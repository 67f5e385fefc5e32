// SPDX-License-Identifier: MIT
//
// Run once in every Jest worker: stack traces name the lines of the TypeScript sources.
process.setSourceMapsEnabled(true);
