// SPDX-License-Identifier: MIT
//
// Answers of the server's own: to a handler that threw, and to one that returned no Response
// (behaviours 5.13, 10.1, 10.2). Production ones tell nothing about the program.

import type { ConnectionCore } from '../request/connection-core.js';
import type { PlainAnswer } from '../response/send.js';

const util = process.getBuiltinModule('node:util');

const DESCRIBED = {
  depth: 0,
  maxStringLength: 100,
  maxArrayLength: 5,
  breakLength: Infinity,
  compact: true,
} as const;

export function isError(value: unknown): value is Error {
  return util.types.isNativeError(value) || value instanceof Error;
}

/** The text of anything that can be thrown: getters and conversions of it may throw again. */
function textOfThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error && typeof thrown.stack === 'string') return thrown.stack;
    return util.inspect(thrown);
  } catch {
    return 'A value was thrown that cannot be shown';
  }
}

/** To stderr; neither what was thrown nor a replaced console may throw again. */
export function report(thrown: unknown): void {
  try {
    console.error(thrown);
  } catch {
    try {
      console.error(textOfThrown(thrown));
    } catch {
      // There is no other place to say it.
    }
  }
}

/** A value that is no Response, on one line. */
export function describe(value: unknown): string {
  try {
    return util.inspect(value, DESCRIBED);
  } catch {
    return typeof value;
  }
}

export const errorAnswer: PlainAnswer = {
  status: 500,
  fields: 'content-type: text/plain\r\n',
  body: 'Something went wrong!',
};

/** Whether errors may be shown: never in production, whatever `development` says. */
export function mayShowErrors(development: boolean): boolean {
  return development && process.env.NODE_ENV !== 'production';
}

/** The page that shows an error. Never rejects. */
export async function errorPage(thrown: unknown, request: ConnectionCore): Promise<PlainAnswer> {
  try {
    const { errorAnswer: render } = await import('../error-page/index.js');
    const { method, url, headers } = request;
    return render(thrown, { method, url, headers, accept: request.get('accept') });
  } catch (error) {
    // Not the time to fail: the program's own error is on stderr already.
    return { ...errorAnswer, body: `Something went wrong!\n\n${textOfThrown(error)}` };
  }
}

export function welcomeAnswer(development: boolean): PlainAnswer {
  return development
    ? {
        status: 200,
        fields: 'content-type: text/plain;charset=utf-8\r\n',
        body: 'Welcome to Bun! To get started, return a Response object.',
      }
    : { status: 204, fields: '', body: '' };
}
