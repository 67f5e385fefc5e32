// SPDX-License-Identifier: MIT
//
// Request bodies for JavaScript: whole, in pieces, or not at all. Every call takes a handle; with a
// stale one the body is gone.
#include "bindings.h"
#include "env_state.h"
#include "napi_util.h"
#include "server_events.h"

#include <cstdlib>
#include <cstring>

namespace addon {

namespace {

// Bodies from this size change hands instead of being copied. Node makes such buffers at some cost.
constexpr size_t kHandedOver = 1024 * 1024;
// V8 makes no strings of more than 2^29 - 24 characters; below this we cannot fail.
constexpr size_t kMaxText = 256 * 1024 * 1024;

// What a stream hands out at once; twin of PIECE_BYTES in lib/request/connection-body.ts.
constexpr size_t kPiece = 128 * 1024;

void freeBlock(napi_env, void *, void *block) { std::free(block); }

napi_value bytesValue(napi_env env, uwk::BodyBytes bytes) {
  std::string_view view = bytes.view();
  if (view.size() >= kHandedOver) {
    void *block = bytes.release();
    napi_value buffer = nullptr;
    if (block != nullptr &&
        napi_create_external_arraybuffer(env, const_cast<char *>(view.data()), view.size(),
                                         freeBlock, block, &buffer) == napi_ok) {
      return buffer;
    }
    // A Node without external buffers.
    uwk::BodyBytes copied(block, view);
    return makeArrayBuffer(env, view);
  }
  return makeArrayBuffer(env, view);
}

uint32_t answerFor(uwk::Exchange *exchange) {
  if (exchange == nullptr) {
    return kBodyGone;
  }
  switch (exchange->bodyState()) {
  case uwk::BodyState::Partial:
    return !exchange->bodyBytes().empty() ? kBodyMore : kBodyLater;
  case uwk::BodyState::Complete:
    return exchange->bodyBytes().size() > kPiece ? kBodyMore : kBodyLast;
  case uwk::BodyState::Failed:
    return faultOf(*exchange);
  case uwk::BodyState::None:
  case uwk::BodyState::Taken:
    break;
  }
  return kBodyDone;
}

napi_value makeAnswer(napi_env env, uint32_t answer) {
  napi_value value = nullptr;
  napi_create_uint32(env, answer, &value);
  return value;
}

// bodyText(handle): the complete body as a string (UTF-8, invalid bytes as U+FFFD); undefined when
// it is not complete, too long for a string, or was taken
napi_value bodyText(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
  if (exchange == nullptr || exchange->bodyState() != uwk::BodyState::Complete ||
      exchange->bodyBytes().size() > kMaxText) {
    return makeUndefined(env);
  }
  return makeText(env, exchange->takeBody().view());
}

// bodyBytes(handle): the complete body as an ArrayBuffer; undefined when it is not complete or was
// taken
napi_value bodyBytes(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
  if (exchange == nullptr || exchange->bodyState() != uwk::BodyState::Complete) {
    return makeUndefined(env);
  }
  return bytesValue(env, exchange->takeBody());
}

// bodyPiece(handle): the next bytes that are here, at most kPiece, after the answer More or Last
napi_value bodyPiece(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
  if (exchange == nullptr) {
    return makeUndefined(env);
  }
  std::string_view bytes = exchange->bodyBytes().substr(0, kPiece);
  napi_value buffer = makeArrayBuffer(env, bytes);
  exchange->consumeBody(bytes.size());
  return buffer;
}

// bodyInto(handle, view: Uint8Array): number of bytes copied, after the answer More or Last
napi_value bodyInto(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
  std::string_view room;
  if (exchange == nullptr || !readBytes(env, arguments[1], room)) {
    return makeNumber(env, 0);
  }
  std::string_view bytes = exchange->bodyBytes().substr(0, room.size());
  if (!bytes.empty()) {
    std::memcpy(const_cast<char *>(room.data()), bytes.data(), bytes.size());
  }
  exchange->consumeBody(bytes.size());
  return makeNumber(env, static_cast<double>(bytes.size()));
}

// bodyCollect(handle): BodyAnswer. Later: onBody follows when the body is complete or failed; with
// More, too
napi_value bodyCollect(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
  uint32_t answer = answerFor(exchange);
  if (exchange != nullptr) {
    exchange->collectBody();
  }
  return makeAnswer(env, answer == kBodyMore ? kBodyLater : answer);
}

// bodyPull(handle): BodyAnswer. More and Last: bodyPiece() has bytes. Later: onBody follows
napi_value bodyPull(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
  uint32_t answer = answerFor(exchange);
  if (exchange != nullptr) {
    exchange->pullBody();
  }
  return makeAnswer(env, answer);
}

// bodyDiscard(handle): nobody wants the rest
napi_value bodyDiscard(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  if (uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
      exchange != nullptr) {
    exchange->discardBody();
  }
  return makeUndefined(env);
}

} // namespace

void registerBodyBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "bodyText", bodyText);
  defineFunction(env, exports, "bodyBytes", bodyBytes);
  defineFunction(env, exports, "bodyPiece", bodyPiece);
  defineFunction(env, exports, "bodyInto", bodyInto);
  defineFunction(env, exports, "bodyCollect", bodyCollect);
  defineFunction(env, exports, "bodyPull", bodyPull);
  defineFunction(env, exports, "bodyDiscard", bodyDiscard);
}

} // namespace addon
