// SPDX-License-Identifier: MIT
// Measures CPU time per request in pairs. A pair is timed as A B B A, so that a drift of the
// machine over those seconds hits both alike; its figure is the ratio of the two, and the result
// is the median over rounds. Servers are restarted every few rounds: what differs from one start
// to the next (addresses, JIT decisions) must not decide. Knows no contestant by name.
import { join } from 'node:path';
import { runSlice } from './load.mjs';
import { buildDir } from './prepare.mjs';
import { writeRequests } from './requests.mjs';
import { NotOffered, startServer } from './server.mjs';
import { median, quantile, sum } from './stats.mjs';
import { verify } from './verify.mjs';
import { environmentOf, pairsOf, subjectsOf } from './workloads.mjs';

// Above this share of stolen time a block is repeated, once, and flagged if it is no better.
const kStealLimit = 0.08;
// A spinning client that does not get its core means that something else runs on the machine.
const kClientShare = 0.9;
const kFailureLimit = 2;

const serverKey = (subject) => `${subject.contestant.id}/${subject.app}`;

async function startVerified(subject, workload, context) {
  // A long idle limit where connections are many: none may be closed before its turn comes.
  const env = { ...(workload.idle && { BENCH_IDLE: '1' }), ...environmentOf(workload) };
  const { contestant, app } = subject;
  const server = await startServer(contestant, app, context.cores, env, workload.unix);
  try {
    const check = workload.verify ?? verify;
    await check(server.address, subject.requests, workload.expect, workload.tls);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

// Servers by contestant and app: subjects that differ only in load share one.
class Fleet {
  constructor(workload, context) {
    this.workload = workload;
    this.context = context;
    this.servers = new Map();
    this.warm = new Set();
  }

  async get(subject) {
    const key = serverKey(subject);
    if (!this.servers.has(key)) {
      this.servers.set(key, await startVerified(subject, this.workload, this.context));
    }
    const server = this.servers.get(key);
    if (!this.warm.has(subject.key)) {
      this.warm.add(subject.key);
      const { warmup } = this.context.options;
      await this.slice(subject, server, { seconds: warmup, lead: 0 });
    }
    return server;
  }

  slice(subject, server, extra) {
    const options = { ...subject.load, ...extra, status: this.workload.expect.status };
    return runSlice(server, this.context.cores, subject.requestFile, options);
  }

  async stop() {
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
    this.servers.clear();
    this.warm.clear();
  }
}

// Leaves out, with the reason, whoever does not offer the app or answers it wrongly.
async function admit(workload, subjects, context) {
  const admitted = [];
  const verdicts = new Map();
  for (const subject of subjects) {
    const key = serverKey(subject);
    if (!verdicts.has(key)) {
      try {
        await (await startVerified(subject, workload, context)).stop();
        verdicts.set(key, null);
      } catch (error) {
        verdicts.set(key, error);
      }
    }
    const error = verdicts.get(key);
    if (!error) admitted.push(subject);
    else if (!(error instanceof NotOffered)) {
      context.warn(`${workload.id}: ${subject.label} is left out: ${error.message}`);
    }
  }
  return admitted;
}

const perRequest = (slices) =>
  sum(slices.map((slice) => slice.cpuMicros)) / sum(slices.map((slice) => slice.requests));

async function timeBlock(pair, fleet, context) {
  const { seconds } = context.options;
  const a = await fleet.get(pair.a);
  const b = await fleet.get(pair.b);
  const slices = [];
  for (const [subject, server] of [
    [pair.a, a],
    [pair.b, b],
    [pair.b, b],
    [pair.a, a],
  ]) {
    slices.push(await fleet.slice(subject, server, { seconds }));
  }
  const ratio = perRequest([slices[0], slices[3]]) / perRequest([slices[1], slices[2]]);
  const steal = Math.max(...slices.map((slice) => slice.steal));
  const share = Math.min(...slices.map((slice) => slice.clientShare));
  return { slices, ratio, steal, share };
}

async function runPair(pair, fleet, context) {
  let block = await timeBlock(pair, fleet, context);
  if (block.steal > kStealLimit) {
    context.note(`steal ${(block.steal * 100).toFixed(0)} %, again`);
    const again = await timeBlock(pair, fleet, context);
    if (again.steal < block.steal) block = again;
  }
  const flagged = block.steal > kStealLimit;
  pair.rounds.push({ ratio: block.ratio, steal: block.steal, flagged });
  for (const [subject, indices] of [
    [pair.a, [0, 3]],
    [pair.b, [1, 2]],
  ]) {
    for (const index of indices) subject.slices.push({ ...block.slices[index], flagged });
  }
  context.share.push(block.share);
  return block;
}

function trusted(items) {
  const good = items.filter((item) => !item.flagged);
  return good.length * 2 >= items.length ? good : items;
}

function summarisePair(pair) {
  const rounds = trusted(pair.rounds);
  const ratios = rounds.map((round) => round.ratio);
  return {
    subject: pair.key,
    against: pair.against,
    ratio: median(ratios),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    rounds: pair.rounds.length,
    flagged: pair.rounds.filter((round) => round.flagged).length,
    ratios: pair.rounds.map((round) => Number(round.ratio.toFixed(4))),
  };
}

function summariseSubject(subject) {
  const slices = trusted(subject.slices);
  const figure = (pick) => median(slices.map(pick));
  const cpu = slices.map((slice) => slice.cpuMicros / slice.requests);
  return {
    key: subject.key,
    label: subject.label,
    contestant: subject.contestant.id,
    role: subject.contestant.role,
    against: subject.against,
    value: median(cpu),
    best: Math.min(...cpu),
    user: figure((slice) => slice.userMicros / slice.requests),
    system: figure((slice) => slice.systemMicros / slice.requests),
    perSecond: figure((slice) => slice.requests / slice.seconds),
    p50: figure((slice) => slice.p50),
    p99: figure((slice) => slice.p99),
    slices: subject.slices.length,
  };
}

// Pairs for this round; those that are not `full` come in every fourth round only. A pair that
// failed twice is given up.
const due = (pairs, round) =>
  pairs.filter((pair) => (pair.full || round % 4 === 0) && pair.failures < kFailureLimit);

// Times one pair. A failure costs that pair its round and all servers a restart, not the run.
async function runRound(pair, round, fleet, workload, context) {
  const name = `${pair.a.label} / ${pair.b.label}`;
  const count = `${round + 1}/${context.options.rounds}`;
  context.progress(`${workload.id} round ${count}: ${name}`);
  try {
    const block = await runPair(pair, fleet, context);
    const cpu = perRequest([block.slices[0], block.slices[3]]);
    const of = perRequest([block.slices[1], block.slices[2]]);
    context.line(
      `  ${count}  ${block.ratio.toFixed(3)}  ${name}  (${cpu.toFixed(2)} / ${of.toFixed(2)} us)`,
    );
  } catch (error) {
    pair.failures++;
    context.warn(`${workload.id}: ${name}, round ${count}: ${error.message}`);
    await fleet.stop();
  }
}

async function runRounds(workload, pairs, context) {
  const { rounds, restart } = context.options;
  const fleet = new Fleet(workload, context);
  try {
    for (let round = 0; round < rounds; round++) {
      if (round > 0 && round % restart === 0) await fleet.stop();
      for (const pair of due(pairs, round)) {
        await runRound(pair, round, fleet, workload, context);
      }
    }
  } finally {
    await fleet.stop();
  }
}

// One subject alone has nothing to be divided by; it is still timed.
function lonely(subjects) {
  return subjects.length === 1
    ? [
        {
          key: subjects[0].key,
          a: subjects[0],
          b: subjects[0],
          full: true,
          rounds: [],
          failures: 0,
        },
      ]
    : [];
}

export async function measureRate(workload, contestants, context) {
  const planned = subjectsOf(workload, contestants);
  const subjects = await admit(workload, planned, context);
  for (const [index, subject] of subjects.entries()) {
    subject.slices = [];
    subject.requestFile = join(buildDir, `requests-${workload.id}-${index}`);
    writeRequests(subject.requestFile, subject.requests);
  }
  const pairs = pairsOf(workload, subjects);
  context.share = [];
  await runRounds(workload, pairs.length > 0 ? pairs : lonely(subjects), context);
  if (context.share.length > 0 && median(context.share) < kClientShare) {
    context.warn(
      `${workload.id}: the load client had only ${(median(context.share) * 100).toFixed(0)} % of ` +
        'its core: the machine is not quiet, trust nothing but large ratios',
    );
  }
  return {
    unit: 'us/request',
    rows: subjects.filter(({ slices }) => slices.length > 0).map(summariseSubject),
    pairs: pairs.filter(({ rounds }) => rounds.length > 0).map(summarisePair),
  };
}
