// SPDX-License-Identifier: MIT
//
// A running server for the rows of the table of hostile inputs: sends one in pieces over a real
// socket and says in which way the outcome differs. A unix socket, because some two hundred
// thousand connections would otherwise leave as many ports in TIME_WAIT.
#pragma once

#include "hostile_cases.h"
#include "live_loop.h"
#include "replies.h"
#include "test_server.h"

#include <algorithm>
#include <string>
#include <vector>

namespace uwk::test {

class HostileTarget {
public:
  HostileTarget() : server_(*loop_) {
    path_ = directory_.file("s");
    usk::ListenOptions options;
    options.isUnix = true;
    options.path = path_;
    usk::SystemError error;
    REQUIRE(server_->listen(options, error) != nullptr);
    server_->setRoutes(routeTable({{"/static", "fixed"}}), true);
    // The body, else the path, with the host where that is not the usual one.
    server_.onRequest = [this](const RequestEvent &event) {
      Exchange &exchange = event.exchange;
      if (exchange.bodyState() != BodyState::None) {
        server_.echo(exchange);
        return;
      }
      std::string text(exchange.path());
      if (exchange.host() != "h") {
        text.append(" ").append(exchange.host());
      }
      reply(exchange, text);
    };
  }
  HostileTarget(const HostileTarget &) = delete;
  HostileTarget &operator=(const HostileTarget &) = delete;
  ~HostileTarget() {
    server_->stop(true);
    CHECK(loop_.until([&] { return server_.stopped(); }));
    CHECK(server_.ledger.fault() == "");
  }

  // What came of `input` cut at `cuts`, as text; "" when it is what the case says.
  std::string judge(const HostileCase &wanted, const std::vector<size_t> &cuts) {
    const size_t before = server_.ledger.begun();
    usk::test::Client client;
    if (client.connectUnix(path_) != 0) {
      return "no connection";
    }
    loop_.stepWithoutWaiting();
    size_t at = 0;
    for (const size_t cut : cuts) {
      client.send(std::string_view(wanted.input).substr(at, cut - at));
      at = cut;
      loop_.stepWithoutWaiting();
    }
    client.send(std::string_view(wanted.input).substr(at));
    if (wanted.clientEnds) {
      loop_.stepWithoutWaiting();
      client.shutdown();
    }

    const size_t count =
        1 + static_cast<size_t>(std::count_if(wanted.statuses.begin(), wanted.statuses.end(),
                                              [](char c) { return c == ',' || c == '+'; }));
    Replies replies;
    loop_.until([&] {
      replies.update(client.receive().received);
      return client.ended || client.error != 0 || (!wanted.closed && replies.size() >= count);
    });
    std::string outcome = check(wanted, client, replies);
    const size_t calls = server_.ledger.begun() - before;
    const bool callsAreRight =
        wanted.handler == Handler::UntilError ? calls <= wanted.calls : calls == wanted.calls;
    if (!callsAreRight) {
      outcome += " handler called " + std::to_string(calls) + " times";
    }
    if (outcome.empty() && !wanted.closed && !isInStep(client)) {
      outcome = " the connection is not in step";
    }
    return outcome;
  }

private:
  static std::string check(const HostileCase &wanted, const usk::test::Client &client,
                           const Replies &replies) {
    if (!replies.fault().empty()) {
      return replies.fault();
    }
    std::string outcome;
    if (replies.statuses() != wanted.statuses) {
      outcome += " statuses " + replies.statuses();
    }
    if (client.ended != wanted.closed || client.error != 0) {
      outcome += client.error != 0 ? " reset" : client.ended ? " closed" : " open";
    }
    if (!wanted.body.empty() && replies.size() > 0 &&
        replies[replies.size() - 1].body != wanted.body) {
      outcome += " body " + replies[replies.size() - 1].body.substr(0, 60);
    }
    if (replies.used() != client.received.size()) {
      outcome += " and more bytes";
    }
    return outcome;
  }

  bool isInStep(usk::test::Client &client) {
    client.received.clear();
    client.send(get("/probe"));
    Replies replies;
    loop_.until([&] {
      replies.update(client.receive().received);
      return client.ended || client.error != 0 || replies.size() > 0;
    });
    return replies.size() == 1 && replies[0].body == "/probe";
  }

  usk::test::TempDirectory directory_;
  std::string path_;
  usk::test::LiveLoop loop_{usk::Backend::Standalone};
  TestServer server_;
};

inline std::string printable(const std::string &bytes) {
  std::string text;
  for (const char byte : bytes.substr(0, 120)) {
    text += byte == '\r'                    ? "\\r"
            : byte == '\n'                  ? "\\n"
            : (byte < 0x20 || byte == 0x7f) ? "?"
                                            : std::string(1, byte);
  }
  return text;
}

// Cuts the long inputs whose heads are long, or those whose bodies are. Two programs share them,
// because they are nine tenths of all cuts.
inline void cutLongInputs(bool heads) {
  // What comes after the byte that decides is not even read into the parser.
  constexpr size_t kDecided = Limits::kMaxHeadBytes + 1000;
  HostileTarget target;
  for (const HostileCase &one : HostileCases().all) {
    if (one.isLong() && (one.input.find("chunked") == std::string::npos) == heads) {
      CAPTURE(one.id);
      CAPTURE(printable(one.input));
      const size_t end = heads ? std::min(one.input.size(), kDecided) : one.input.size();
      for (size_t cut = 1; cut < end; cut++) {
        CAPTURE(cut);
        REQUIRE(target.judge(one, {cut}) == "");
      }
    }
  }
}

} // namespace uwk::test
