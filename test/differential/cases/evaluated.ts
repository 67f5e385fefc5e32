// SPDX-License-Identifier: MIT
// Cases whose handler evaluates code and answers with what came of it: for everything that happens
// between a program and its server rather than on the wire. The code is text because it has to run
// under both runtimes, and may do what types forbid.
import { get, type DifferentialCase, type Snippet } from '../case.js';

const HELPERS = `
  const base = { port: 0, hostname: '127.0.0.1', development: false, fetch: () => new Response('x') };
  const errorOf = (e) => [e?.name, e?.code ?? null, e?.message, e?.errno ?? null, e?.syscall ?? null];
  const seen = (value) => value === undefined ? 'undefined' : typeof value === 'number' && isNaN(value) ? 'NaN' : value;
  const thrown = (call) => { try { return seen(call()); } catch (e) { return errorOf(e); } };
  const rejected = async (call) => { try { return seen(await call()); } catch (e) { return errorOf(e); } };
  const shown = (s) => {
    const url = s.url.href.replace(':' + s.port, ':P');
    const address = typeof s.address === 'string' ? s.address : { ...s.address, port: s.address.port === s.port };
    return [typeof s.port, s.hostname ?? null, address, url, s.protocol, s.development, s.id, String(s)];
  };
  const attempt = (options) => thrown(() => {
    const s = Bun.serve(typeof options === 'object' && options !== null ? { ...base, ...options } : options);
    try { return shown(s); } finally { s.stop(true); }
  });
`;

function snippet(text: string): Snippet {
  return { toString: () => text } as unknown as Snippet;
}

/** A case that answers with the JSON of what `code` returns; `req` and `server` are its own. */
export function evaluated(name: string, code: string): DifferentialCase {
  const app = snippet(`({ json, Bun }) => ({
    async fetch(req, server) { ${HELPERS} return json(await (async () => { ${code} })()); },
  })`);
  return { name, app, send: get('/'), gives: '200 open' };
}
