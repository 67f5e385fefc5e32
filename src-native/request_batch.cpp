// SPDX-License-Identifier: MIT
//
// See request_batch.h.
#include "request_batch.h"

#include "bindings.h"
#include "env_state.h"
#include "exchange_cells.h"
#include "js_call.h"
#include "napi_util.h"

#include <uwk/Text.h>

#include <array>
#include <cstring>

namespace addon {

namespace {

uwk::ExchangeHandle handleOf(double number) { return static_cast<uwk::ExchangeHandle>(number); }

} // namespace

napi_value RequestBatch::share(napi_env env) {
  napi_value pair = nullptr;
  if (shared_ != nullptr) {
    napi_get_reference_value(env, shared_, &pair);
    return pair;
  }
  napi_value buffers[2] = {};
  napi_value arrays[2] = {};
  void *handles = nullptr;
  void *words = nullptr;
  if (napi_create_arraybuffer(env, kCapacity * sizeof(double), &handles, &buffers[0]) != napi_ok ||
      napi_create_arraybuffer(env, kCapacity * kStride * sizeof(uint32_t), &words, &buffers[1]) !=
          napi_ok ||
      napi_create_typedarray(env, napi_float64_array, kCapacity, buffers[0], 0, &arrays[0]) !=
          napi_ok ||
      napi_create_typedarray(env, napi_uint32_array, kCapacity * kStride, buffers[1], 0,
                             &arrays[1]) != napi_ok ||
      napi_create_array_with_length(env, 2, &pair) != napi_ok ||
      napi_set_element(env, pair, 0, arrays[0]) != napi_ok ||
      napi_set_element(env, pair, 1, arrays[1]) != napi_ok ||
      napi_create_reference(env, pair, 1, &shared_) != napi_ok) {
    return nullptr;
  }
  text_.reset(new char[kTextBytes + kPadding]);
  handles_ = static_cast<double *>(handles);
  words_ = static_cast<uint32_t *>(words);
  return pair;
}

bool RequestBatch::add(EnvState &state, NativeServer &server, const uwk::RequestEvent &event,
                       uint32_t route, uint32_t flags) {
  // In an async context that somebody has entered a store in only one request may run.
  if (!event.mayWait || handles_ == nullptr || state.cells[kMayBatch] == 0 ||
      state.cells[kContextTouched] != 0 || flushing_) {
    return false;
  }
  const std::string_view head = event.exchange.rawHead();
  if (head.size() > kTextBytes || (route != 0 && event.match.paramCount > kMaxParams)) {
    return false;
  }
  const uwk::ExchangeHandle handle = event.exchange.handle();
  if (size_ != 0 && (sealed_ || server_ != server.id || size_ == kCapacity ||
                     head.size() > kTextBytes - textSize_)) {
    flush(state);
    // A handler may have closed everything, this connection too.
    if (uwk::Exchange::find(*state.loop, handle) == nullptr) {
      return true;
    }
  }
  uint32_t *words = words_ + (size_t{size_} * kStride);
  if (route != 0 && !putParams(event.match, head, words)) {
    return false;
  }
  words[0] = route;
  words[1] = flags;
  words[2] = textSize_;
  words[3] = textSize_ + static_cast<uint32_t>(head.size());
  std::memcpy(text_.get() + textSize_, head.data(), head.size());
  textSize_ = words[3];
  handles_[size_] = static_cast<double>(handle);
  server_ = server.id;
  state.cells[kBatchServer] = server_;
  state.cells[kBatchSize] = ++size_;
  return true;
}

// False when a param is not, as it is, a part of the head.
bool RequestBatch::putParams(const uwk::RouteMatch &match, std::string_view head, uint32_t *words) {
  for (uint32_t i = 0; i < match.paramCount; ++i) {
    const std::string_view param = match.param(i);
    if (param.data() < head.data() || param.data() + param.size() > head.data() + head.size() ||
        uwk::needsDecoding(param)) {
      return false;
    }
    const auto begin = static_cast<uint32_t>(param.data() - head.data()) + textSize_;
    words[kParamWords + (2 * i)] = begin;
    words[kParamWords + (2 * i) + 1] = begin + static_cast<uint32_t>(param.size());
  }
  return true;
}

void RequestBatch::flush(EnvState &state) {
  if (size_ == 0 || flushing_) {
    return;
  }
  flushing_ = true;
  uint32_t next = 0;
  while (next < size_ && !state.closing) {
    // One that has stopped has no pending exchange, so that nothing is lost with it.
    NativeServer *server = state.server(server_);
    if (server == nullptr) {
      break;
    }
    JsCall js(state, nullptr);
    std::array<napi_value, 3> arguments;
    arguments[0] = makeLatin1(state.env, {text_.get(), textSize_});
    napi_create_uint32(state.env, next, &arguments[1]);
    napi_create_uint32(state.env, size_, &arguments[2]);
    state.cells[kBatchCurrent] = next - 1;
    napi_value returned = nullptr;
    const bool called = js.call(server->onRequests, arguments.size(), arguments.data(), &returned);
    js.close();
    const uint32_t done = called ? readUint32(state.env, returned) : state.cells[kBatchCurrent] + 1;
    if (done <= next || done > size_) {
      break;
    }
    uwk::Exchange *last = uwk::Exchange::find(*state.loop, handleOf(handles_[done - 1]));
    if (last != nullptr) {
      last->setData(js.keepContext());
    }
    next = done;
  }
  drop(state, next);
  size_ = 0;
  textSize_ = 0;
  parsed_ = kNone;
  sealed_ = false;
  flushing_ = false;
  state.cells[kBatchSize] = 0;
}

// JavaScript cannot be asked any more.
void RequestBatch::drop(EnvState &state, uint32_t from) {
  for (uint32_t i = from; i < size_; ++i) {
    uwk::Exchange *exchange = uwk::Exchange::find(*state.loop, handleOf(handles_[i]));
    handles_[i] = 0;
    if (exchange != nullptr) {
      exchange->abort();
    }
  }
}

bool RequestBatch::forget(EnvState &state, uwk::ExchangeHandle handle) {
  const uint32_t first = flushing_ ? state.cells[kBatchCurrent] + 1 : 0;
  for (uint32_t i = first; i < size_; ++i) {
    if (handleOf(handles_[i]) == handle) {
      handles_[i] = 0;
      return true;
    }
  }
  return false;
}

uwk::ExchangeHandle RequestBatch::current(const EnvState &state) const {
  const uint32_t index = state.cells[kBatchCurrent];
  return flushing_ && index < size_ ? handleOf(handles_[index]) : 0;
}

const uwk::RequestHead *RequestBatch::headOf(const EnvState &state, uwk::ExchangeHandle handle) {
  if (handle == 0 || current(state) != handle) {
    return nullptr;
  }
  const uint32_t index = state.cells[kBatchCurrent];
  if (parsed_ != index) {
    const uint32_t *words = words_ + (size_t{index} * kStride);
    if (head_ == nullptr) {
      head_ = std::make_unique<uwk::RequestHead>();
    }
    if (!head_->parse({text_.get() + words[2], words[3] - words[2]})) {
      return nullptr;
    }
    parsed_ = index;
  }
  return head_.get();
}

namespace {

napi_value requestBatch(napi_env env, napi_callback_info) {
  return EnvState::of(env).batch.share(env);
}

// reply(body): the response of the request that is being handled, its status and field block in the
// cells
napi_value reply(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  EnvState &state = EnvState::of(env);
  respondReturned(state, state.batch.current(state), arguments[0]);
  return nullptr;
}

} // namespace

void registerRequestBatch(napi_env env, napi_value exports) {
  defineFunction(env, exports, "requestBatch", requestBatch);
  defineFunction(env, exports, "reply", reply);
}

} // namespace addon
