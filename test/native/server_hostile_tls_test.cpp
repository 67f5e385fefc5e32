// SPDX-License-Identifier: MIT
//
// The table of hostile inputs over TLS: how a request is cut into records, and its records into
// segments, changes nothing about the outcome. The long inputs are cut over plain sockets only
// (server_hostile_heads_test): the parsers are the same, a handshake for each cut takes time.
#include "support/fake_server.h"
#include "support/hostile_cases.h"
#include "support/tls_peer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace uwk::test;
using usk::test::Authority;
using usk::test::entryOf;
using usk::test::OwnContext;
using usk::test::PeerOptions;
using usk::test::TlsPair;

namespace {

class Target {
public:
  Target() {
    (*fake_.server)->setRoutes(routeTable({{"/static", "fixed"}}), true);
    fake_.server->onRequest = [this](const uwk::RequestEvent &event) {
      uwk::Exchange &exchange = event.exchange;
      if (exchange.bodyState() != uwk::BodyState::None) {
        fake_.server->echo(exchange);
        return;
      }
      std::string text(exchange.path());
      if (exchange.host() != "h") {
        text.append(" ").append(exchange.host());
      }
      reply(exchange, text);
    };
  }

  // What came of `input` in records that end at `cuts`, sent as segments of `step` bytes; "" when
  // it is what the case says.
  std::string judge(const HostileCase &wanted, const std::vector<size_t> &cuts, size_t step) {
    const size_t before = fake_.server->ledger.begun();
    PeerOptions options;
    options.version = ++count_ % 2 == 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
    options.session = sessions_[count_ % 2].get();
    TlsPair pair(fake_.net, fake_.server->group(), context_.get(), options);
    pair.handshake();
    size_t at = 0;
    for (const size_t cut : cuts) {
      send(pair, std::string_view(wanted.input).substr(at, cut - at), step);
      at = cut;
    }
    send(pair, std::string_view(wanted.input).substr(at), step);
    if (wanted.clientEnds) {
      pair.peer.shutdown();
      pair.push();
      fake_.net.settle();
      pair.wire().inputEnds = true;
    }
    pair.talk();

    Replies replies;
    replies.update(pair.peer.received);
    std::string outcome = check(wanted, pair, replies);
    const size_t calls = fake_.server->ledger.begun() - before;
    const bool callsAreRight =
        wanted.handler == Handler::UntilError ? calls <= wanted.calls : calls == wanted.calls;
    if (!callsAreRight) {
      outcome += " handler called " + std::to_string(calls) + " times";
    }
    if (outcome.empty() && !wanted.closed && !isInStep(pair)) {
      outcome = " the connection is not in step";
    }
    // The next client shakes hands faster.
    if (pair.peer.session != nullptr) {
      sessions_[count_ % 2] = std::move(pair.peer.session);
    }
    pair.wire().inputEnds = true;
    fake_.net.settle();
    return pair.isClosed() ? outcome : outcome + " not closed by FIN";
  }

private:
  void send(TlsPair &pair, std::string_view bytes, size_t step) {
    if (bytes.empty() || pair.isClosed() || pair.peer.ended) {
      return;
    }
    pair.peer.write(bytes);
    const std::string records = pair.peer.take();
    for (size_t at = 0; at < records.size(); at += step) {
      pair.wire().input.push_back(records.substr(at, step));
      fake_.net.settle();
    }
    pair.pull();
  }

  static std::string check(const HostileCase &wanted, TlsPair &pair, const Replies &replies) {
    if (!replies.fault().empty()) {
      return replies.fault();
    }
    std::string outcome;
    if (replies.statuses() != wanted.statuses) {
      outcome += " statuses " + replies.statuses();
    }
    // An end is a close_notify, save where the client has said its own and its request is cut off.
    if (!pair.peer.error.empty()) {
      outcome += " " + pair.peer.error;
    } else if ((pair.peer.ended || (wanted.clientEnds && pair.isClosed())) != wanted.closed) {
      outcome += pair.peer.ended ? " ended" : " open";
    }
    if (!wanted.body.empty() && replies.size() > 0 &&
        replies[replies.size() - 1].body != wanted.body) {
      outcome += " body " + replies[replies.size() - 1].body.substr(0, 60);
    }
    if (replies.used() != pair.peer.received.size()) {
      outcome += " and more bytes";
    }
    return outcome;
  }

  bool isInStep(TlsPair &pair) {
    pair.peer.received.clear();
    send(pair, get("/probe"), SIZE_MAX);
    pair.talk();
    Replies replies;
    replies.update(pair.peer.received);
    return replies.size() == 1 && replies[0].body == "/probe";
  }

  OwnContext context_{{entryOf(Authority("authority").issue("h"))}};
  FakeServer fake_;
  bssl::UniquePtr<SSL_SESSION> sessions_[2];
  unsigned count_ = 0;
};

std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return text.substr(0, 120);
}

} // namespace

TEST_CASE("over TLS: whole, in one segment and in segments of every byte") {
  for (const HostileCase &one : HostileCases().all) {
    CAPTURE(one.id);
    CAPTURE(printable(one.input));
    Target target;
    CHECK(target.judge(one, {}, SIZE_MAX) == "");
    CHECK(target.judge(one, {}, one.isLong() ? 97 : 1) == "");
  }
}

TEST_CASE("over TLS: a record for every byte") {
  for (const HostileCase &one : HostileCases().all) {
    CAPTURE(one.id);
    CAPTURE(printable(one.input));
    std::vector<size_t> cuts;
    for (size_t at = 1; at < one.input.size(); at += one.isLong() ? 101U : 1U) {
      cuts.push_back(at);
    }
    Target target;
    CHECK(target.judge(one, cuts, SIZE_MAX) == "");
  }
}

TEST_CASE("over TLS: two records, cut at every byte") {
  for (const HostileCase &one : HostileCases().all) {
    if (one.isLong()) {
      continue;
    }
    CAPTURE(one.id);
    CAPTURE(printable(one.input));
    Target target;
    for (size_t cut = 1; cut < one.input.size(); cut++) {
      CAPTURE(cut);
      REQUIRE(target.judge(one, {cut}, SIZE_MAX) == "");
    }
  }
}
