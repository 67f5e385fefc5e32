// SPDX-License-Identifier: MIT
//
// A string or bytes from JavaScript, for the length of one call: bytes where they are, strings as
// UTF-8 (a surrogate without its other half as U+FFFD). Strings of ordinary size lie in the
// environment's scratch memory, which the next Payload takes; large ones in memory of their own.
#pragma once

#include "env_state.h"

#include <node_api.h>

#include <memory>
#include <string_view>

namespace addon {

class Payload {
public:
  // Anything else is no text and empty.
  Payload(EnvState &state, napi_value value);
  Payload(const Payload &) = delete;
  Payload &operator=(const Payload &) = delete;

  [[nodiscard]] bool isText() const { return isText_; }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  // Hands out the memory in which a large string lies, for freeOwned(); otherwise null.
  [[nodiscard]] void *releaseOwned() { return owned_.release(); }
  static void freeOwned(void *memory) { delete[] static_cast<char *>(memory); }

private:
  bool readAscii(EnvState &state, napi_value value, size_t units);
  void readWide(EnvState &state, napi_value value, size_t units);
  void readHuge(napi_env env, napi_value value);

  std::string_view bytes_;
  std::unique_ptr<char[]> owned_;
  bool isText_ = false;
};

} // namespace addon
