// SPDX-License-Identifier: MIT
// serve() options for cases about WebSockets: what happens is code that the client brings along, as
// fields of its upgrade request (`x-upgrade`, `x-open`, `x-close`, ...) and as messages that begin
// with "!". What came of it is a line in the log of the case (`x-case`). Runs on Bun and on Node.
import { log as logLine } from './support.mjs';

const shared = new Map();

/** A value as one line, whatever it is. */
export function shown(value) {
  if (value === undefined) return 'undefined';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Error) return `${value.name} ${value.code ?? '-'} ${value.message}`;
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return `${value.constructor.name} ${Buffer.from(buffer, byteOffset, byteLength).toString('hex')}`;
  }
  if (value instanceof ArrayBuffer) return `ArrayBuffer ${Buffer.from(value).toString('hex')}`;
  if (value instanceof Blob) return `Blob ${value.size} ${value.type}`;
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value === 'function') return 'function';
  return JSON.stringify(value) ?? typeof value;
}

const NAMES = ['ws', 'server', 'log', 'own', 'req', 'message', 'code', 'reason', 'tried', 'error'];
const compiled = new Map();

function run(source, scope) {
  let fn = compiled.get(source);
  if (fn === undefined) {
    const body = source.includes('return') || source.includes(';') ? source : `return (${source})`;
    fn = new Function(...NAMES, body);
    compiled.set(source, fn);
  }
  const { id } = scope;
  const log = (...values) => logLine(id, values.map(shown).join(' '));
  const tried = (...calls) =>
    calls.map((call) => {
      try {
        return call();
      } catch (error) {
        return error;
      }
    });
  if (!shared.has(id)) shared.set(id, {});
  const own = shared.get(id);
  return fn(...NAMES.map((name) => ({ ...scope, log, own, tried })[name]));
}

function report(id, call) {
  let result;
  try {
    result = call();
  } catch (error) {
    result = error;
  }
  if (result instanceof Promise) {
    result.then(
      (value) => logLine(id, shown(value)),
      (error) => logLine(id, shown(error)),
    );
  } else {
    logLine(id, shown(result));
  }
}

function handler(name, more = () => ({})) {
  return (ws, ...args) => {
    const source = ws.data?.[name];
    if (source)
      return run(source, { id: ws.data.id, server: ws.data.server, ws, ...more(...args) });
  };
}

export function sockets(websocket = {}, options = {}) {
  const fetch = (req, server) => {
    const field = (name) => req.headers.get(`x-${name}`);
    const data = { id: field('case') ?? '', server };
    for (const name of ['open', 'close', 'ping', 'pong', 'drain', 'message', 'error']) {
      data[name] = field(name);
    }
    const source = field('upgrade');
    const scope = { id: data.id, server, req, own: undefined };
    if (source) return run(source.replaceAll('$data', 'own.data'), prepare(scope, data));
    return server.upgrade(req, { data }) ? undefined : new Response('not upgraded');
  };
  const prepare = (scope, data) => {
    if (!shared.has(scope.id)) shared.set(scope.id, {});
    shared.get(scope.id).data = data;
    return scope;
  };
  return {
    fetch,
    routes: { '/route': fetch, '/method': { GET: fetch }, '/param/:id': fetch, '/wild/*': fetch },
    error: (error) => new Response(shown(error), { status: 500 }),
    ...options,
    websocket:
      'websocket' in options
        ? options.websocket
        : {
            open: handler('open'),
            message(ws, message) {
              if (typeof message === 'string' && message.startsWith('!')) {
                const { id, server } = ws.data;
                report(id, () => run(message.slice(1), { id, server, ws }));
                return undefined;
              }
              return handler('message', () => ({ message }))(ws);
            },
            close: handler('close', (code, reason) => ({ code, reason })),
            drain: handler('drain'),
            ping: handler('ping', (message) => ({ message })),
            pong: handler('pong', (message) => ({ message })),
            ...websocket,
          },
  };
}
