// SPDX-License-Identifier: MIT
//
// What JavaScript asks of a request. Every call takes a handle; a stale one yields undefined.
#include "bindings.h"
#include "env_state.h"
#include "napi_util.h"

#include <usk/socket.h>

#include <arpa/inet.h>

namespace addon {

namespace {

uwk::Exchange *find(EnvState &state, napi_env env, napi_value handle) {
  return state.loop == nullptr
             ? nullptr
             : uwk::Exchange::find(*state.loop,
                                   static_cast<uwk::ExchangeHandle>(readNumber(env, handle)));
}

// requestUrl(handle, server): scheme, authority and target as they came
napi_value requestUrl(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = find(state, env, arguments[0]);
  NativeServer *server = state.server(readUint32(env, arguments[1]));
  if (exchange == nullptr || server == nullptr) {
    return makeUndefined(env);
  }
  std::string &url = state.text;
  std::string_view host = exchange->host();
  std::string_view target = exchange->target();
  url.assign(server->scheme);
  url.append(host.empty() ? std::string_view(server->authority) : host);
  if (target != "*") {
    url.append(target);
  } else {
    url.append("/*");
  }
  // Raw bytes above 0x7f are UTF-8 by the URL standard; such targets are flagged for normalising.
  return exchange->needsNormalising() ? makeUtf8(env, url) : makeLatin1(env, url);
}

// requestHeader(handle, name): fields of that name joined with ", " (Cookie: "; "), or null
napi_value requestHeader(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = find(state, env, arguments[0]);
  if (exchange == nullptr) {
    return makeUndefined(env);
  }
  char name[256];
  size_t size = 0;
  napi_get_value_string_latin1(env, arguments[1], name, sizeof name, &size);
  size_t count = 0;
  std::string_view value = exchange->header({name, size}, count);
  if (count == 1) {
    return makeLatin1(env, value);
  }
  napi_value none = nullptr;
  napi_get_null(env, &none);
  if (count == 0) {
    return none;
  }
  struct Join {
    std::string_view name;
    std::string text;
  } join{{name, size}, {}};
  exchange->forEachHeader(
      [](void *user, std::string_view fieldName, std::string_view fieldValue) {
        auto &self = *static_cast<Join *>(user);
        if (fieldName.size() != self.name.size()) {
          return;
        }
        for (size_t i = 0; i < fieldName.size(); ++i) {
          if ((fieldName[i] | 0x20) != (self.name[i] | 0x20)) {
            return;
          }
        }
        if (!self.text.empty()) {
          self.text.append(self.name.size() == 6 && (self.name[0] | 0x20) == 'c' ? "; " : ", ");
        }
        self.text.append(fieldValue);
      },
      &join);
  return makeLatin1(env, join.text);
}

// requestHeaders(handle): [name, value, name, value, ...], names in lower case
napi_value requestHeaders(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = find(state, env, arguments[0]);
  if (exchange == nullptr) {
    return makeUndefined(env);
  }
  struct Collect {
    napi_env env;
    napi_value list;
    uint32_t count;
    std::string &name;
  } collect{env, nullptr, 0, state.text};
  napi_create_array(env, &collect.list);
  exchange->forEachHeader(
      [](void *user, std::string_view name, std::string_view value) {
        auto &self = *static_cast<Collect *>(user);
        self.name.assign(name);
        for (char &c : self.name) {
          c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
        }
        napi_set_element(self.env, self.list, self.count++, makeLatin1(self.env, self.name));
        napi_set_element(self.env, self.list, self.count++, makeLatin1(self.env, value));
      },
      &collect);
  return collect.list;
}

// requestAddress(handle): [address, port, isIpv6] or null (unix sockets)
napi_value requestAddress(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = find(state, env, arguments[0]);
  napi_value result = nullptr;
  napi_get_null(env, &result);
  if (exchange == nullptr) {
    return result;
  }
  usk::SocketAddress address = exchange->remoteAddress();
  if (address.length == 0) {
    return result;
  }
  bool ipv6 = address.length == 16;
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(ipv6 ? AF_INET6 : AF_INET, address.bytes, text, sizeof text);
  napi_value flag = nullptr;
  napi_get_boolean(env, ipv6, &flag);
  napi_create_array_with_length(env, 3, &result);
  napi_set_element(env, result, 0, makeLatin1(env, text));
  napi_set_element(env, result, 1, makeNumber(env, address.port));
  napi_set_element(env, result, 2, flag);
  return result;
}

// bodyText(handle): the complete body as a string (UTF-8, invalid bytes as U+FFFD); undefined when
// it is not complete or was taken
napi_value bodyText(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uwk::Exchange *exchange = find(EnvState::of(env), env, arguments[0]);
  if (exchange == nullptr || exchange->bodyState() != uwk::BodyState::Complete) {
    return makeUndefined(env);
  }
  return makeText(env, exchange->takeBody());
}

// bodyBytes(handle): the same as an ArrayBuffer
napi_value bodyBytes(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uwk::Exchange *exchange = find(EnvState::of(env), env, arguments[0]);
  if (exchange == nullptr || exchange->bodyState() != uwk::BodyState::Complete) {
    return makeUndefined(env);
  }
  return makeArrayBuffer(env, exchange->takeBody());
}

// bodyCollect(handle): true when onBody will follow
napi_value bodyCollect(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uwk::Exchange *exchange = find(EnvState::of(env), env, arguments[0]);
  bool follows = exchange != nullptr && exchange->bodyState() == uwk::BodyState::Partial;
  if (follows) {
    exchange->collectBody();
  }
  napi_value result = nullptr;
  napi_get_boolean(env, follows, &result);
  return result;
}

// requestTimeout(handle, seconds)
napi_value requestTimeout(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  uwk::Exchange *exchange = find(EnvState::of(env), env, arguments[0]);
  if (exchange != nullptr) {
    exchange->setTimeout(readUint32(env, arguments[1]));
  }
  return makeUndefined(env);
}

} // namespace

void registerRequestBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "requestUrl", requestUrl);
  defineFunction(env, exports, "requestHeader", requestHeader);
  defineFunction(env, exports, "requestHeaders", requestHeaders);
  defineFunction(env, exports, "requestAddress", requestAddress);
  defineFunction(env, exports, "requestTimeout", requestTimeout);
  defineFunction(env, exports, "bodyText", bodyText);
  defineFunction(env, exports, "bodyBytes", bodyBytes);
  defineFunction(env, exports, "bodyCollect", bodyCollect);
}

} // namespace addon
