// SPDX-License-Identifier: MIT
// A Jest runner that gives every test file a Node process of its own, without a vm context: an addon
// and the fetch classes belong to one realm, and what a file patches or leaks ends with it. A file that
// hangs is killed and named. What runs inside the process is worker.mjs.

import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatResultsErrors } from 'jest-message-util';

const worker = path.join(path.dirname(fileURLToPath(import.meta.url)), 'worker.mjs');

// Above any sum of test timeouts that a file is allowed to reach; Jest has no such limit.
const fileLimitMs = Number(process.env.BUNSERVE_TEST_FILE_SECONDS ?? 1200) * 1000;

// How long a finished file may take to end by itself: a listening server or a timer was left behind.
const lingerMs = 2000;

/** Runs one file; resolves with the worker's report or rejects with why there is none. */
function runInProcess(file, settings, variables) {
  return new Promise((resolve, reject) => {
    // Standard output belongs to Jest's reporters.
    const child = fork(worker, [file, JSON.stringify(settings)], {
      stdio: ['ignore', 2, 2, 'ipc'],
      env: { ...process.env, ...variables },
    });
    let report;
    let timer = setTimeout(() => child.kill('SIGKILL'), fileLimitMs);
    child.on('message', (message) => {
      report = message;
      clearTimeout(timer);
      timer = setTimeout(() => {
        console.error(`${file} left something open after its tests and was ended`);
        child.kill('SIGKILL');
      }, lingerMs);
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (report) resolve(report);
      else if (signal === 'SIGKILL') reject(new Error(`ended after ${fileLimitMs / 1000} s`));
      else
        reject(new Error(`the process ended (${signal ?? `exit code ${code}`}) before its tests`));
    });
  });
}

function testResult(test, report, globalConfig) {
  const { config } = test.context;
  const count = (status) => report.tests.filter((one) => one.status === status).length;
  const testResults = report.tests.map((one) => ({
    ...one,
    failureDetails: [],
    invocations: 1,
    location: null,
    numPassingAsserts: 0,
    retryReasons: [],
  }));
  const runtime = report.end - report.start;
  const failure = formatResultsErrors(testResults, config, globalConfig, test.path);
  return {
    failureMessage: report.error ? `${report.error}\n${failure ?? ''}` : failure,
    leaks: false,
    numFailingTests: count('failed'),
    numPassingTests: count('passed'),
    numPendingTests: count('pending') + count('skipped') + count('disabled'),
    numTodoTests: count('todo'),
    openHandles: [],
    perfStats: {
      start: report.start,
      end: report.end,
      runtime,
      slow: runtime / 1000 > config.slowTestThreshold,
      loadTestEnvironmentStart: report.start,
      loadTestEnvironmentEnd: report.start,
      setupFilesStart: report.start,
      setupFilesEnd: report.start,
    },
    skipped: false,
    snapshot: {
      added: 0,
      fileDeleted: false,
      matched: 0,
      unchecked: 0,
      uncheckedKeys: [],
      unmatched: 0,
      updated: 0,
    },
    testExecError: report.error ? { message: report.error, stack: report.error } : undefined,
    testFilePath: test.path,
    testResults,
  };
}

export default class ProcessRunner {
  supportsEventEmitters = false;

  constructor(globalConfig) {
    this.globalConfig = globalConfig;
  }

  async runTests(tests, watcher, onStart, onResult, onFailure) {
    const waiting = [...tests];
    const settings = {
      testTimeout: this.globalConfig.testTimeout ?? 5000,
      testNamePattern: this.globalConfig.testNamePattern ?? null,
    };
    const lane = async () => {
      for (let test = waiting.shift(); test !== undefined; test = waiting.shift()) {
        if (watcher.isInterrupted()) return;
        await onStart(test);
        try {
          const { testEnvironmentOptions } = test.context.config;
          const report = await runInProcess(test.path, settings, testEnvironmentOptions);
          if (report.tests.length === 0) throw new Error(report.error);
          await onResult(test, testResult(test, report, this.globalConfig));
        } catch (error) {
          // Our own stack would only hide the file's.
          await onFailure(test, { message: error.message, stack: error.message });
        }
      }
    };
    await Promise.all(Array.from({ length: this.globalConfig.maxWorkers }, lane));
  }
}
