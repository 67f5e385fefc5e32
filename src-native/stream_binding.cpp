// SPDX-License-Identifier: MIT
//
// Response bodies that come over time: one crossing per piece, string or bytes.
#include "bindings.h"
#include "env_state.h"
#include "napi_util.h"
#include "payload.h"
#include "response_head.h"

namespace addon {

namespace {

// What JavaScript learns of a write: the number of bytes, as -1 - bytes when it should wait for
// onWritable, undefined when there is no stream.
napi_value outcome(napi_env env, uwk::StreamWrite write, size_t size) {
  napi_value result = nullptr;
  const auto count = static_cast<int64_t>(size);
  if (write == uwk::StreamWrite::Gone) {
    return makeUndefined(env);
  }
  napi_create_int64(env, write == uwk::StreamWrite::Full ? -1 - count : count, &result);
  return result;
}

// streamStart(handle, status, fields: string | number, flags, length, first?): see outcome()
napi_value streamStart(napi_env env, napi_callback_info info) {
  Arguments<6> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = findExchange(state, arguments[0]);
  if (exchange == nullptr) {
    return makeUndefined(env);
  }
  GivenHead given(state, arguments[1], arguments[2]);
  given.setFlags(readUint32(env, arguments[3]));
  const auto length = static_cast<int64_t>(readNumber(env, arguments[4]));
  const Payload payload(state, arguments[5]);
  const std::string_view first = payload.bytes();
  return outcome(env, exchange->startStream(given.head, length, first), first.size());
}

// streamWrite(handle, piece): see outcome()
napi_value streamWrite(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = findExchange(state, arguments[0]);
  if (exchange == nullptr) {
    return makeUndefined(env);
  }
  const Payload payload(state, arguments[1]);
  const std::string_view piece = payload.bytes();
  return outcome(env, exchange->writeStream(piece), piece.size());
}

// streamFlush(handle): what was written in this turn leaves now
napi_value streamFlush(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  if (uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
      exchange != nullptr) {
    exchange->flushStream();
  }
  return makeUndefined(env);
}

// streamEnd(handle, last?): Delivery
napi_value streamEnd(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = findExchange(state, arguments[0]);
  if (exchange == nullptr) {
    return makeNumber(env, kGone);
  }
  const Payload last(state, arguments[1]);
  if (!exchange->endStream(last.bytes())) {
    return makeNumber(env, kGone);
  }
  return deliveryOf(state, arguments[0]);
}

// streamReset(handle): the connection ends with a reset
napi_value streamReset(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  if (uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
      exchange != nullptr) {
    exchange->reset();
  }
  return makeUndefined(env);
}

} // namespace

void registerStreamBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "streamStart", streamStart);
  defineFunction(env, exports, "streamWrite", streamWrite);
  defineFunction(env, exports, "streamFlush", streamFlush);
  defineFunction(env, exports, "streamEnd", streamEnd);
  defineFunction(env, exports, "streamReset", streamReset);
}

} // namespace addon
