// SPDX-License-Identifier: MIT
// What a case about the WebSocket protocol is: bytes behind a handshake, the messages an echoing
// server answers with, and how the connection ends. Groups have the numbers of the public Autobahn
// suite; words and bytes are our own.
import {
  bytesOf,
  closePayload,
  frameBytes,
  OPCODES,
  type FrameOptions,
  type Opcode,
} from '../../helpers/websocket-frames.js';

export interface Answer {
  readonly opcode: number;
  readonly payload: Buffer;
}

export interface ProtocolCase {
  readonly id: string;
  readonly bytes: Buffer;
  readonly answers: readonly Answer[];
  /** Code of the server's Close frame, 1005 for one without. */
  readonly code: number;
  /** An offer of permessage-deflate, and the server that gets it. */
  readonly deflate?: { readonly offer: string; readonly server: 'shared' | 'dedicated' | 'small' };
}

export const text = (payload: string | Buffer, more?: FrameOptions): Buffer =>
  frameBytes('text', payload, more);
export const binary = (payload: string | Buffer, more?: FrameOptions): Buffer =>
  frameBytes('binary', payload, more);
export const ping = (payload: string | Buffer = '', more?: FrameOptions): Buffer =>
  frameBytes('ping', payload, more);
export const pong = (payload: string | Buffer = '', more?: FrameOptions): Buffer =>
  frameBytes('pong', payload, more);
export const close = (code?: number, reason: string | Buffer = ''): Buffer =>
  frameBytes('close', code === undefined ? '' : closePayload(code, reason));

/** A frame that another one of its message follows. */
export const part = (opcode: Opcode, payload: string | Buffer, more?: FrameOptions): Buffer =>
  frameBytes(opcode, payload, { ...more, fin: false });
export const rest = (payload: string | Buffer, more?: FrameOptions): Buffer =>
  frameBytes('continuation', payload, more);

/** One message in frames of `size` bytes. */
export function inParts(opcode: 'text' | 'binary', payload: Buffer, size: number): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < payload.length || at === 0; at += size) {
    const fin = at + size >= payload.length;
    const piece = payload.subarray(at, at + size);
    frames.push(frameBytes(at === 0 ? opcode : 'continuation', piece, { fin }));
  }
  return Buffer.concat(frames);
}

export const says = (opcode: keyof typeof OPCODES, payload: string | Buffer): Answer => ({
  opcode: OPCODES[opcode],
  payload: bytesOf(payload),
});

/** Frames that are all right: the connection ends because the client says so. */
export function fine(
  id: string,
  frames: Buffer | readonly Buffer[],
  ...answers: readonly Answer[]
): ProtocolCase {
  const sent = Buffer.isBuffer(frames) ? frames : Buffer.concat(frames);
  return { id, bytes: Buffer.concat([sent, close(1000)]), answers, code: 1000 };
}

/** Frames that end the connection with a code of the server. */
export function fault(
  id: string,
  code: number,
  frames: Buffer | readonly Buffer[],
  ...answers: readonly Answer[]
): ProtocolCase {
  const bytes = Buffer.isBuffer(frames) ? frames : Buffer.concat(frames);
  return { id, bytes, answers, code };
}
