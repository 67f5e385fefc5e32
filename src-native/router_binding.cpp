// SPDX-License-Identifier: MIT
//
// See router_binding.h. A match crosses once: it returns the route's number and leaves the offsets
// of the parameters in an array of JavaScript's, which cuts them out of the path it has anyway. Raw
// Node-API throughout: the router reaches its functions as their data pointer, because unwrapping a
// `this` (50 ns) would cost more than the match, and paths are read as UTF-16 (12 ns; as UTF-8 25).
#include "router_binding.h"

#include "napi_util.h"

#include <uwk/Limits.h>
#include <uwk/Router.h>

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

// Lives as long as one of its functions does.
struct RouterState {
  uwk::RouterBuilder builder;
  std::unique_ptr<const uwk::Router> frozen; // null until a match or dump needs it
  uwk::RouteMatch match;
  uwk::DecodedParam decoded;
  int32_t *slots = nullptr;
  napi_ref slotsOwner = nullptr;

  const uwk::Router &router() {
    if (frozen == nullptr) {
      frozen = builder.build();
    }
    return *frozen;
  }
};

// A string argument as bytes. Short ASCII, the common case, stays on the stack.
class TextArgument {
public:
  TextArgument(napi_env env, napi_value value) {
    char16_t units[kInline];
    size_t length = 0;
    napi_get_value_string_utf16(env, value, units, kInline, &length);
    char16_t seen = 0;
    for (size_t index = 0; index < length; ++index) {
      seen = static_cast<char16_t>(seen | units[index]);
      inline_[index] = static_cast<char>(units[index]);
    }
    isAscii_ = seen < 0x80;
    view_ = {inline_, length};
    // A full buffer may be a cut one.
    if (!isAscii_ || length == kInline - 1) {
      long_ = readUtf8(env, value);
      view_ = long_;
      isAscii_ = isAscii_ && long_.size() == utf16Length(env, value);
    }
  }
  TextArgument(const TextArgument &) = delete;
  TextArgument &operator=(const TextArgument &) = delete;

  [[nodiscard]] std::string_view view() const { return view_; }
  [[nodiscard]] bool isAscii() const { return isAscii_; }

private:
  static constexpr size_t kInline = 512;

  static size_t utf16Length(napi_env env, napi_value value) {
    size_t length = 0;
    napi_get_value_string_utf16(env, value, nullptr, 0, &length);
    return length;
  }

  bool isAscii_;
  char inline_[kInline];
  std::string long_;
  std::string_view view_;
};

