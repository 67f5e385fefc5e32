// SPDX-License-Identifier: MIT
//
// The answer to a request whose handler failed, in development: a page, or JSON for those who ask
// for it. Loaded with the first error, so that a start does not pay for it.

import { prefersJson } from './accept.js';
import { pageFields, renderPage } from './page.js';
import { reportOf, type ReportedRequest } from './report.js';
import { reportText } from './text.js';

export interface ErrorAnswer {
  status: number;
  /** Complete header lines. */
  fields: string;
  body: string;
}

export interface FailedRequest extends ReportedRequest {
  readonly accept: string | null;
}

export function errorAnswer(thrown: unknown, request: FailedRequest): ErrorAnswer {
  const report = reportOf(thrown, request);
  if (prefersJson(request.accept)) {
    const body = JSON.stringify({ ...report, text: reportText(report) }, null, 2);
    const fields = 'content-type: application/json;charset=utf-8\r\ncache-control: no-store\r\n';
    return { status: 500, fields, body };
  }
  return { status: 500, fields: pageFields, body: renderPage(report) };
}
