// SPDX-License-Identifier: MIT
// All cases by topic, in the order they run.
import type { DifferentialCase } from '../case.js';
import { cases as aborts } from './aborts.js';
import { cases as asyncContext } from './async-context.js';
import { cases as bodies } from './bodies.js';
import { cases as connections } from './connections.js';
import { cases as cookieApi } from './cookie-api.js';
import { cases as cookies } from './cookies.js';
import { cases as directories } from './directories.js';
import { cases as errorOutcomes } from './error-outcomes.js';
import { cases as errors } from './errors.js';
import { cases as files } from './files.js';
import { cases as framing } from './framing.js';
import { cases as headers } from './headers.js';
import { cases as lifecycle } from './lifecycle-lite.js';
import { cases as methods } from './methods.js';
import { cases as options } from './options.js';
import { cases as params } from './params.js';
import { cases as proxies } from './proxies.js';
import { cases as response } from './response.js';
import { cases as routing } from './routing.js';
import { cases as serverObject } from './server-object.js';
import { cases as statics } from './static.js';
import { cases as streams } from './streams.js';
import { cases as tlsConnections } from './tls-connections.js';
import { cases as tlsOptions } from './tls-options.js';
import { cases as url } from './url.js';
import { cases as websocketApi } from './websocket-api.js';
import { cases as websocketHandshake } from './websocket-handshake.js';
import { cases as websocketFrames } from './websocket-frames.js';
import { cases as websocketLife } from './websocket-life.js';
import { cases as websocketPubsub } from './websocket-pubsub.js';
import { cases as websocketOrder } from './websocket-order.js';

export const topics: Readonly<Record<string, readonly DifferentialCase[]>> = {
  routing,
  params,
  static: statics,
  directories,
  methods,
  framing,
  connections,
  headers,
  response,
  url,
  errors,
  'error-outcomes': errorOutcomes,
  cookies,
  'cookie-api': cookieApi,
  'lifecycle-lite': lifecycle,
  options,
  'tls-options': tlsOptions,
  'tls-connections': tlsConnections,
  'server-object': serverObject,
  aborts,
  bodies,
  streams,
  'async-context': asyncContext,
  proxies,
  files,
  'websocket-api': websocketApi,
  'websocket-handshake': websocketHandshake,
  'websocket-frames': websocketFrames,
  'websocket-life': websocketLife,
  'websocket-pubsub': websocketPubsub,
  'websocket-order': websocketOrder,
};
