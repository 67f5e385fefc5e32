// SPDX-License-Identifier: MIT
// Jest runs the compiled tests of build/test. Our runner starts a plain process for each file, see
// scripts/jest/runner.mjs. A test that patches globals or ends its process may do so in its own file.

export default {
  rootDir: 'build/test',
  runner: '<rootDir>/../../scripts/jest/runner.mjs',
  testMatch: ['**/*.test.js'],
  testTimeout: 30_000,
  maxWorkers: 2,
  transform: {},
};
