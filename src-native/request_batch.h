// SPDX-License-Identifier: MIT
//
// Requests of one turn of the loop that go to JavaScript together. Entering and leaving it costs a
// third of what our side does for a small request: scopes, the async context, the arguments one by
// one. So a request that nothing hurries is put down here when it was parsed and routed, and the
// end of the turn calls JavaScript once for all of them. They are answered one by one, as their
// handlers return. One batch per environment, of one server at a time.
//
// What is put down is the head's bytes and, in memory that JavaScript reads, numbers: twin of
// lib/native/batch.ts.
#pragma once

#include <node_api.h>
#include <uwk/RequestHead.h>
#include <uwk/Server.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace addon {

struct EnvState;
struct NativeServer;

class RequestBatch {
public:
  static constexpr uint32_t kCapacity = 64;
  static constexpr uint32_t kMaxParams = 8;
  // Words of a request: route, flags, begin and end of its head, begin and end of each param. The
  // offsets are of the text that all heads make.
  static constexpr uint32_t kParamWords = 4;
  static constexpr uint32_t kStride = kParamWords + (2 * kMaxParams);

  // requestBatch(): [Float64Array of handles, Uint32Array of words]. Made once.
  napi_value share(napi_env env);

  // False: this request is to be handled at once.
  [[nodiscard]] bool add(EnvState &state, NativeServer &server, const uwk::RequestEvent &event,
                         uint32_t route, uint32_t flags);
  // Calls JavaScript for what was added. Then all of it is answered, or pending.
  void flush(EnvState &state);
  // The routes of a server were replaced: what follows shall not be mixed with what is here.
  void seal(uint32_t server) { sealed_ = sealed_ || (size_ != 0 && server == server_); }
  // The exchange has ended. True when JavaScript has not heard of it, and never will.
  [[nodiscard]] bool forget(EnvState &state, uwk::ExchangeHandle handle);
  // The request whose handler JavaScript is calling; no handle when it is called for other reasons.
  [[nodiscard]] uwk::ExchangeHandle current(const EnvState &state) const;
  // The head of that request, null when `handle` is another's.
  [[nodiscard]] const uwk::RequestHead *headOf(const EnvState &state, uwk::ExchangeHandle handle);

private:
  static constexpr size_t kTextBytes = 64 * 1024;
  static constexpr size_t kPadding = 16; // the head parser's
  static constexpr uint32_t kNone = UINT32_MAX;

  [[nodiscard]] bool putParams(const uwk::RouteMatch &match, std::string_view head,
                               uint32_t *words);
  void drop(EnvState &state, uint32_t from);

  std::unique_ptr<char[]> text_;
  std::unique_ptr<uwk::RequestHead> head_;
  double *handles_ = nullptr;
  uint32_t *words_ = nullptr;
  napi_ref shared_ = nullptr;
  uint32_t textSize_ = 0;
  uint32_t size_ = 0;
  uint32_t server_ = 0;
  uint32_t parsed_ = kNone; // whose head head_ is
  bool sealed_ = false;
  bool flushing_ = false;
};

void registerRequestBatch(napi_env env, napi_value exports);

} // namespace addon
