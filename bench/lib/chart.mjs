// SPDX-License-Identifier: MIT
// Draws the results as one SVG: a panel of horizontal bars for each workload, shortest first,
// each bar with its figure and its ratio to the reference. No library, no script in the picture;
// readable on light and dark pages.
import { ratioOf } from './bars.mjs';
import { figure } from './report.mjs';

const kWidth = 960;
const kColumns = 2;
const kGap = 32;
const kLabel = 148;
const kFigure = 110;
const kRow = 22;
const kHead = 46;
const kTop = 74;

const kUnits = {
  'us/request': 'server CPU, microseconds per request',
  ms: 'milliseconds',
  bytes: 'resident bytes per connection',
};

const kStyle = `
  text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2328; }
  .title { font-size: 18px; font-weight: 600; }
  .name { font-size: 14px; font-weight: 600; }
  .quiet { fill: #656d76; }
  .ours { font-weight: 600; }
  .bar { fill: #b6bfc9; }
  .bar.bun { fill: #e0a96d; }
  .bar.ours { fill: #1a7f5a; }
  .bar.plain { fill: #6fb89b; }
  .bar.floor { fill: #d5dae0; }
  .cut { stroke: #ffffff; stroke-width: 2; fill: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .quiet { fill: #8d96a0; }
    .bar { fill: #4b5562; }
    .bar.bun { fill: #b98045; }
    .bar.ours { fill: #3fb27f; }
    .bar.plain { fill: #2f7a5a; }
    .bar.floor { fill: #30363d; }
    .cut { stroke: #0d1117; }
  }`;

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function barClass(row) {
  if (row.contestant === 'bunserve') return 'bar ours';
  if (row.contestant === 'bunserve-plain') return 'bar plain';
  if (row.contestant === 'bun') return 'bar bun';
  return row.role === 'floor' ? 'bar floor' : 'bar';
}

// Bars longer than this many times the median are cut, so that one slow contestant does not press
// all others flat; a cut bar says so with a broken end.
function scaleOf(rows) {
  const values = rows.map((row) => row.value).sort((a, b) => a - b);
  return Math.min(values.at(-1), values[Math.floor(values.length / 2)] * 3);
}

function panel(result, x, y, width) {
  const rows = [...result.rows];
  const paired = rows.some((row) => row.key.includes(':'));
  if (!paired) rows.sort((a, b) => a.value - b.value);
  const pairedNote = paired ? ' (x: against the same server)' : '';
  const label = paired ? kLabel + 52 : kLabel;
  const room = width - label - kFigure;
  const scale = scaleOf(rows);
  const parts = [
    `<text class="name" x="${x}" y="${y + 14}">${escape(result.id)} ${escape(result.name)}</text>`,
    `<text class="quiet" x="${x}" y="${y + 32}">${kUnits[result.unit]}${pairedNote}</text>`,
  ];
  rows.forEach((row, i) => {
    const top = y + kHead + i * kRow;
    const cut = row.value > scale;
    const length = Math.max(1, (Math.min(row.value, scale) / scale) * room);
    const ratio = row.against ? ratioOf(result, row.key, row.against) : 1;
    const text = row.role === 'ours' ? ' class="ours"' : '';
    const left = x + label;
    parts.push(
      `<text${text} x="${left - 8}" y="${top + 14}" text-anchor="end">${escape(row.label)}</text>`,
      `<rect class="${barClass(row)}" x="${left}" y="${top + 3}" width="${length.toFixed(1)}" ` +
        `height="${kRow - 7}" rx="2"/>`,
    );
    if (cut) {
      const from = left + length - 14;
      parts.push(`<path class="cut" d="M${from.toFixed(1)} ${top + 20}l6 -20m5 0l-6 20"/>`);
    }
    parts.push(
      `<text x="${(left + length + 6).toFixed(1)}" y="${top + 14}">${figure(row.value)}` +
        `<tspan class="quiet" dx="5">(${ratio.toFixed(2)}x)</tspan></text>`,
    );
  });
  return parts.join('\n');
}

const heightOf = (result) => kHead + result.rows.length * kRow + kGap;

export function chart(run) {
  const results = run.results.filter((result) => result.rows.length > 0);
  const width = (kWidth - kGap * (kColumns + 1)) / kColumns;
  const heights = Array.from({ length: kColumns }, () => kTop);
  const panels = results.map((result) => {
    const column = heights.indexOf(Math.min(...heights));
    const drawn = panel(result, kGap + column * (width + kGap), heights[column], width);
    heights[column] += heightOf(result);
    return drawn;
  });
  const { machine } = run;
  const facts = `${machine.cpu}, ${machine.kernel}, Node ${machine.node}, ${machine.date.slice(0, 10)}`;
  const height = Math.max(...heights);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${kWidth} ${height}" ` +
      `width="${kWidth}" height="${height}" role="img" aria-label="bunserve benchmark">`,
    `<style>${kStyle}</style>`,
    `<text class="title" x="${kGap}" y="34">Shorter is better; in brackets: times Bun</text>`,
    `<text class="quiet" x="${kGap}" y="54">${escape(facts)}</text>`,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}
