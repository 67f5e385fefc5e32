// SPDX-License-Identifier: MIT
//
// A server whose handlers are the test's, with every call of theirs accounted for. Knows neither a
// test framework nor what drives its loop.
#pragma once

#include "exchange_ledger.h"

#include <ServerInternal.h>

#include <usk/loop.h>

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace uwk::test {

inline bool reply(Exchange &exchange, std::string_view text, uint16_t status = 200,
                  std::string_view fields = {}) {
  ResponseHead head;
  head.status = status;
  head.fields = fields;
  ResponseBody body;
  body.bytes = text;
  return exchange.respond(head, body);
}

// False when the exchange is over.
inline bool replyTo(usk::Loop &loop, ExchangeHandle handle, std::string_view text) {
  Exchange *exchange = Exchange::find(loop, handle);
  return exchange != nullptr && reply(*exchange, text);
}

struct Pattern {
  std::string_view path;
  std::string_view body; // a static route; without data a handler
};

// Handlers get their index as id.
inline std::unique_ptr<const RouteTable> routeTable(std::initializer_list<Pattern> patterns) {
  auto table = std::make_unique<RouteTable>();
  uint32_t id = 0;
  for (const Pattern &pattern : patterns) {
    if (pattern.body.data() != nullptr) {
      StaticRoute route;
      route.body = pattern.body;
      (void)table->addStatic(kAnyMethod, pattern.path, route);
    } else {
      (void)table->addHandler(kAnyMethod, pattern.path, id);
    }
    id++;
  }
  table->freeze();
  return table;
}

class TestServer {
public:
  explicit TestServer(usk::Loop &loop, const ServerOptions &options = withFallback())
      : server_(loop, options, handlers(*this)) {}
  TestServer(const TestServer &) = delete;
  TestServer &operator=(const TestServer &) = delete;

  static ServerOptions withFallback() {
    ServerOptions options;
    options.hasFallback = true;
    return options;
  }

  Server *operator->() { return &server_; }
  Server &operator*() { return server_; }
  [[nodiscard]] bool stopped() const { return stops_ > 0; }
  [[nodiscard]] usk::Loop &loop() const { return server_.loop(); }
  usk::SocketGroup &group() { return server_.internal().group; }

  // To be called instead of Exchange::collectBody.
  void collect(Exchange &exchange) {
    ledger.asked(exchange.handle());
    exchange.collectBody();
  }
  // To be called instead of Exchange::watch.
  void watch(Exchange &exchange) {
    ledger.watched(exchange.handle());
    exchange.watch();
  }
  // To be called instead of Exchange::pullBody.
  bool pull(Exchange &exchange) {
    if (!exchange.pullBody()) {
      return false;
    }
    ledger.pulled(exchange.handle());
    return true;
  }
  // Answers with the path and the body, once that is complete.
  void echo(Exchange &exchange) {
    if (exchange.bodyState() == BodyState::Partial) {
      collect(exchange);
      return;
    }
    const std::string body(exchange.takeBody().view());
    reply(exchange, body.empty() ? exchange.path() : std::string_view(body));
  }

  // Without a function a request is answered with its path, a collected body with itself.
  std::function<void(const RequestEvent &)> onRequest;
  std::function<void()> onCatchUp;
  std::function<void(Exchange &, BodyState, std::string_view)> onBody;
  // Instead of onBody, without taking anything.
  std::function<void(Exchange &, BodyState)> onBodyNews;
  std::function<void(Exchange &)> onWritable;
  std::function<void(Exchange &)> onAborted;
  std::function<void(ExchangeHandle)> onEnded;
  std::function<void()> onStopped;

  ExchangeLedger ledger;

private:
  static TestServer &of(void *user) { return *static_cast<TestServer *>(user); }

  static ServerHandlers handlers(TestServer &self) {
    ServerHandlers made;
    made.user = &self;
    made.onRequest = [](void *user, const RequestEvent &event) {
      TestServer &server = of(user);
      const ExchangeHandle handle = event.exchange.handle();
      server.ledger.began(handle);
      event.exchange.setData(&server);
      if (Exchange::find(server.loop(), handle) != &event.exchange) {
        server.ledger.fault("the exchange is not found by its handle");
      }
      if (server.onRequest) {
        server.onRequest(event);
      } else {
        server.echo(event.exchange);
      }
    };
    made.onCatchUp = [](void *user) {
      if (of(user).onCatchUp) {
        of(user).onCatchUp();
      }
    };
    made.onBody = [](void *user, Exchange &exchange, BodyState state) {
      TestServer &server = of(user);
      server.ledger.body(exchange.handle(), state, exchange.bodyFault());
      if (server.onBodyNews) {
        server.onBodyNews(exchange, state);
        return;
      }
      const BodyBytes bytes = exchange.takeBody();
      if (server.onBody) {
        server.onBody(exchange, state, bytes.view());
      } else if (state == BodyState::Complete) {
        reply(exchange, bytes.view());
      }
    };
    made.onWritable = [](void *user, Exchange &exchange) {
      of(user).ledger.writable(exchange.handle());
      if (of(user).onWritable) {
        of(user).onWritable(exchange);
      }
    };
    made.onAborted = [](void *user, Exchange &exchange) {
      of(user).ledger.aborted(exchange.handle());
      if (of(user).onAborted) {
        of(user).onAborted(exchange);
      }
    };
    made.onEnded = [](void *user, ExchangeHandle handle, void *data) {
      TestServer &server = of(user);
      server.ledger.ended(handle);
      if (data != user) {
        server.ledger.fault("onEnded without the embedder's data");
      }
      if (Exchange::find(server.loop(), handle) != nullptr) {
        server.ledger.fault("an exchange that ended is still found");
      }
      if (server.onEnded) {
        server.onEnded(handle);
      }
    };
    made.onSent = [](void *user, ExchangeHandle handle) { of(user).ledger.sent(handle); };
    made.onStopped = [](void *user) {
      TestServer &server = of(user);
      if (server.stops_++ > 0) {
        server.ledger.fault("onStopped twice");
      }
      if (server.server_.connections() != 0 || server.server_.pendingRequests() != 0) {
        server.ledger.fault("onStopped while something is left");
      }
      if (server.onStopped) {
        server.onStopped();
      }
    };
    return made;
  }

  unsigned stops_ = 0;
  Server server_;
};

} // namespace uwk::test
