// SPDX-License-Identifier: MIT
// Jest runs the compiled tests of build/test as native ES modules in a plain worker, without a vm
// context: an addon and the fetch classes belong to one realm, so `instanceof` would lie in another.

export default {
  rootDir: 'build/test',
  runner: 'jest-light-runner',
  testMatch: ['**/*.test.js'],
  testTimeout: 30_000,
  transform: {},
};
