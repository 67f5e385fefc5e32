// SPDX-License-Identifier: MIT
// Jest runs the compiled tests of build/test as native ES modules in plain child processes,
// without a vm context: an addon and the fetch classes belong to one realm, where a context would
// make `instanceof` lie. A test that patches globals or ends its process starts a child of its
// own.

export default {
  rootDir: 'build/test',
  runner: ['jest-light-runner', { runtime: 'child_process' }],
  testMatch: ['**/*.test.js'],
  setupFiles: ['<rootDir>/helpers/jest-setup.js'],
  maxWorkers: 2,
  transform: {},
};