// The arguments of a router's function and the router.
struct RouterCall {
  RouterCall(napi_env env, napi_callback_info info) {
    size_t count = 3;
    void *data = nullptr;
    napi_get_cb_info(env, info, &count, values, nullptr, &data);
    state = static_cast<RouterState *>(data);
  }
  napi_value values[3] = {};
  RouterState *state;
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

// add(method, pattern, id): the RouteError, 0 for none.
napi_value add(napi_env env, napi_callback_info info) {
  const RouterCall call(env, info);
  const auto method = static_cast<uint8_t>(readUint32(env, call.values[0]));
  const std::string pattern = readUtf8(env, call.values[1]);
  const uint32_t id = readUint32(env, call.values[2]);
  const uwk::RouteError error = call.state->builder.add(method, pattern, id);
  call.state->frozen.reset();
  return makeNumber(env, static_cast<double>(error));
}

int32_t matchAscii(RouterState &state, uint8_t method, std::string_view path) {
  uwk::RouteMatch &match = state.match;
  if (!state.router().match(method, path, match)) {
    return kNoMatch;
  }
  for (size_t index = 0; index < match.paramCount; ++index) {
    const std::string_view value = match.param(index);
    const auto start = static_cast<int32_t>(value.data() - path.data());
    const int32_t end = start + static_cast<int32_t>(value.size());
    state.slots[2 * index] = start;
    // The complement of the end marks a value that decode() has to see.
    state.slots[2 * index + 1] = uwk::needsDecoding(value) ? ~end : end;
  }
  return static_cast<int32_t>(match.route);
}

// match(method, path): route, kNoMatch or kNotAscii.
napi_value match(napi_env env, napi_callback_info info) {
  const RouterCall call(env, info);
  const TextArgument path(env, call.values[1]);
  const auto method = static_cast<uint8_t>(readUint32(env, call.values[0]));
  napi_value result = nullptr;
  napi_create_int32(env, path.isAscii() ? matchAscii(*call.state, method, path.view()) : kNotAscii,
                    &result);
  return result;
}

// matchText(method, path): [route, value...] or null, for any string.
napi_value matchText(napi_env env, napi_callback_info info) {
  const RouterCall call(env, info);
  const TextArgument path(env, call.values[1]);
  const auto method = static_cast<uint8_t>(readUint32(env, call.values[0]));
  napi_value result = nullptr;
  if (!call.state->router().match(method, path.view(), call.state->match)) {
    napi_get_null(env, &result);
    return result;
  }
  const uwk::RouteMatch &found = call.state->match;
  napi_create_array_with_length(env, 1 + found.paramCount, &result);
  napi_set_element(env, result, 0, makeNumber(env, found.route));
  for (uint32_t index = 0; index < found.paramCount; ++index) {
    napi_set_element(env, result, index + 1,
                     makeDecoded(env, found.param(index), call.state->decoded));
  }
  return result;
}

// decode(raw): one value as req.params would have it.
napi_value decode(napi_env env, napi_callback_info info) {
  const RouterCall call(env, info);
  const TextArgument raw(env, call.values[0]);
  return makeDecoded(env, raw.view(), call.state->decoded);
}

napi_value dump(napi_env env, napi_callback_info info) {
  const RouterCall call(env, info);
  return makeLatin1(env, call.state->router().dump());
}

void releaseState(napi_env env, void *data, void *) {
  auto *const held = static_cast<std::shared_ptr<RouterState> *>(data);
  if (held->use_count() == 1) {
    napi_delete_reference(env, (*held)->slotsOwner);
  }
  delete held;
}

// routerCreate(slots): an object of functions. `slots` is an Int32Array that match() fills and
// nobody detaches.
napi_value routerCreate(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  napi_typedarray_type type = napi_int8_array;
  size_t length = 0;
  void *slots = nullptr;
  if (napi_get_typedarray_info(env, arguments[0], &type, &length, &slots, nullptr, nullptr) !=
          napi_ok ||
      type != napi_int32_array || length < kSlots) {
    napi_throw_type_error(env, nullptr, "routerCreate() needs an Int32Array of 512 slots");
    return nullptr;
  }
  const auto state = std::make_shared<RouterState>();
  state->slots = static_cast<int32_t *>(slots);
  napi_create_reference(env, arguments[0], 1, &state->slotsOwner);
  napi_value router = nullptr;
  napi_create_object(env, &router);
  const auto define = [&](const char *name, napi_callback callback) {
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, state.get(), &function);
    napi_add_finalizer(env, function, new std::shared_ptr<RouterState>(state), releaseState,
                       nullptr, nullptr);
    napi_set_named_property(env, router, name, function);
  };
  define("add", add);
  define("match", match);
  define("matchText", matchText);
  define("decode", decode);
  define("dump", dump);
  return router;
}

// routerParse(pattern): the parameter names, or the RouteError as a number.
napi_value routerParse(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  const uwk::RoutePatternInfo parsed = uwk::parseRoutePattern(readUtf8(env, arguments[0]));
  if (parsed.error != uwk::RouteError::None) {
    return makeNumber(env, static_cast<double>(parsed.error));
  }
  napi_value names = nullptr;
  napi_create_array_with_length(env, parsed.params.size(), &names);
  for (uint32_t index = 0; index < parsed.params.size(); ++index) {
    napi_set_element(env, names, index, makeLatin1(env, parsed.params[index]));
  }
  return names;
}

} // namespace

void registerRouterBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "routerCreate", routerCreate);
  defineFunction(env, exports, "routerParse", routerParse);
}

} // namespace addon
