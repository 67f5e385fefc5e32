// SPDX-License-Identifier: MIT
//
// Validation and defaults of the `websocket` option, in Bun's wording (behaviours 16).

import { invalidArgument } from '../errors.js';
import { WebSocketFlag } from '../native/contract.js';
import type { WebSocketHandler } from './types.js';

/** Handlers as they are called, whatever the type of `ws.data`. */
export type AnyHandler = WebSocketHandler<unknown>;

/** A checked option. */
export interface WebSocketSettings {
  handlers: AnyHandler;
  publishToSelf: boolean;
  maxPayloadBytes: number;
  backpressureLimit: number;
  idleTimeoutSeconds: number;
  /** `WebSocketFlag` bits. */
  flags: number;
  compressWindow: number;
  memoryLevel: number;
  decompressWindow: number;
}

const HANDLERS = ['open', 'message', 'close', 'drain', 'ping', 'pong', 'error'] as const;
const DEFAULT_LIMIT = 16 * 1024 * 1024;
const DEFAULT_IDLE_SECONDS = 120;
const MIN_IDLE_SECONDS = 8;
const MAX_IDLE_SECONDS = 960;
const MAX_UINT32 = 2 ** 32 - 1;

/** Window (as an exponent; 0 = shared) and zlib's memory level, which make up the size. */
const COMPRESSORS = new Map<unknown, readonly [window: number, memoryLevel: number]>([
  ['shared', [0, 8]],
  ['dedicated', [15, 8]],
  ['3KB', [9, 1]],
  ['4KB', [9, 2]],
  ['8KB', [10, 3]],
  ['16KB', [11, 4]],
  ['32KB', [12, 5]],
  ['64KB', [13, 6]],
  ['128KB', [14, 7]],
  ['256KB', [15, 8]],
]);

/** The window a decompressor of about that size has room for. */
const DECOMPRESSORS = new Map<unknown, number>([
  ['shared', 0],
  ['dedicated', 15],
  ['3KB', 11],
  ['4KB', 12],
  ['8KB', 13],
  ['16KB', 14],
  ['32KB', 15],
  ['64KB', 15],
  ['128KB', 15],
  ['256KB', 15],
]);

type Given = Record<string, unknown>;

function readInteger(given: Given, name: string, fallback: number): number {
  const value = given[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw invalidArgument(`websocket expects ${name} to be an integer`);
  }
  return Math.min(Math.max(value, 0), MAX_UINT32);
}

function readBoolean(given: Given, name: string, fallback: boolean): boolean {
  const value = given[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'boolean') {
    throw invalidArgument(`websocket expects ${name} to be a boolean`);
  }
  return value;
}

function readIdleTimeout(given: Given): number {
  const seconds = readInteger(given, 'idleTimeout', DEFAULT_IDLE_SECONDS);
  if (seconds > MAX_IDLE_SECONDS) {
    throw invalidArgument('websocket expects idleTimeout to be 960 or less');
  }
  return seconds === 0 ? 0 : Math.max(seconds, MIN_IDLE_SECONDS);
}

function readHandlers(given: Given): AnyHandler {
  const handlers: Given = {};
  for (const name of HANDLERS) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'function') {
      throw invalidArgument(`websocket expects a function for the '${name}' option`);
    }
    handlers[name] = value;
  }
  return handlers;
}

/** One side of `perMessageDeflate`; undefined when it is off. */
function readCompressor(deflate: Given, name: 'compress' | 'decompress'): unknown {
  const value = deflate[name];
  if (value === undefined || value === null || value === false) return undefined;
  if (value === true) return 'shared';
  if (value === 'disable') return undefined;
  if (!COMPRESSORS.has(value)) {
    throw invalidArgument(
      `websocket expects a valid ${name} option, either "disable" "shared" "dedicated" "3KB" ` +
        '"4KB" "8KB" "16KB" "32KB" "64KB" "128KB" or "256KB"',
    );
  }
  return value;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function readDeflate(
  given: Given,
): Pick<WebSocketSettings, 'flags' | 'compressWindow' | 'memoryLevel' | 'decompressWindow'> {
  const value = given.perMessageDeflate;
  let compress: unknown;
  let decompress: unknown;
  if (value === true) {
    compress = decompress = 'shared';
  } else if (isObject(value)) {
    const given = value as Given;
    compress = readCompressor(given, 'compress');
    decompress = readCompressor(given, 'decompress');
    // Who asks for one side has said nothing against the other; the client may always compress.
    if (decompress !== undefined && (given.compress === undefined || given.compress === null)) {
      compress = 'shared';
    }
  } else if (value !== undefined && value !== null && value !== false) {
    throw invalidArgument('websocket expects perMessageDeflate to be a boolean or an object');
  }
  const [compressWindow, memoryLevel] = COMPRESSORS.get(compress ?? 'shared')!;
  return {
    flags:
      (compress === undefined && decompress === undefined ? 0 : WebSocketFlag.Deflate) |
      (compress === undefined ? 0 : WebSocketFlag.Compresses),
    compressWindow,
    memoryLevel,
    decompressWindow: DECOMPRESSORS.get(decompress ?? 'shared')!,
  };
}

/** Checks the option; undefined when it is not given. */
export function readWebSocket(value: unknown): WebSocketSettings | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalidArgument('Expected websocket to be an object');
  const given = value as Given;
  const handlers = readHandlers(given);
  const maxPayloadBytes = readInteger(given, 'maxPayloadLength', DEFAULT_LIMIT);
  const backpressureLimit = readInteger(given, 'backpressureLimit', DEFAULT_LIMIT);
  const closeOnLimit = readBoolean(given, 'closeOnBackpressureLimit', false);
  const idleTimeoutSeconds = readIdleTimeout(given);
  const sendPings = readBoolean(given, 'sendPings', true);
  const publishToSelf = readBoolean(given, 'publishToSelf', false);
  const deflate = readDeflate(given);
  let { flags } = deflate;
  if (closeOnLimit) flags |= WebSocketFlag.CloseOnLimit;
  if (sendPings) flags |= WebSocketFlag.SendPings;
  if (handlers.ping !== undefined || handlers.pong !== undefined) {
    flags |= WebSocketFlag.HearsControls;
  }
  return {
    ...deflate,
    handlers,
    publishToSelf,
    maxPayloadBytes,
    backpressureLimit,
    idleTimeoutSeconds,
    flags,
  };
}
