// SPDX-License-Identifier: MIT
// Compares measured ratios with the bars that the workloads carry. Knows nothing of how a figure
// was taken.

// How `subject` stands to `against`: the paired ratio where one was timed, else that of medians.
export function ratioOf(result, subject, against) {
  const pair = result.pairs.find((item) => item.subject === subject && item.against === against);
  if (pair) return pair.ratio;
  const row = (key) => result.rows.find((item) => item.key === key)?.value ?? NaN;
  return row(subject) / row(against);
}

export function checkBars(workload, result) {
  const rows = [];
  for (const bar of workload.bars ?? []) {
    const subjects = bar.subject === 'bunserve' ? ['bunserve', 'bunserve-plain'] : [bar.subject];
    for (const subject of subjects) {
      const measured = bar.absolute
        ? (result?.rows.find((row) => row.key === subject)?.value ?? NaN)
        : result
          ? ratioOf(result, subject, bar.against)
          : NaN;
      rows.push({
        workload: workload.id,
        name: workload.name,
        what: bar.absolute
          ? `${subject}, ${result?.unit ?? 'absolute'}`
          : `${subject} / ${bar.against}`,
        max: bar.max,
        measured,
        // Plain `bunserve` is printed for information: the bars are for the registered classes.
        binding: subject === bar.subject,
        verdict: Number.isNaN(measured) ? 'not measured' : measured <= bar.max ? 'ok' : 'over',
      });
    }
  }
  return rows;
}
