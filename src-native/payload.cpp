// SPDX-License-Identifier: MIT
//
// See payload.h.
#include "payload.h"

#include "napi_util.h"

namespace addon {

Payload::Payload(EnvState &state, napi_value value) {
  size_t size = 0;
  char *scratch = state.scratch.data();
  const size_t room = state.scratch.size();
  if (napi_get_value_string_utf8(state.env, value, scratch, room, &size) != napi_ok) {
    (void)readBytes(state.env, value, bytes_);
    return;
  }
  isText_ = true;
  bytes_ = {scratch, size};
  // A full scratch may have cut the string; a character takes up to four bytes.
  if (size + 4 >= room) {
    heap_ = readUtf8(state.env, value);
    bytes_ = heap_;
  }
}

} // namespace addon
