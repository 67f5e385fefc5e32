// SPDX-License-Identifier: MIT
//
// One crossing per event, positional arguments, numbers and strings only. Nothing is kept per
// request but the async context of those that did not finish at once.
#include "server_events.h"

#include "bindings.h"
#include "js_call.h"
#include "napi_util.h"

#include <array>

namespace addon {

namespace {

NativeServer &self(void *user) { return *static_cast<NativeServer *>(user); }

napi_value paramValue(EnvState &state, std::string_view raw) {
  if (!uwk::needsDecoding(raw)) {
    return makeLatin1(state.env, raw);
  }
  uwk::decodeParam(raw, state.decoded);
  if (!state.decoded.isUtf16) {
    return makeLatin1(state.env, state.decoded.latin1);
  }
  napi_value value = nullptr;
  napi_create_string_utf16(state.env, state.decoded.utf16.data(), state.decoded.utf16.size(),
                           &value);
  return value;
}

// Appends the params of a match to `arguments`; returns how many arguments they became.
size_t addParams(EnvState &state, const uwk::RouteMatch &match, napi_value *arguments) {
  size_t count = match.paramCount;
  if (count <= kDirectParams) {
    for (size_t i = 0; i < count; ++i) {
      arguments[i] = paramValue(state, match.param(i));
    }
    return count;
  }
  napi_create_array_with_length(state.env, count, &arguments[0]);
  for (size_t i = 0; i < count; ++i) {
    napi_set_element(state.env, arguments[0], static_cast<uint32_t>(i),
                     paramValue(state, match.param(i)));
  }
  return 1;
}

uint32_t requestFlags(const uwk::RequestEvent &event) {
  uint32_t flags = event.method & kMethodMask;
  if (event.hasBody) {
    flags |= kHasBody;
    if (event.exchange.bodyState() == uwk::BodyState::Complete) {
      flags |= kBodyComplete;
    }
  }
  if (event.exchange.needsNormalising()) {
    flags |= kNeedsNormalising;
  }
  return flags;
}

void onRequest(void *user, const uwk::RequestEvent &event) {
  NativeServer &server = self(user);
  EnvState &state = *server.state;
  // A pending request keeps the process alive even when its server does not.
  state.loop->ref();
  if (state.closing) {
    return;
  }
  uwk::ExchangeHandle handle = event.exchange.handle();
  // Route 0 of the JavaScript table is the fallback.
  uint32_t route = event.route == uwk::kNoRoute ? 0 : event.route;
  if (state.batch.add(state, server, event, route, requestFlags(event))) {
    return;
  }
  JsCall js(state, nullptr);
  std::array<napi_value, 4 + kDirectParams> arguments;
  napi_create_uint32(state.env, route, &arguments[0]);
  napi_create_double(state.env, static_cast<double>(handle), &arguments[1]);
  napi_create_uint32(state.env, requestFlags(event), &arguments[2]);
  arguments[3] = makeLatin1(state.env, event.exchange.rawHead());
  size_t params = addParams(state, event.match, &arguments[4]);
  napi_value returned = nullptr;
  if (js.call(server.onRequest, 4 + params, arguments.data(), &returned)) {
    respondReturned(state, handle, returned);
  }
  js.close();
  if (uwk::Exchange *pending = uwk::Exchange::find(*state.loop, handle); pending != nullptr) {
    pending->setData(js.keepContext());
  }
}

void onCatchUp(void *user) {
  EnvState &state = *self(user).state;
  state.batch.flush(state);
}

void onBody(void *user, uwk::Exchange &exchange, uwk::BodyState result) {
  NativeServer &server = self(user);
  EnvState &state = *server.state;
  if (state.closing) {
    return;
  }
  uint32_t answer = kBodyMore;
  if (result != uwk::BodyState::Partial) {
    answer = result == uwk::BodyState::Complete ? uint32_t{kBodyLast} : faultOf(exchange);
  }
  JsCall js(state, static_cast<napi_async_context>(exchange.data()));
  std::array<napi_value, 2> arguments;
  arguments[0] = makeNumber(state.env, static_cast<double>(exchange.handle()));
  napi_create_uint32(state.env, answer, &arguments[1]);
  js.call(server.onBody, arguments.size(), arguments.data());
}

void onWritable(void *user, uwk::Exchange &exchange) {
  NativeServer &server = self(user);
  EnvState &state = *server.state;
  if (state.closing) {
    return;
  }
  JsCall js(state, static_cast<napi_async_context>(exchange.data()));
  napi_value handle = makeNumber(state.env, static_cast<double>(exchange.handle()));
  js.call(server.onWritable, 1, &handle);
}

void onAborted(void *user, uwk::Exchange &exchange) {
  NativeServer &server = self(user);
  EnvState &state = *server.state;
  if (state.closing || state.batch.forget(state, exchange.handle())) {
    return;
  }
  JsCall js(state, static_cast<napi_async_context>(exchange.data()));
  std::array<napi_value, 2> arguments;
  arguments[0] = makeNumber(state.env, static_cast<double>(exchange.handle()));
  napi_create_uint32(state.env, faultOf(exchange), &arguments[1]);
  js.call(server.onAborted, arguments.size(), arguments.data());
}

void onEnded(void *user, uwk::ExchangeHandle, void *data) {
  EnvState &state = *self(user).state;
  state.loop->unref();
  if (data != nullptr) {
    napi_async_destroy(state.env, static_cast<napi_async_context>(data));
  }
}

void onSent(void *user, uwk::ExchangeHandle handle) {
  NativeServer &server = self(user);
  EnvState &state = *server.state;
  if (state.closing) {
    return;
  }
  JsCall js(state, nullptr);
  napi_value number = makeNumber(state.env, static_cast<double>(handle));
  js.call(server.onSent, 1, &number);
}

void onStopped(void *user) {
  NativeServer &server = self(user);
  EnvState &state = *server.state;
  if (state.closing) {
    return;
  }
  {
    JsCall js(state, nullptr);
    js.call(server.onStopped, 0, nullptr);
  }
  for (napi_ref reference :
       {server.onRequest, server.onRequests, server.onBody, server.onWritable, server.onAborted,
        server.onSent, server.onStopped, server.sockets.onMessages, server.sockets.onUnreadable,
        server.sockets.onPing, server.sockets.onPong, server.sockets.onDrain,
        server.sockets.onClose}) {
    if (reference != nullptr) {
      napi_delete_reference(state.env, reference);
    }
  }
  state.removeServer(server.id);
}

} // namespace

uint32_t faultOf(const uwk::Exchange &exchange) {
  return exchange.bodyFault() == uwk::BodyFault::TooLarge ? kBodyTooLarge : kBodyGone;
}

uwk::ServerHandlers serverHandlers(NativeServer &server) {
  return {.user = &server,
          .onRequest = onRequest,
          .onCatchUp = onCatchUp,
          .onBody = onBody,
          .onWritable = onWritable,
          .onAborted = onAborted,
          .onEnded = onEnded,
          .onSent = onSent,
          .onStopped = onStopped};
}

} // namespace addon
