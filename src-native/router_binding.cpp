// SPDX-License-Identifier: MIT
//
// See router_binding.h. A match crosses once: it returns the route's number and leaves the offsets
// of the parameters in an array of JavaScript's, which cuts them out of the path it has anyway.
// That is cheaper than making strings here (26 ns each), and nothing is allocated.
#include "router_binding.h"

#include "napi_util.h"

#include <uwk/Limits.h>
#include <uwk/Router.h>
#include <uwk/Text.h>

#include <napi.h>

#include <memory>
#include <string>
#include <string_view>

namespace addon {
namespace {

// Results of match() that are not a route.
constexpr int32_t kNoMatch = -1;
constexpr int32_t kNotAscii = -2; // offsets in UTF-8 would not be offsets in the string

// Start and end per parameter; a path has at most so many segments.
constexpr size_t kSlots = 2 * uwk::Limits::kMaxPathSegments;
constexpr size_t kInlinePath = 1024;

// The UTF-8 of a string argument: on the stack if it is short, else in a string.
class PathText {
public:
  PathText(napi_env env, napi_value value) {
    size_t length = 0;
    napi_get_value_string_utf8(env, value, inline_, sizeof(inline_), &length);
    // A full buffer may be a cut one.
    if (length == sizeof(inline_) - 1) {
      long_ = readUtf8(env, value);
      view_ = long_;
    } else {
      view_ = {inline_, length};
    }
  }
  PathText(const PathText &) = delete;
  PathText &operator=(const PathText &) = delete;

  [[nodiscard]] std::string_view view() const { return view_; }

private:
  char inline_[kInlinePath];
  std::string long_;
  std::string_view view_;
};

napi_value makeDecoded(napi_env env, std::string_view raw, uwk::DecodedParam &scratch) {
  if (!uwk::needsDecoding(raw)) {
    return makeLatin1(env, raw);
  }
  uwk::decodeParam(raw, scratch);
  if (!scratch.isUtf16) {
    return makeLatin1(env, scratch.latin1);
  }
  napi_value value = nullptr;
  napi_create_string_utf16(env, scratch.utf16.data(), scratch.utf16.size(), &value);
  return value;
}

class RouterHandle : public Napi::ObjectWrap<RouterHandle> {
public:
  static Napi::Function define(Napi::Env env) {
    // match() is called per request of a program: raw, without node-addon-api's argument objects.
    const napi_property_descriptor match = {"match", nullptr, matchRaw,     nullptr,
                                            nullptr, nullptr, napi_default, nullptr};
    return DefineClass(env, "RouterHandle",
                       {InstanceMethod<&RouterHandle::add>("add"),
                        InstanceMethod<&RouterHandle::matchText>("matchText"),
                        InstanceMethod<&RouterHandle::decode>("decode"),
                        InstanceMethod<&RouterHandle::dump>("dump"),
                        Napi::ClassPropertyDescriptor<RouterHandle>(match)});
  }

  // slots: an Int32Array that match() fills and nobody detaches.
  explicit RouterHandle(const Napi::CallbackInfo &info) : Napi::ObjectWrap<RouterHandle>(info) {
    if (!info[0].IsTypedArray() ||
        info[0].As<Napi::TypedArray>().TypedArrayType() != napi_int32_array ||
        info[0].As<Napi::Int32Array>().ElementLength() < kSlots) {
      Napi::TypeError::New(info.Env(), "RouterHandle needs an Int32Array of 512 slots")
          .ThrowAsJavaScriptException();
      return;
    }
    auto array = info[0].As<Napi::Int32Array>();
    slots_ = array.Data();
    slotsOwner_ = Napi::Persistent(array.As<Napi::Object>());
  }

private:
  // add(method, pattern, id): the RouteError, 0 for none.
  Napi::Value add(const Napi::CallbackInfo &info) {
    const auto method = static_cast<uint8_t>(readUint32(info.Env(), info[0]));
    const std::string pattern = readUtf8(info.Env(), info[1]);
    const uwk::RouteError error = builder_.add(method, pattern, readUint32(info.Env(), info[2]));
    router_.reset();
    return Napi::Number::New(info.Env(), static_cast<double>(error));
  }

