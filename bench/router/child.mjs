// SPDX-License-Identifier: MIT
// One router with one route set in a process of its own, so that no router's type feedback or
// garbage touches another's. Checks every answer, then times a slice whenever the parent asks.
// A timed step is one lookup plus reading the value and, where the route has one, a parameter.
// The path strings are the same ones every time, so V8 has their hashes at hand; in a server each
// is new. That favours routers written in JavaScript, which is the safe side for a claim of ours.
import { buildRouter } from './adapters.mjs';
import { sets } from './sets.mjs';

const [id, setName] = process.argv.slice(2);
const set = sets.find(({ name }) => name === setName);
// About a thousand lookups between two looks at the clock.
const kBatch = Math.ceil(1000 / set.paths.length);

function check(router) {
  for (const { path, value, param } of set.paths) {
    const found = router.find(path);
    const right = found && router.value(found) === value;
    if (!right || (param && router.param(found, param[0]) !== param[1]))
      throw new Error(`wrong answer for ${path}`);
  }
}

function runBatch({ find, value, param }, paths) {
  let sink = 0;
  for (let step = 0; step < kBatch; step++) {
    for (let i = 0; i < paths.length; i++) {
      const entry = paths[i];
      const found = find(entry.path);
      sink += value(found);
      if (entry.param !== undefined) sink += param(found, entry.param[0]).length;
    }
  }
  return sink;
}

function timeSlice(router, paths, milliseconds) {
  const until = process.hrtime.bigint() + BigInt(milliseconds) * 1_000_000n;
  const from = process.hrtime.bigint();
  let lookups = 0;
  let now;
  do {
    runBatch(router, paths);
    lookups += kBatch * paths.length;
    now = process.hrtime.bigint();
  } while (now < until);
  return Number(now - from) / lookups;
}

try {
  const router = await buildRouter(id, set.patterns);
  check(router);
  process.on('message', ({ milliseconds }) => {
    process.send({ ns: timeSlice(router, set.paths, milliseconds) });
  });
  process.send({ ready: true });
} catch (error) {
  process.send({ error: `${error.constructor.name}: ${error.message}`.slice(0, 120) }, () =>
    process.exit(0),
  );
}
