// SPDX-License-Identifier: MIT
// One test file in a process of its own: Jest's globals (describe, it, expect and so on) are jest-circus
// and @jest/expect themselves, and the file is a native ES module. Sends one report and ends when
// nothing is left open. Knows nothing of reporters.

import { pathToFileURL } from 'node:url';
import { jestExpect } from '@jest/expect';
import * as circus from 'jest-circus';
import { ModuleMocker } from 'jest-mock';

const [file, settings] = [process.argv[2], JSON.parse(process.argv[3])];
process.setSourceMapsEnabled(true);

circus.resetState();
const state = circus.getState();
state.testTimeout = settings.testTimeout;
if (settings.testNamePattern) state.testNamePattern = new RegExp(settings.testNamePattern, 'i');

const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = circus;
const mocker = new ModuleMocker(globalThis);
Object.assign(globalThis, {
  ...{ describe, it, test, beforeAll, beforeEach, afterAll, afterEach },
  expect: jestExpect,
  jest: { fn: mocker.fn.bind(mocker), spyOn: mocker.spyOn.bind(mocker) },
});

/** An error outside a promise chain fails the test that runs, or the file. */
function stray(error) {
  const current = circus.getState();
  (current.currentlyRunningTest?.errors ?? current.unhandledErrors).push(error);
}
process.on('uncaughtException', stray);
process.on('unhandledRejection', stray);

function fullName(test) {
  const names = [];
  for (let at = test; at.parent; at = at.parent) names.unshift(at.name);
  return names.join(' ');
}

circus.addEventHandler((event) => {
  if (event.name === 'test_start') {
    jestExpect.setState({
      ...{ assertionCalls: 0, suppressedErrors: [], currentTestName: fullName(event.test) },
      ...{ expectedAssertionsNumber: null, isExpectingAssertions: false, testPath: file },
    });
  } else if (event.name === 'test_fn_success' || event.name === 'test_fn_failure') {
    // expect.assertions(n), and failures that an assertion recorded instead of throwing.
    const { suppressedErrors = [] } = jestExpect.getState();
    event.test.errors.push(...suppressedErrors);
    if (event.name === 'test_fn_success') {
      event.test.errors.push(...jestExpect.extractExpectedAssertionsErrors().map((e) => e.error));
    }
  }
});

function describeResult(result) {
  const names = result.testPath.slice(1);
  return {
    ancestorTitles: names.slice(0, -1),
    title: names.at(-1),
    fullName: names.join(' '),
    duration: result.duration,
    failureMessages: result.errors,
    status:
      result.status === 'done'
        ? result.errors.length > 0
          ? 'failed'
          : 'passed'
        : statusOf(result),
  };
}

function statusOf(result) {
  return result.status === 'todo' ? 'todo' : 'pending';
}

const start = Date.now();
let tests = [];
let error;
try {
  await import(pathToFileURL(file).href);
  const result = await circus.run();
  tests = result.testResults.map(describeResult);
  if (result.unhandledErrors.length > 0) error = result.unhandledErrors.join('\n');
  else if (tests.length === 0) error = 'the file has no tests';
} catch (thrown) {
  error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}
process.send({ start, end: Date.now(), tests, error }, () => process.disconnect());
