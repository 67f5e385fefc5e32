// SPDX-License-Identifier: MIT
//
// A response handed over entirely: the addon has it, and whoever watches its request learns when it
// has not left at once.

import { native } from '../native/binding.js';
import { Delivery } from '../native/contract.js';
import type { ResponseTarget } from './target.js';

/**
 * `fields`: complete lines, or the number of a block. `flags`: `ResponseFlag` bits. `declared`: the
 * length of a body that is not sent, -1 for that of `body`.
 */
export function respond(
  core: ResponseTarget,
  status: number,
  fields: string | number,
  body: string | Uint8Array | undefined,
  flags = 0,
  declared = -1,
): void {
  core.ended = true;
  const delivery = native.respond(core.handle, status, fields, body, flags, declared);
  if (delivery !== Delivery.Sent) core.notSent(delivery);
}
