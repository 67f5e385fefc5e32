// SPDX-License-Identifier: MIT
//
// A few numbers in memory that both sides see: writing one in JavaScript costs a store, a call into
// the addon 60 ns. Twin: lib/native/cells.ts.
#pragma once

#include <node_api.h>

#include <cstdint>

namespace addon {

struct EnvState;

enum ExchangeCell : uint32_t {
  // Status and number of the field block of the body that onRequest() returns.
  kReplyStatus,
  kReplyBlock,
  // Not 0: a property was set on the resource of the shared async context.
  kContextTouched,
  // Not 0: requests may wait for the end of the turn, see request_batch.h.
  kMayBatch,
  // Of the batch: how many requests are in it, of which server, and the one that is being handled.
  kBatchSize,
  kBatchServer,
  kBatchCurrent,
  // Set to 1 by a message's handler: ticks and microtasks are to run before the next one.
  kClosesScope,
  // Of a call for several messages: which one is being handled, the slot of its socket, and whether
  // that was corked. See message_batch.h.
  kMessageIndex,
  kMessageSlot,
  kMessageCorked,
  // A message of the batch went back, so that later ones may have to follow it.
  kMessageReturned,
  kCellCount
};

void registerExchangeCells(napi_env env, napi_value exports);

} // namespace addon
