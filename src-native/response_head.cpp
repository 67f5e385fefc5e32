// SPDX-License-Identifier: MIT
//
// See response_head.h.
#include "response_head.h"

#include "napi_util.h"

namespace addon {

std::string_view fieldBlock(const EnvState &state, uint32_t number) {
  return number < state.fieldBlocks.size() ? std::string_view(state.fieldBlocks[number])
                                           : std::string_view();
}

GivenHead::GivenHead(EnvState &state, napi_value status, napi_value fields) {
  head.status = static_cast<uint16_t>(readUint32(state.env, status));
  uint32_t block = 0;
  if (napi_get_value_uint32(state.env, fields, &block) == napi_ok) {
    head.fields = fieldBlock(state, block);
    return;
  }
  size_t size = 0;
  napi_get_value_string_latin1(state.env, fields, local_, sizeof local_, &size);
  head.fields = {local_, size};
  if (size + 1 >= sizeof local_) {
    heap_ = readLatin1(state.env, fields);
    head.fields = heap_;
  }
}

void GivenHead::setFlags(uint32_t flags) {
  head.hasDate = (flags & kHasDate) != 0;
  head.closeAfter = (flags & kCloseAfter) != 0;
  head.chunked = (flags & kChunked) != 0;
}

napi_value deliveryOf(EnvState &state, napi_value handle) {
  uwk::Exchange *sending = findExchange(state, handle);
  if (sending == nullptr) {
    return makeNumber(state.env, kSent);
  }
  sending->watch();
  return makeNumber(state.env, kSending);
}

} // namespace addon
