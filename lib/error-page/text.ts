// SPDX-License-Identifier: MIT
//
// A report as plain text: what people paste into an issue.

import type { ErrorReport, ReportedError, ReportedFrame } from './report.js';

export function titleOf(error: ReportedError): string {
  if (error.name === '') return error.message;
  return error.message === '' ? error.name : `${error.name}: ${error.message}`;
}

export function placeOf(frame: ReportedFrame): string {
  if (frame.line === 0) return frame.file;
  return `${frame.file}:${frame.line}:${frame.column}`;
}

function frameText(frame: ReportedFrame): string {
  const place = placeOf(frame);
  if (frame.call === '') return `at ${place}`;
  return place === '' ? `at ${frame.call}` : `at ${frame.call} (${place})`;
}

function errorLines(error: ReportedError, indent: string): string[] {
  const lines = [indent + titleOf(error).replaceAll('\n', `\n${indent}`)];
  for (const [name, value] of Object.entries(error.properties)) {
    lines.push(`${indent}  ${name}: ${value}`);
  }
  for (const frame of error.frames) lines.push(`${indent}    ${frameText(frame)}`);
  if (error.cause !== undefined) {
    lines.push(`${indent}  caused by`, ...errorLines(error.cause, `${indent}  `));
  }
  for (const each of error.errors ?? []) {
    lines.push(`${indent}  one of its errors`, ...errorLines(each, `${indent}  `));
  }
  return lines;
}

export function reportText({ error, request }: ErrorReport): string {
  const where = `${request.method} ${request.url}`;
  return [...errorLines(error, ''), '', where, `Node ${process.version}`, ''].join('\n');
}
