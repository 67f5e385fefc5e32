// SPDX-License-Identifier: MIT
// What connections of the tests are made of. With BUNSERVE_TEST_TLS in the environment servers speak
// TLS unless a test says otherwise, and raw clients whose server does speak it, too: the Jest project
// `tls` runs the HTTP tests a second time like that.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Authority, type Pair } from './certificates.js';

/** Whether this process is one of the second run. */
export const isTlsRun = process.env.BUNSERVE_TEST_TLS === '1';

/** Of servers that a test starts without saying more. */
export const scheme = isTlsRun ? 'https' : 'http';

let pair: Pair | undefined;

/** Options that servers get in front of those of a test. */
export function transportOptions(): { tls?: Pair } {
  if (!isTlsRun) return {};
  pair ??= new Authority().issue('localhost', { names: ['localhost', '127.0.0.1', '::1'] });
  // fetch() of Node offers no other way; raw clients do not look at certificates.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  return { tls: pair };
}

export interface Target {
  readonly port?: number;
  readonly host?: string;
  readonly path?: string;
  readonly tls?: boolean;
}

/** Connects, with a handshake where it takes one; half-open, so that FIN is the test's choice. */
export async function openSocket({ tls = false, ...to }: Target): Promise<Socket> {
  const target =
    to.path === undefined
      ? { port: to.port ?? 0, host: to.host ?? '127.0.0.1' }
      : { path: to.path };
  const options = { ...target, allowHalfOpen: true };
  const socket = tls ? connectTls({ ...options, rejectUnauthorized: false }) : connectTcp(options);
  await new Promise<void>((resolve, reject) => {
    socket.once(tls ? 'secureConnect' : 'connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}
