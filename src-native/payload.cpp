// SPDX-License-Identifier: MIT
//
// Node-API does not tell what a string is made of, and which way is best depends on that. Node 20,
// nanoseconds for 16 Ki units: napi_get_value_string_utf8 takes 950 when all is ASCII and 11,000 to
// 26,000 otherwise; by way of UTF-16 it is 1,600 to 4,800. With up to 128 units they are alike. So
// longer strings are read as UTF-8 for as long as they turn out to be ASCII.
#include "payload.h"

#include "napi_util.h"

#include <uwk/Text.h>

namespace addon {

namespace {

constexpr size_t kShort = 128;
// So many strings are read as UTF-16 after one that was not ASCII: a wrong guess costs ten times as
// much as it gains.
constexpr unsigned kWideReads = 16;
// UTF-16 needs memory on top of the result's.
constexpr size_t kMaxWide = 8 * 1024 * 1024;

constexpr size_t maxUtf8(size_t units) { return 3 * units; }

} // namespace

Payload::Payload(EnvState &state, napi_value value) {
  napi_env env = state.env;
  size_t units = 0;
  if (napi_get_value_string_latin1(env, value, nullptr, 0, &units) != napi_ok) {
    (void)readBytes(env, value, bytes_);
    return;
  }
  isText_ = true;
  if (units <= kShort) {
    size_t size = 0;
    napi_get_value_string_utf8(env, value, state.scratch.data(), state.scratch.size(), &size);
    bytes_ = {state.scratch.data(), size};
  } else if (state.wideReads != 0 || !readAscii(state, value, units)) {
    readWide(state, value, units);
  }
}

// False when that is not what it is, and there was no room for what it is.
bool Payload::readAscii(EnvState &state, napi_value value, size_t units) {
  // Node-API wants room for a NUL. With four bytes more than ASCII needs, what is cut is longer
  // than ASCII would be.
  constexpr size_t kMore = 5;
  char *memory = state.scratch.data();
  size_t room = state.scratch.size();
  if (units + kMore > room) {
    room = units + kMore;
    owned_ = std::make_unique_for_overwrite<char[]>(room);
    memory = owned_.get();
  }
  size_t size = 0;
  napi_get_value_string_utf8(state.env, value, memory, room, &size);
  bytes_ = {memory, size};
  if (size == units) {
    return true;
  }
  state.wideReads = kWideReads;
  return maxUtf8(units) < room;
}

void Payload::readWide(EnvState &state, napi_value value, size_t units) {
  if (units > kMaxWide) {
    readHuge(state.env, value);
    return;
  }
  std::unique_ptr<char16_t[]> large;
  char16_t *wide = state.units.data();
  if (units >= state.units.size()) {
    large = std::make_unique_for_overwrite<char16_t[]>(units + 1);
    wide = large.get();
  }
  napi_get_value_string_utf16(state.env, value, wide, units + 1, &units);
  uwk::makeWellFormed(wide, units);
  char *memory = state.scratch.data();
  if (maxUtf8(units) > state.scratch.size()) {
    owned_ = std::make_unique_for_overwrite<char[]>(uwk::utf8Length({wide, units}));
    memory = owned_.get();
  }
  bytes_ = {memory, uwk::utf16ToUtf8({wide, units}, memory)};
  if (bytes_.size() != units) {
    state.wideReads = kWideReads;
  } else if (state.wideReads != 0) {
    --state.wideReads;
  }
}

void Payload::readHuge(napi_env env, napi_value value) {
  size_t size = 0;
  napi_get_value_string_utf8(env, value, nullptr, 0, &size);
  owned_ = std::make_unique_for_overwrite<char[]>(size + 1);
  napi_get_value_string_utf8(env, value, owned_.get(), size + 1, &size);
  bytes_ = {owned_.get(), size};
}

} // namespace addon
