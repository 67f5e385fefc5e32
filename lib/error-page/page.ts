// SPDX-License-Identifier: MIT
//
// A report as one self-contained HTML page: no request leaves it, and its policy lets nothing run
// but the few lines of its own script. Every piece of text goes through escapeHtml.

import { escapeHtml, highlight } from './highlight.js';
import type { ErrorReport, ReportedError, ReportedFrame } from './report.js';
import { script, style } from './style.js';
import { placeOf, reportText, titleOf } from './text.js';

const crypto = process.getBuiltinModule('node:crypto');

function hashSource(text: string): string {
  return `'sha256-${crypto.createHash('sha256').update(text).digest('base64')}'`;
}

const policy = [
  "default-src 'none'",
  `style-src ${hashSource(style)}`,
  `script-src ${hashSource(script)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Header lines of the page. */
export const pageFields =
  'content-type: text/html;charset=utf-8\r\n' +
  `content-security-policy: ${policy}\r\n` +
  'cache-control: no-store\r\nx-content-type-options: nosniff\r\n';

/** A box of its own, so that tabs count from where the code begins. */
function codeCell(html: string): string {
  return `<span>${html}</span>`;
}

function codeHtml({ source, line, column }: ReportedFrame): string {
  if (source === undefined) return '';
  const rows = source.lines.map((text, i) => {
    const number = source.start + i;
    const cell = `<span class="number-of">${number}</span>`;
    if (number !== line) return `<span class="row">${cell}${codeCell(highlight(text))}</span>`;
    // Tabs stay, so that the caret stands where the text above it stands.
    const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
    const row = `<span class="row at">${cell}${codeCell(highlight(text))}</span>`;
    const empty = '<span class="number-of"></span>';
    return `${row}<span class="row at">${empty}${codeCell(`<span class="caret">${indent}^</span>`)}</span>`;
  });
  return `<pre class="code" tabindex="0"><code>${rows.join('')}</code></pre>`;
}

function frameLine(frame: ReportedFrame): string {
  const place = escapeHtml(placeOf(frame));
  const call = escapeHtml(frame.call === '' ? '(anonymous)' : frame.call);
  return `<span class="call">${call}</span>${place === '' ? '' : `<span class="place">${place}</span>`}`;
}

function isQuiet(frame: ReportedFrame): boolean {
  return frame.source === undefined && frame.origin !== 'project';
}

function quietHtml(frames: readonly ReportedFrame[]): string {
  const count = frames.length === 1 ? '1 frame' : `${frames.length} frames`;
  const lines = frames.map((frame) => `<div class="frame">${frameLine(frame)}</div>`);
  return `<details class="quiet"><summary>${count} outside the project's code</summary>${lines.join('')}</details>`;
}

function framesHtml(frames: readonly ReportedFrame[]): string {
  const parts: string[] = [];
  let quiet: ReportedFrame[] = [];
  let isFirst = true;
  const flush = (): void => {
    if (quiet.length > 0) parts.push(quietHtml(quiet));
    quiet = [];
  };
  for (const frame of frames) {
    if (isQuiet(frame)) {
      quiet.push(frame);
      continue;
    }
    flush();
    if (frame.source === undefined) {
      parts.push(`<div class="frame">${frameLine(frame)}</div>`);
    } else {
      const open = isFirst ? ' open' : '';
      parts.push(
        `<details${open}><summary>${frameLine(frame)}</summary>${codeHtml(frame)}</details>`,
      );
      isFirst = false;
    }
  }
  flush();
  return parts.length === 0 ? '' : `<div class="frames">${parts.join('')}</div>`;
}

function listHtml(entries: Iterable<[string, string]>): string {
  const rows = Array.from(
    entries,
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return rows.join('');
}

function errorHtml(error: ReportedError, relation: string): string {
  const heading = relation === '' ? 'h1' : 'h2';
  const nature = error.name === '' ? 'Thrown, but no Error' : '';
  const isLong = error.message.length > 160 || error.message.includes('\n');
  const message = isLong ? 'message long' : 'message';
  const properties = listHtml(Object.entries(error.properties));
  const title =
    error.name === ''
      ? `<${heading} class="message value">${escapeHtml(error.message)}</${heading}>`
      : `<${heading}><span class="name">${escapeHtml(error.name)}</span></${heading}>` +
        `<p class="${message}">${escapeHtml(error.message)}</p>`;
  return [
    '<section class="error">',
    ...[relation, nature].filter(Boolean).map((text) => `<p class="relation">${text}</p>`),
    title,
    properties === '' ? '' : `<dl class="properties">${properties}</dl>`,
    framesHtml(error.frames),
    error.cause === undefined ? '' : errorHtml(error.cause, 'Caused by'),
    ...(error.errors ?? []).map((each, i) => errorHtml(each, `Error ${i + 1}`)),
    '</section>',
  ].join('');
}

function requestHtml({ request }: ErrorReport): string {
  const facts: [string, string][] = [
    ['Method', request.method],
    ['URL', request.url],
  ];
  return (
    '<details class="card"><summary>Request</summary>' +
    `<dl class="request">${listHtml([...facts, ...request.headers])}</dl></details>`
  );
}

function pathOf(url: string): string {
  return /^[a-z]+:\/\/[^/]*(\/[^?]*)/i.exec(url)?.[1] ?? url;
}

export function renderPage(report: ErrorReport): string {
  const { error, request } = report;
  const where = escapeHtml(`${request.method} ${pathOf(request.url)}`);
  // For those who read it in a terminal. Without ">" and "--" nothing ends a comment.
  const comment = escapeHtml(titleOf(error)).replace(/-(?=-)/g, '- ');
  // The newline keeps a text that begins with one: HTML drops the first.
  const text = `\n${escapeHtml(reportText(report))}`;
  return (
    `<!doctype html>\n<!-- ${comment} -->\n` +
    '<html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>Internal Server Error</title><style>${style}</style></head><body>\n` +
    `<main><div class="bar"><span class="where">500 &middot; ${where}</span>` +
    `<button type="button" hidden>Copy as text</button></div>\n` +
    `${errorHtml(error, '')}\n${requestHtml(report)}\n` +
    `<details class="card"><summary>As text</summary>` +
    `<textarea readonly spellcheck="false" aria-label="The error as text">${text}</textarea></details>` +
    `<footer>Shown because <code>development</code> is on. Node ${escapeHtml(process.version)}</footer>` +
    `</main><script>${script}</script></body></html>\n`
  );
}
