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

// Where a request's head can be read while its handler runs: with its exchange, or in the batch.
class ReadableHead {
public:
  ReadableHead(EnvState &state, napi_value value) {
    const auto handle = static_cast<uwk::ExchangeHandle>(readNumber(state.env, value));
    exchange_ = state.loop == nullptr ? nullptr : uwk::Exchange::find(*state.loop, handle);
    if (exchange_ != nullptr && !exchange_->isDispatching()) {
      exchange_ = nullptr;
      batched_ = state.batch.headOf(state, handle);
    }
  }

  [[nodiscard]] bool isHere() const { return exchange_ != nullptr || batched_ != nullptr; }
  [[nodiscard]] std::string_view host() const {
    return batched_ != nullptr ? batched_->host() : exchange_->host();
  }
  [[nodiscard]] std::string_view path() const {
    return batched_ != nullptr ? batched_->path() : exchange_->path();
  }
  [[nodiscard]] std::string_view query() const {
    return batched_ != nullptr ? batched_->query() : exchange_->query();
  }
  [[nodiscard]] std::string_view header(std::string_view name, size_t &count) const {
    return batched_ != nullptr ? batched_->header(name, count) : exchange_->header(name, count);
  }

private:
  const uwk::Exchange *exchange_ = nullptr;
  const uwk::RequestHead *batched_ = nullptr;
};

// requestUrl(handle, server): scheme, authority and target as they came; undefined once the handler
// has returned control (the raw head that came with the request says the same)
napi_value requestUrl(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  EnvState &state = EnvState::of(env);
  const ReadableHead head(state, arguments[0]);
  NativeServer *server = state.server(readUint32(env, arguments[1]));
  if (server == nullptr || !head.isHere()) {
    return makeUndefined(env);
  }
  std::string &url = state.text;
  std::string_view host = head.host();
  std::string_view path = head.path();
  std::string_view query = head.query();
  url.assign(server->scheme);
  url.append(host.empty() ? std::string_view(server->authority) : host);
  // `OPTIONS *` is about the server as a whole.
  url.append(path == "*" ? std::string_view("/") : path);
  if (query.data() != nullptr) {
    url.append(1, '?').append(query);
  }
  return makeLatin1(env, url);
}

// requestHeader(handle, name): the only field of that name, or null without one; undefined when
// there are several or the handler has returned control
napi_value requestHeader(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  const ReadableHead head(EnvState::of(env), arguments[0]);
  if (!head.isHere()) {
    return makeUndefined(env);
  }
  char name[256];
  size_t size = 0;
  napi_get_value_string_latin1(env, arguments[1], name, sizeof name, &size);
  size_t count = 0;
  if (size + 1 == sizeof name) {
    return makeUndefined(env); // may have been cut
  }
  std::string_view value = head.header({name, size}, count);
  if (count == 1) {
    return makeLatin1(env, value);
  }
  napi_value none = nullptr;
  if (count == 0) {
    napi_get_null(env, &none);
    return none;
  }
  return makeUndefined(env);
}

// requestAddress(handle): [address, port, isIpv6] or null (unix sockets)
napi_value requestAddress(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = findExchange(state, arguments[0]);
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

// requestOpen(handle): whether the request can still be answered
napi_value requestOpen(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  napi_value result = nullptr;
  uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
  napi_get_boolean(env, exchange != nullptr && exchange->isOpen(), &result);
  return result;
}

// requestTimeout(handle, seconds)
napi_value requestTimeout(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
  if (exchange != nullptr) {
    exchange->setTimeout(readUint32(env, arguments[1]));
  }
  return makeUndefined(env);
}

} // namespace

void registerRequestBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "requestUrl", requestUrl);
  defineFunction(env, exports, "requestHeader", requestHeader);
  defineFunction(env, exports, "requestAddress", requestAddress);
  defineFunction(env, exports, "requestOpen", requestOpen);
  defineFunction(env, exports, "requestTimeout", requestTimeout);
}

} // namespace addon