  const uwk::Router &router() {
    if (router_ == nullptr) {
      router_ = builder_.build();
    }
    return *router_;
  }

  // match(method, path): route, kNoMatch or kNotAscii.
  static napi_value matchRaw(napi_env env, napi_callback_info info) {
    napi_value values[2] = {};
    size_t count = 2;
    napi_value self = nullptr;
    void *wrapped = nullptr;
    if (napi_get_cb_info(env, info, &count, values, &self, nullptr) != napi_ok ||
        napi_unwrap(env, self, &wrapped) != napi_ok) {
      napi_throw_type_error(env, nullptr, "not a RouterHandle");
      return nullptr;
    }
    const PathText path(env, values[1]);
    const auto method = static_cast<uint8_t>(readUint32(env, values[0]));
    napi_value result = nullptr;
    napi_create_int32(env, static_cast<RouterHandle *>(wrapped)->match(method, path.view()),
                      &result);
    return result;
  }

  int32_t match(uint8_t method, std::string_view path) {
    if (!uwk::isAscii(path)) {
      return kNotAscii;
    }
    if (slots_ == nullptr || !router().match(method, path, match_)) {
      return kNoMatch;
    }
    for (size_t index = 0; index < match_.paramCount; ++index) {
      const std::string_view value = match_.param(index);
      const auto start = static_cast<int32_t>(value.data() - path.data());
      const int32_t end = start + static_cast<int32_t>(value.size());
      slots_[2 * index] = start;
      // The complement of the end marks a value that decode() has to see.
      slots_[2 * index + 1] = uwk::needsDecoding(value) ? ~end : end;
    }
    return static_cast<int32_t>(match_.route);
  }

  // matchText(method, path): [route, value...] or null, for any string.
  Napi::Value matchText(const Napi::CallbackInfo &info) {
    const Napi::Env env = info.Env();
    const auto method = static_cast<uint8_t>(readUint32(env, info[0]));
    const PathText path(env, info[1]);
    if (!router().match(method, path.view(), match_)) {
      return env.Null();
    }
    Napi::Array result = Napi::Array::New(env, 1 + match_.paramCount);
    result.Set(0u, Napi::Number::New(env, match_.route));
    for (uint32_t index = 0; index < match_.paramCount; ++index) {
      result.Set(index + 1, makeDecoded(env, match_.param(index), scratch_));
    }
    return result;
  }

  // decode(raw): one value as req.params would have it.
  Napi::Value decode(const Napi::CallbackInfo &info) {
    const PathText raw(info.Env(), info[0]);
    return {info.Env(), makeDecoded(info.Env(), raw.view(), scratch_)};
  }

  Napi::Value dump(const Napi::CallbackInfo &info) {
    return Napi::String::New(info.Env(), router().dump());
  }

  uwk::RouterBuilder builder_;
  std::unique_ptr<const uwk::Router> router_; // null until a match or dump needs it
  uwk::RouteMatch match_;
  uwk::DecodedParam scratch_;
  int32_t *slots_ = nullptr;
  Napi::ObjectReference slotsOwner_;
};

// parseRoute(pattern): the parameter names, or the RouteError as a number.
Napi::Value parseRoute(const Napi::CallbackInfo &info) {
  const Napi::Env env = info.Env();
  const uwk::RoutePatternInfo parsed = uwk::parseRoutePattern(readUtf8(env, info[0]));
  if (parsed.error != uwk::RouteError::None) {
    return Napi::Number::New(env, static_cast<double>(parsed.error));
  }
  Napi::Array names = Napi::Array::New(env, parsed.params.size());
  for (uint32_t index = 0; index < parsed.params.size(); ++index) {
    names.Set(index, Napi::String::New(env, parsed.params[index]));
  }
  return names;
}

} // namespace

void registerRouterBinding(napi_env env, napi_value exports) {
  Napi::Object table(env, exports);
  table.Set("RouterHandle", RouterHandle::define(env));
  table.Set("parseRoute", Napi::Function::New(env, parseRoute, "parseRoute"));
}

} // namespace addon
