// SPDX-License-Identifier: MIT
//
// What JavaScript asks of WebSockets. Every call takes a handle; with a stale one it does nothing.
#include "bindings.h"
#include "env_state.h"
#include "exchange_cells.h"
#include "napi_util.h"
#include "payload.h"
#include "websocket_events.h"

#include <arpa/inet.h>

#include <utility>
#include <vector>

namespace addon {

namespace {

// Twin of WebSocketFlag in lib/native/contract.ts.
enum WebSocketFlag : uint32_t {
  kCloseOnLimit = 1,
  kSendPings = 2,
  kDeflate = 4,
  kCompresses = 8,
  kHearsControls = 16
};

// What webSocketUpgrade returns besides a handle; twin of UPGRADE_REFUSED.
constexpr double kDeclined = 0;
constexpr double kRefused = -1;

uwk::WebSocket *findSocket(EnvState &state, napi_value handle) {
  const auto number = static_cast<uwk::WebSocketHandle>(readNumber(state.env, handle));
  return state.loop == nullptr ? nullptr : uwk::WebSocket::find(*state.loop, number);
}

napi_value makeBool(napi_env env, bool value) {
  napi_value result = nullptr;
  napi_get_boolean(env, value, &result);
  return result;
}

// The size of the message, -1 under backpressure, 0 when it was dropped.
napi_value statusOf(napi_env env, uwk::SendResult result, size_t size) {
  if (result == uwk::SendResult::Sent) {
    return makeNumber(env, static_cast<double>(size));
  }
  return makeNumber(env, result == uwk::SendResult::Backpressure ? -1 : 0);
}

uwk::MessageKind kindOf(const Payload &payload) {
  return payload.isText() ? uwk::MessageKind::Text : uwk::MessageKind::Binary;
}

void refer(napi_env env, napi_ref &reference, napi_value object, const char *name) {
  napi_create_reference(env, getProperty(env, object, name), 1, &reference);
}

// serverSetWebSocket(server, events, maxPayload, backpressureLimit, idleTimeout, flags,
//                    compressWindow, memoryLevel, decompressWindow): events count once
napi_value serverSetWebSocket(napi_env env, napi_callback_info info) {
  Arguments<9> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  if (server == nullptr) {
    return makeUndefined(env);
  }
  if (server->sockets.onMessages == nullptr) {
    refer(env, server->sockets.onMessages, arguments[1], "onMessages");
    refer(env, server->sockets.onUnreadable, arguments[1], "onUnreadable");
    refer(env, server->sockets.onPing, arguments[1], "onPing");
    refer(env, server->sockets.onPong, arguments[1], "onPong");
    refer(env, server->sockets.onDrain, arguments[1], "onDrain");
    refer(env, server->sockets.onClose, arguments[1], "onClose");
  }
  const uint32_t flags = readUint32(env, arguments[5]);
  server->sockets.hearsControls = (flags & kHearsControls) != 0;
  uwk::WebSocketOptions options;
  options.maxPayloadBytes = readUint32(env, arguments[2]);
  options.backpressureLimit = readUint32(env, arguments[3]);
  options.idleTimeoutSeconds = readUint32(env, arguments[4]);
  options.closeOnBackpressureLimit = (flags & kCloseOnLimit) != 0;
  options.sendPings = (flags & kSendPings) != 0;
  options.deflate = (flags & kDeflate) != 0;
  options.compresses = (flags & kCompresses) != 0;
  options.compressWindow = static_cast<uint8_t>(readUint32(env, arguments[6]));
  options.memoryLevel = static_cast<uint8_t>(readUint32(env, arguments[7]));
  options.decompressWindow = static_cast<uint8_t>(readUint32(env, arguments[8]));
  server->server->setWebSocket(options, webSocketHandlers(*server));
  return makeUndefined(env);
}

// webSocketUpgrade(exchange, upgrade, connection, key, version, extensions, protocol, fields,
//                  hasDate): handle, 0 for no handshake, -1 for one that was refused
napi_value webSocketUpgrade(napi_env env, napi_callback_info info) {
  Arguments<9> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = findExchange(state, arguments[0]);
  if (exchange == nullptr) {
    return makeNumber(env, kDeclined);
  }
  std::string texts[7];
  for (size_t i = 0; i < 7; ++i) {
    texts[i] = readLatin1(env, arguments[i + 1]);
  }
  uwk::UpgradeRequest request{.upgrade = texts[0],
                              .connection = texts[1],
                              .key = texts[2],
                              .version = texts[3],
                              .extensions = texts[4],
                              .protocol = texts[5],
                              .fields = texts[6],
                              .hasDate = readBool(env, arguments[8])};
  uwk::WebSocketHandle handle = 0;
  switch (exchange->server().upgrade(*exchange, request, handle)) {
  case uwk::UpgradeResult::Upgraded:
    return makeNumber(env, static_cast<double>(handle));
  case uwk::UpgradeResult::Declined:
    return makeNumber(env, kDeclined);
  case uwk::UpgradeResult::Refused:
    break;
  }
  return makeNumber(env, kRefused);
}

// webSocketSend(handle, message: string | Uint8Array, compress): bytes, -1 or 0
napi_value webSocketSend(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::WebSocket *socket = findSocket(state, arguments[0]);
  if (socket == nullptr) {
    return makeNumber(env, 0);
  }
  state.messages.beforeWrite(state, *socket);
  const Payload payload(state, arguments[1]);
  const uwk::SendResult result =
      socket->send(kindOf(payload), payload.bytes(), readBool(env, arguments[2]));
  return statusOf(env, result, payload.bytes().size());
}

// webSocketControl(handle, isPong, data: string | Uint8Array of at most 125 bytes): as above
napi_value webSocketControl(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::WebSocket *socket = findSocket(state, arguments[0]);
  if (socket == nullptr) {
    return makeNumber(env, 0);
  }
  state.messages.beforeWrite(state, *socket);
  const Payload payload(state, arguments[2]);
  const std::string_view data = payload.bytes().substr(0, 125);
  return statusOf(env, readBool(env, arguments[1]) ? socket->pong(data) : socket->ping(data),
                  data.size());
}

// webSocketClose(handle, code, reason)
napi_value webSocketClose(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  EnvState &state = EnvState::of(env);
  if (uwk::WebSocket *socket = findSocket(state, arguments[0]); socket != nullptr) {
    const Payload reason(state, arguments[2]);
    socket->close(readUint32(env, arguments[1]), reason.bytes());
  }
  return makeUndefined(env);
}

// webSocketTerminate(handle)
napi_value webSocketTerminate(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  if (uwk::WebSocket *socket = findSocket(EnvState::of(env), arguments[0]); socket != nullptr) {
    socket->terminate();
  }
  return makeUndefined(env);
}

// webSocketCork(handle, on): whether that changed anything
napi_value webSocketCork(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::WebSocket *socket = findSocket(state, arguments[0]);
  const bool on = readBool(env, arguments[1]);
  if (socket != nullptr && on) {
    state.messages.beforeCork(state, *socket);
  }
  const bool changes = socket != nullptr && socket->isCorked() != on;
  if (changes) {
    on ? socket->cork() : socket->uncork();
  }
  return makeBool(env, changes);
}

// webSocketPause(handle, on)
napi_value webSocketPause(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  if (uwk::WebSocket *socket = findSocket(EnvState::of(env), arguments[0]); socket != nullptr) {
    readBool(env, arguments[1]) ? socket->pause() : socket->resume();
  }
  return makeUndefined(env);
}

// webSocketReturn(handle, message: string | Uint8Array): false when it is to be handled now
napi_value webSocketReturn(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::WebSocket *socket = findSocket(state, arguments[0]);
  if (socket == nullptr || !socket->mayReturn()) {
    return makeBool(env, false);
  }
  const Payload payload(state, arguments[1]);
  socket->returnMessage(kindOf(payload), payload.bytes());
  state.cells[kMessageReturned] = 1;
  return makeBool(env, true);
}

// webSocketBuffered(handle): bytes
napi_value webSocketBuffered(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uwk::WebSocket *socket = findSocket(EnvState::of(env), arguments[0]);
  return makeNumber(env, socket == nullptr ? 0 : static_cast<double>(socket->bufferedAmount()));
}

// webSocketAddress(handle): text; undefined when there is none (any more)
napi_value webSocketAddress(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  uwk::WebSocket *socket = findSocket(EnvState::of(env), arguments[0]);
  const usk::SocketAddress address =
      socket == nullptr ? usk::SocketAddress{} : socket->remoteAddress();
  if (address.length == 0) {
    return makeUndefined(env);
  }
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(address.length == 16 ? AF_INET6 : AF_INET, address.bytes, text, sizeof text);
  return makeLatin1(env, text);
}

// webSocketTopic(handle, action, topic): boolean
napi_value webSocketTopic(napi_env env, napi_callback_info info) {
  Arguments<3> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::WebSocket *socket = findSocket(state, arguments[0]);
  if (socket == nullptr) {
    return makeBool(env, false);
  }
  const std::string topic = readUtf8(env, arguments[2]);
  switch (readUint32(env, arguments[1])) {
  case 0: // twin of TopicAction in lib/native/contract.ts
    socket->subscribe(topic);
    return makeBool(env, true);
  case 1:
    return makeBool(env, socket->unsubscribe(topic));
  default:
    return makeBool(env, socket->isSubscribed(topic));
  }
}

// webSocketTopics(handle): string[]
napi_value webSocketTopics(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  struct Listing {
    napi_env env;
    napi_value array;
    uint32_t size;
  } listing{env, nullptr, 0};
  napi_create_array(env, &listing.array);
  if (uwk::WebSocket *socket = findSocket(EnvState::of(env), arguments[0]); socket != nullptr) {
    socket->forEachTopic(
        [](void *user, std::string_view topic) {
          auto &list = *static_cast<Listing *>(user);
          napi_set_element(list.env, list.array, list.size++, makeUtf8(list.env, topic));
        },
        &listing);
  }
  return listing.array;
}

// serverPublish(server, except: handle or 0, topic, message: string | Uint8Array, compress): bytes,
// -1 when somebody gets it late, 0 when somebody or everybody does not
napi_value serverPublish(napi_env env, napi_callback_info info) {
  Arguments<5> arguments(env, info);
  EnvState &state = EnvState::of(env);
  NativeServer *server = state.server(readUint32(env, arguments[0]));
  if (server == nullptr) {
    return makeNumber(env, 0);
  }
  const std::string topic = readUtf8(env, arguments[2]);
  const Payload payload(state, arguments[3]);
  const bool compress = readBool(env, arguments[4]);
  // A closed socket has no subscriptions: nobody has to be left out.
  uwk::WebSocket *sender = findSocket(state, arguments[1]);
  const uwk::SendResult result =
      sender != nullptr
          ? sender->publish(topic, kindOf(payload), payload.bytes(), compress)
          : server->server->publish(topic, kindOf(payload), payload.bytes(), compress);
  return statusOf(env, result, payload.bytes().size());
}

// serverSubscribers(server, topic): number
napi_value serverSubscribers(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  const size_t count =
      server == nullptr ? 0 : server->server->subscribers(readUtf8(env, arguments[1]));
  return makeNumber(env, static_cast<double>(count));
}

// serverWatchTopics(server)
napi_value serverWatchTopics(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  if (server != nullptr) {
    server->server->watchTopics(
        [](void *user, std::string_view topic, bool) {
          static_cast<NativeServer *>(user)->sockets.changedTopics.emplace_back(topic);
        },
        server);
  }
  return makeUndefined(env);
}

// serverTakeTopics(server): string[] | undefined; topics that got their first subscriber or lost
// their last since the call before
napi_value serverTakeTopics(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  if (server == nullptr || server->sockets.changedTopics.empty()) {
    return makeUndefined(env);
  }
  const std::vector<std::string> topics = std::exchange(server->sockets.changedTopics, {});
  napi_value array = nullptr;
  napi_create_array_with_length(env, topics.size(), &array);
  for (uint32_t i = 0; i < topics.size(); ++i) {
    napi_set_element(env, array, i, makeUtf8(env, topics[i]));
  }
  return array;
}

// serverWebSockets(server): open ones
napi_value serverWebSockets(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  return makeNumber(env, server == nullptr ? 0 : static_cast<double>(server->server->webSockets()));
}

} // namespace

void registerWebSocketBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "serverSetWebSocket", serverSetWebSocket);
  defineFunction(env, exports, "serverPublish", serverPublish);
  defineFunction(env, exports, "serverSubscribers", serverSubscribers);
  defineFunction(env, exports, "serverWatchTopics", serverWatchTopics);
  defineFunction(env, exports, "serverTakeTopics", serverTakeTopics);
  defineFunction(env, exports, "serverWebSockets", serverWebSockets);
  defineFunction(env, exports, "webSocketUpgrade", webSocketUpgrade);
  defineFunction(env, exports, "webSocketSend", webSocketSend);
  defineFunction(env, exports, "webSocketControl", webSocketControl);
  defineFunction(env, exports, "webSocketClose", webSocketClose);
  defineFunction(env, exports, "webSocketTerminate", webSocketTerminate);
  defineFunction(env, exports, "webSocketCork", webSocketCork);
  defineFunction(env, exports, "webSocketPause", webSocketPause);
  defineFunction(env, exports, "webSocketReturn", webSocketReturn);
  defineFunction(env, exports, "webSocketBuffered", webSocketBuffered);
  defineFunction(env, exports, "webSocketAddress", webSocketAddress);
  defineFunction(env, exports, "webSocketTopic", webSocketTopic);
  defineFunction(env, exports, "webSocketTopics", webSocketTopics);
}

} // namespace addon
