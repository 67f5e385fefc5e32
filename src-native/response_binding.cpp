// SPDX-License-Identifier: MIT
//
// Responses from JavaScript in one crossing: status, field block, body.
#include "bindings.h"
#include "env_state.h"
#include "exchange_cells.h"
#include "napi_util.h"
#include "payload.h"
#include "response_head.h"

namespace addon {

namespace {

// Bodies up to this many bytes are copied; larger ones stay where they are until sent.
constexpr size_t kCopiedBody = 64 * 1024;

struct BytesOwner {
  napi_env env;
  napi_ref reference;
};

void releaseBytes(void *owner) {
  auto *bytes = static_cast<BytesOwner *>(owner);
  napi_delete_reference(bytes->env, bytes->reference);
  delete bytes;
}

// A handler may transfer its ArrayBuffer to another thread while we send from it; a detached one
// has no bytes then.
std::string_view refreshBytes(void *owner) {
  auto *bytes = static_cast<BytesOwner *>(owner);
  napi_handle_scope scope = nullptr;
  napi_value value = nullptr;
  std::string_view view;
  napi_open_handle_scope(bytes->env, &scope);
  napi_get_reference_value(bytes->env, bytes->reference, &value);
  (void)readBytes(bytes->env, value, view);
  napi_close_handle_scope(bytes->env, scope);
  return view;
}

// Large bytes are kept in JavaScript's hands, a large string's UTF-8 in the response's.
void giveBody(napi_env env, napi_value value, Payload &payload, uwk::ResponseBody &body) {
  body.bytes = payload.bytes();
  if (payload.isText()) {
    body.owner = payload.releaseOwned();
    body.release = body.owner == nullptr ? nullptr : Payload::freeOwned;
    return;
  }
  if (body.bytes.size() <= kCopiedBody) {
    return;
  }
  auto *owner = new BytesOwner{env, nullptr};
  napi_create_reference(env, value, 1, &owner->reference);
  body.refresh = refreshBytes;
  body.release = releaseBytes;
  body.owner = owner;
}

// respond(handle, status, fields: string | number, body: string | Uint8Array | undefined,
//         flags = 0, declaredLength = -1): Delivery
napi_value respond(napi_env env, napi_callback_info info) {
  Arguments<6> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = findExchange(state, arguments[0]);
  if (exchange == nullptr) {
    return makeNumber(env, kGone);
  }
  GivenHead given(state, arguments[1], arguments[2]);
  if (arguments.count > 4) {
    given.setFlags(readUint32(env, arguments[4]));
    given.head.declaredLength = static_cast<int64_t>(readNumber(env, arguments[5]));
  }
  uwk::ResponseBody body;
  Payload payload(state, arguments[3]);
  giveBody(env, arguments[3], payload, body);
  (void)exchange->respond(given.head, body);
  return deliveryOf(state, arguments[0]);
}

// internFields(fields): a number that respond() takes in its place
napi_value internFields(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  EnvState &state = EnvState::of(env);
  state.fieldBlocks.push_back(readLatin1(env, arguments[0]));
  return makeNumber(env, static_cast<double>(state.fieldBlocks.size() - 1));
}

// abort(handle): closes the connection without a response
napi_value abortExchange(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  EnvState &state = EnvState::of(env);
  if (uwk::Exchange *exchange = findExchange(state, arguments[0]); exchange != nullptr) {
    exchange->abort();
  }
  return makeUndefined(env);
}

} // namespace

void respondReturned(EnvState &state, uwk::ExchangeHandle handle, napi_value returned) {
  uwk::Exchange *exchange = uwk::Exchange::find(*state.loop, handle);
  if (exchange == nullptr) {
    return;
  }
  Payload payload(state, returned);
  if (!payload.isText()) {
    return;
  }
  uwk::ResponseHead head;
  head.status = static_cast<uint16_t>(state.cells[kReplyStatus]);
  head.fields = fieldBlock(state, state.cells[kReplyBlock]);
  uwk::ResponseBody body;
  giveBody(state.env, returned, payload, body);
  exchange->respond(head, body);
}

void registerResponseBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "respond", respond);
  defineFunction(env, exports, "internFields", internFields);
  defineFunction(env, exports, "abort", abortExchange);
}

} // namespace addon
