// SPDX-License-Identifier: MIT
// Turns results into text: the tables of the terminal and of results/*.md. Measures nothing.
import { ratioOf } from './bars.mjs';

const kUnits = { 'us/request': 'CPU us/request', ms: 'ms', bytes: 'bytes/connection' };

const number = (value, digits) =>
  value === undefined || Number.isNaN(value) ? '' : value.toFixed(digits);

// Three significant digits or so, whatever the size.
export function figure(value) {
  if (value === undefined || Number.isNaN(value)) return '';
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

function perSecond(value) {
  if (value === undefined) return '';
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : `${(value / 1000).toFixed(1)} k`;
}

function ratioCell(result, row) {
  if (!row.against) return '1';
  const pair = result.pairs.find(
    (item) => item.subject === row.key && item.against === row.against,
  );
  if (!pair) return number(ratioOf(result, row.key, row.against), 2);
  const flag = pair.flagged > 0 ? ` (${pair.flagged} noisy)` : '';
  return (
    `${number(pair.ratio, pair.ratio < 10 ? 3 : 1)} [${number(pair.low, 2)}-${number(pair.high, 2)}]` +
    ` n=${pair.rounds}${flag}`
  );
}

const columns = {
  'us/request': [
    ['best', (row) => figure(row.best)],
    ['user', (row) => figure(row.user)],
    ['system', (row) => figure(row.system)],
    ['req/s', (row) => perSecond(row.perSecond)],
    ['p50 us', (row) => figure(row.p50)],
    ['p99 us', (row) => figure(row.p99)],
  ],
  bytes: [
    ['best', (row) => figure(row.best)],
    ['warm', (row) => figure(row.warm)],
    ['MB idle', (row) => number(row.idleMegabytes, 1)],
    ['MB open', (row) => number(row.openMegabytes, 1)],
    ['MB closed', (row) => number(row.closedMegabytes, 1)],
  ],
  ms: [['best', (row) => figure(row.best)]],
};

function againstName(result) {
  const labels = new Set(result.rows.filter((row) => row.against).map((row) => row.against));
  if (labels.size !== 1) return 'ratio';
  const [key] = labels;
  return `/ ${result.rows.find((row) => row.key === key)?.label ?? key}`;
}

// [header, ...lines] of cells.
function cells(result) {
  const extra = columns[result.unit];
  const header = ['contestant', kUnits[result.unit], againstName(result)];
  const rows = [...result.rows];
  if (!rows.some((row) => row.key.includes(':'))) rows.sort((a, b) => a.value - b.value);
  return [
    [...header, ...extra.map(([name]) => name)],
    ...rows.map((row) => [
      row.label,
      figure(row.value),
      ratioCell(result, row),
      ...extra.map(([, show]) => show(row)),
    ]),
  ];
}

export function textTable(table) {
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  return table
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join('  '),
    )
    .join('\n');
}

export function markdownTable(table) {
  const line = (row) => `| ${row.join(' | ')} |`;
  const rule = table[0].map((_, i) => (i === 0 ? '---' : '--:'));
  return [line(table[0]), line(rule), ...table.slice(1).map(line)].join('\n');
}

export const resultText = (result) => textTable(cells(result));

export function barsTable(bars) {
  return [
    ['workload', 'bar', 'measured', 'at most', 'verdict'],
    ...bars.map((bar) => [
      bar.workload,
      bar.what,
      bar.max >= 100 ? figure(bar.measured) : number(bar.measured, 3),
      figure(bar.max),
      bar.binding ? bar.verdict : `(${bar.verdict})`,
    ]),
  ];
}

function facts(run) {
  const { machine, versions } = run;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}, ` +
      `TCP ${machine.congestion}. Node ${machine.node}. ${machine.date}.`,
    '',
    Object.entries(versions)
      .map(([label, version]) => `${label} ${version}`.trim())
      .join(', ') + '.',
    '',
    `Server on core ${machine.serverCore}, load on core ${machine.loadCore}; ` +
      `${run.options.rounds} rounds of ${run.options.seconds} s slices, A B B A, medians ` +
      '[quartiles]; see bench/README.md.',
  ].join('\n');
}

export function markdown(run, bars) {
  const parts = ['# bunserve benchmark', facts(run)];
  if (run.chart) parts.push(`![server CPU per request](${run.chart})`);
  for (const result of run.results) {
    parts.push(`## ${result.id}: ${result.name}`, markdownTable(cells(result)));
  }
  const measured = bars.filter((bar) => bar.verdict !== 'not measured');
  if (measured.length > 0) parts.push('## Bars', markdownTable(barsTable(measured)));
  if (run.warnings.length > 0) {
    parts.push('## Warnings', run.warnings.map((text) => `- ${text}`).join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}
