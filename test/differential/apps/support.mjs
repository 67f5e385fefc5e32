// SPDX-License-Identifier: MIT
// What every differential app shares: how it announces its port, how it is told to hand over its
// log, and how it ends. Runs unchanged on Bun and on Node, so it may use node: modules only.
// The parent's end of stdin is the app's life-line: when it closes, the app exits.
import { createInterface } from 'node:readline';

export const port = Number(process.env.APP_PORT ?? 0);

// The whole suite can be played over TLS: run.ts, --tls.
if (process.env.APP_TLS) {
  const tls = JSON.parse(process.env.APP_TLS);
  const { serve } = Bun;
  Bun.serve = (options) =>
    serve(typeof options === 'object' && options !== null ? { tls, ...options } : options);
}

/** Log lines per snippet id; shared apps log under ''. */
const lines = new Map();
const waiting = [];

export function log(id, line) {
  const list = lines.get(id) ?? [];
  list.push(String(line));
  lines.set(id, list);
  answerWaiting();
}

/** Announces the app on stdout and starts taking commands. */
export function listening(facts) {
  say(facts);
  const commands = createInterface({ input: process.stdin });
  commands.on('line', (line) => {
    waiting.push(JSON.parse(line));
    answerWaiting();
  });
  commands.on('close', () => process.exit(0));
}

/** JSON of everything a handler can see of a request whose body is already read. */
export function describeRequest(req, body) {
  const seen = { method: req.method, url: req.url, headers: [...req.headers], body };
  return req.params === undefined ? seen : { ...seen, params: { ...req.params } };
}

/** JSON kept in ASCII, so that a replacement character or a lone surrogate is told apart. */
export function json(value) {
  const text = JSON.stringify(value).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return new Response(text, { headers: { 'content-type': 'application/json' } });
}

/** Answers with what the handler saw; bodies as latin-1 text so that every byte survives. */
export function echo(req) {
  if (req.method === 'GET' || req.method === 'HEAD') return json(describeRequest(req, ''));
  return req.arrayBuffer().then((bytes) => {
    return json(describeRequest(req, Buffer.from(bytes).toString('latin1')));
  });
}

function say(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

// A command is { sync, id, logs }: it is answered once `logs` lines exist, and takes them all.
function answerWaiting() {
  for (let i = 0; i < waiting.length;) {
    const { sync, id, logs } = waiting[i];
    const list = lines.get(id) ?? [];
    if (list.length < logs) {
      i += 1;
      continue;
    }
    waiting.splice(i, 1);
    lines.delete(id);
    say({ sync, log: list });
  }
}
