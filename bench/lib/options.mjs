// SPDX-License-Identifier: MIT
// The command line of bench/run.mjs. Knows nothing of what the options do.
import { parseArgs } from 'node:util';
import { contestantIds } from './contestants.mjs';

export const usage = `Usage: npm run bench -- [options]      (or: node bench/run.mjs [options])

  --only W1,W2      these workloads only
  --peers bun,uws   these peers only (${contestantIds.slice(2).join(', ')})
  --ours bunserve   bunserve, bunserve-plain, or none (default: both)
  --rounds N        rounds (default 8; 24 to tell small differences)
  --seconds S       length of a slice (default 1)
  --warmup S        per server after each start (default 1)
  --restart N       restart the servers every N rounds (default 4)
  --every-peer      slow peers in every round too, not in every fourth
  --quick           3 rounds of 0.4 s: does it work, not how fast is it
  --check           compare with the bars; exit status 1 if one is over or was not measured
  --from FILE       no measuring: report and check an earlier results/*.json
  --name NAME       write results/NAME.{md,json,svg} (default latest)
  --server-cpu N, --load-cpu N
  --list            workloads and contestants
`;

const list = (text) =>
  text
    ?.split(',')
    .map((item) => item.trim())
    .filter(Boolean);
const numeric = (text) => (text === undefined ? undefined : Number(text));

const kText = { type: 'string' };
const kFlag = { type: 'boolean' };

export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: kText,
      peers: kText,
      ours: kText,
      rounds: kText,
      seconds: kText,
      warmup: kText,
      restart: kText,
      from: kText,
      name: kText,
      'server-cpu': kText,
      'load-cpu': kText,
      'every-peer': kFlag,
      quick: kFlag,
      check: kFlag,
      list: kFlag,
      help: { ...kFlag, short: 'h' },
    },
  });
  const quick = Boolean(values.quick);
  const options = {
    only: list(values.only)?.map((id) => id.toUpperCase()),
    peers: list(values.peers) ?? contestantIds.slice(2).filter((id) => id !== 'other'),
    ours: values.ours === 'none' ? [] : (list(values.ours) ?? contestantIds.slice(0, 2)),
    rounds: numeric(values.rounds) ?? (quick ? 3 : 8),
    seconds: numeric(values.seconds) ?? (quick ? 0.4 : 1),
    warmup: numeric(values.warmup) ?? (quick ? 0.4 : 1),
    restart: numeric(values.restart) ?? 4,
    serverCpu: numeric(values['server-cpu']),
    loadCpu: numeric(values['load-cpu']),
    everyPeer: Boolean(values['every-peer']),
    from: values.from,
    name: values.name ?? 'latest',
    quick,
    check: Boolean(values.check),
    list: Boolean(values.list),
    help: Boolean(values.help),
  };
  const unknown = [...options.peers, ...options.ours].filter((id) => !contestantIds.includes(id));
  if (unknown.length > 0) throw new Error(`unknown contestant: ${unknown.join(', ')}`);
  for (const name of ['rounds', 'seconds', 'warmup', 'restart']) {
    if (!(options[name] > 0)) throw new Error(`--${name} needs a positive number`);
  }
  return options;
}
