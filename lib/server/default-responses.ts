// SPDX-License-Identifier: MIT
//
// Answers of the server's own: to a handler that threw, and to one that returned no Response
// (behaviours 5.13, 10.1, 10.2). Production ones tell nothing about the program.

import type { PlainAnswer } from '../response/send.js';

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** The text of anything that can be thrown: getters and conversions of it may throw again. */
export function textOfThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error && typeof thrown.stack === 'string') return thrown.stack;
    return process.getBuiltinModule('node:util').inspect(thrown);
  } catch {
    return 'A value was thrown that cannot be shown';
  }
}

function developmentPage(error: unknown): string {
  return (
    '<!doctype html><meta charset="utf-8"><title>Internal Server Error</title>' +
    `<h1>Internal Server Error</h1><pre>${escapeHtml(textOfThrown(error))}</pre>`
  );
}

export function errorAnswer(error: unknown, development: boolean): PlainAnswer {
  return development
    ? {
        status: 500,
        fields: 'content-type: text/html;charset=utf-8\r\n',
        body: developmentPage(error),
      }
    : { status: 500, fields: 'content-type: text/plain\r\n', body: 'Something went wrong!' };
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
