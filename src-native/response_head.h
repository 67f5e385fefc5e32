// SPDX-License-Identifier: MIT
//
// Status, field block and flags of a response as JavaScript gives them to respond() and
// streamStart(), and what those calls say in return.
#pragma once

#include "env_state.h"

#include <node_api.h>
#include <uwk/Exchange.h>

#include <string>
#include <string_view>

namespace addon {

// Twin of ResponseFlag in lib/native/contract.ts.
enum ResponseFlag : uint32_t { kHasDate = 1, kCloseAfter = 2, kChunked = 4 };
// Twin of Delivery there.
enum Delivery : uint32_t { kSent, kSending, kGone };

// The block of that number, empty when there is none.
[[nodiscard]] std::string_view fieldBlock(const EnvState &state, uint32_t number);

// A head whose fields are a block's number or complete lines. Holds the lines: `head` must not
// outlive it.
class GivenHead {
public:
  GivenHead(EnvState &state, napi_value status, napi_value fields);
  GivenHead(const GivenHead &) = delete;
  GivenHead &operator=(const GivenHead &) = delete;

  void setFlags(uint32_t flags);

  uwk::ResponseHead head;

private:
  char local_[2048]; // most lists of lines fit
  std::string heap_;
};

// What became of a response that was given entirely. Whoever looks at the request's signal while it
// leaves shall learn how that ended, so onSent is asked for.
[[nodiscard]] napi_value deliveryOf(EnvState &state, napi_value handle);

} // namespace addon
