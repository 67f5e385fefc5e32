// SPDX-License-Identifier: MIT
//
// See napi_util.h.
#include "napi_util.h"

#include <uwk/Text.h>

#include <cstring>
#include <memory>

namespace addon {

napi_value makeUndefined(napi_env env) {
  napi_value value = nullptr;
  napi_get_undefined(env, &value);
  return value;
}

napi_value makeLatin1(napi_env env, std::string_view text) {
  napi_value value = nullptr;
  napi_create_string_latin1(env, text.data(), text.size(), &value);
  return value;
}

// V8 copies runs of ASCII fast, but Node 20's takes some 70 ns whenever one ends.
napi_value makeUtf8(napi_env env, std::string_view text) {
  constexpr size_t kShort = 32;
  constexpr size_t kSparse = 64;     // at most one byte in so many is not ASCII
  constexpr size_t kLong = 1u << 30; // no string is
  napi_value value = nullptr;
  const uwk::TextSurvey survey =
      text.size() < kShort || text.size() > kLong ? uwk::TextSurvey{} : uwk::surveyText(text);
  if (survey.nonAscii <= text.size() / kSparse || !uwk::isValidUtf8(text)) {
    napi_create_string_utf8(env, text.data(), text.size(), &value);
  } else if (survey.isLatin1) {
    const auto bytes = std::make_unique_for_overwrite<char[]>(text.size());
    napi_create_string_latin1(env, bytes.get(), uwk::utf8ToLatin1(text, bytes.get()), &value);
  } else {
    const auto units = std::make_unique_for_overwrite<char16_t[]>(text.size());
    napi_create_string_utf16(env, units.get(), uwk::utf8ToUtf16(text, units.get()), &value);
  }
  return value;
}

napi_value makeText(napi_env env, std::string_view text) {
  return uwk::isAscii(text) ? makeLatin1(env, text) : makeUtf8(env, text);
}

napi_value makeArrayBuffer(napi_env env, std::string_view bytes) {
  void *data = nullptr;
  napi_value buffer = nullptr;
  if (napi_create_arraybuffer(env, bytes.size(), &data, &buffer) == napi_ok && !bytes.empty()) {
    std::memcpy(data, bytes.data(), bytes.size());
  }
  return buffer;
}

napi_value makeNumber(napi_env env, double number) {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return value;
}

double readNumber(napi_env env, napi_value value) {
  double number = 0;
  napi_get_value_double(env, value, &number);
  return number;
}

uint32_t readUint32(napi_env env, napi_value value) {
  uint32_t number = 0;
  napi_get_value_uint32(env, value, &number);
  return number;
}

bool readBool(napi_env env, napi_value value) {
  bool flag = false;
  napi_get_value_bool(env, value, &flag);
  return flag;
}

std::string readLatin1(napi_env env, napi_value value) {
  size_t size = 0;
  if (napi_get_value_string_latin1(env, value, nullptr, 0, &size) != napi_ok) {
    return {};
  }
  std::string text(size, '\0');
  napi_get_value_string_latin1(env, value, text.data(), size + 1, &size);
  return text;
}

std::string readUtf8(napi_env env, napi_value value) {
  size_t size = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &size) != napi_ok) {
    return {};
  }
  std::string text(size, '\0');
  napi_get_value_string_utf8(env, value, text.data(), size + 1, &size);
  return text;
}

napi_value getProperty(napi_env env, napi_value object, const char *name) {
  napi_value value = nullptr;
  if (napi_get_named_property(env, object, name, &value) != napi_ok) {
    return makeUndefined(env);
  }
  return value;
}

bool readBytes(napi_env env, napi_value value, std::string_view &out) {
  napi_typedarray_type type;
  size_t length = 0;
  void *data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_uint8_array) {
    return false;
  }
  out = {static_cast<const char *>(data), length};
  return true;
}

void defineFunction(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

} // namespace addon
