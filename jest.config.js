// SPDX-License-Identifier: MIT
// Jest runs the compiled tests of build/test. Our runner starts a plain process for each file, see
// scripts/jest/runner.mjs. A test that patches globals or ends its process may do so in its own file.

const common = {
  rootDir: 'build/test',
  runner: '<rootDir>/../../scripts/jest/runner.mjs',
  transform: {},
};

// Tests of what goes over a connection. Left out are those that open none (options, properties, errors
// of listening), those about addresses and URLs, the load of reloads (lib/tls has its own), WebSockets,
// and programs with processes of their own. The whole suite beside Bun: test/differential, --tls.
const overTls = [
  'apps/*',
  'request/*',
  'response/{bodies,headers,injection,large,static,stream,stream-end}',
  'router/{directory,route-values,served-table}',
  'cookies/request-cookies',
  'server/{channels,errors,idle,max-connections,reload,request-ip,stop,stop-force,timeout}',
];

export default {
  // A watchdog against hangs. Nothing is asserted by it: real programs start slowly on a busy machine.
  testTimeout: 180_000,
  maxWorkers: 2,
  projects: [
    { ...common, displayName: 'http', testMatch: ['**/*.test.js'] },
    {
      ...common,
      displayName: 'tls',
      testMatch: overTls.map((files) => `<rootDir>/lib/${files}.test.js`),
      // Environment variables of the test processes. Node warns of clients that trust anybody.
      testEnvironmentOptions: { BUNSERVE_TEST_TLS: '1', NODE_NO_WARNINGS: '1' },
    },
  ],
};
