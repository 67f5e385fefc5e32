// SPDX-License-Identifier: MIT
//
// A string or bytes from JavaScript, for the length of one call: strings as UTF-8, small ones in
// the environment's scratch memory; bytes where they are.
#pragma once

#include "env_state.h"

#include <node_api.h>

#include <string>
#include <string_view>

namespace addon {

class Payload {
public:
  Payload(EnvState &state, napi_value value);
  Payload(const Payload &) = delete;
  Payload &operator=(const Payload &) = delete;

  [[nodiscard]] bool isText() const { return isText_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

private:
  std::string_view bytes_;
  std::string heap_;
  bool isText_ = false;
};

} // namespace addon
