// SPDX-License-Identifier: MIT
//
// Clients of a TLS server over a scripted kernel. The first byte of an input chooses: the rest are
// the bytes of a client, or the server name and the protocols of a hello that is right otherwise,
// or what becomes of the conversation of a client that means well. Whatever comes: what is not
// authenticated never becomes a request, what is sent are TLS records, and every connection ends.
#include "support/client_hello.h"
#include "support/require.h"
#include "support/test_server.h"
#include "support/tls_peer.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using fuzz::require;
using usk::test::Authority;
using usk::test::OwnContext;
using usk::test::PeerOptions;
using usk::test::TlsPair;

constexpr size_t kMaxTurns = 2000;
constexpr size_t kMaxRecord = 16'384 + 256;

// Certificates are made once; a context keeps nothing of its connections.
struct Contexts {
  const Authority authority{"authority"};
  const usk::test::Pem client = authority.issue("client");
  OwnContext plain{{entry("localhost", "")}};
  OwnContext named{{entry("a.test", ""), entry("*.b.test", "*.b.test"), asking("c.test")}};

  static Contexts &the() {
    static auto *contexts = new Contexts;
    return *contexts;
  }

private:
  [[nodiscard]] usk::TlsEntry entry(const std::string &subject, const std::string &name) const {
    return usk::test::entryOf(authority.issue(subject), name);
  }
  [[nodiscard]] usk::TlsEntry asking(const std::string &name) const {
    usk::TlsEntry made = entry(name, name);
    made.authorities = {authority.pem().certificate};
    made.requestCertificate = true;
    made.lowMemory = true;
    return made;
  }
};

class Program {
public:
  Program(const uint8_t *data, size_t size) : data_(data), end_(data + size) {}

  void run() {
    server_.onRequest = [this](const uwk::RequestEvent &event) { onRequest(event.exchange); };
    const uint8_t what = take();
    const bool isNamed = (what & 4) != 0;
    context_ = (isNamed ? Contexts::the().named : Contexts::the().plain).get();
    isSlow_ = (what & 8) != 0;
    switch (what & 3) {
    case 0:
    case 1:
      raw();
      break;
    case 2:
      built(what);
      break;
    default:
      talk(what);
    }
    finish((what & 0x40) != 0);
  }

private:
  uint8_t take() { return data_ == end_ ? uint8_t{0} : *data_++; }
  std::string takeAll() { return takeSome(static_cast<size_t>(end_ - data_)); }
  std::string takeSome(size_t size) {
    size = std::min(size, static_cast<size_t>(end_ - data_));
    std::string bytes(reinterpret_cast<const char *>(data_), size);
    data_ += size;
    return bytes;
  }

  // Requests are numbered by their paths; the wire loses, repeats and invents none.
  void onRequest(uwk::Exchange &exchange) {
    const std::string path(exchange.path());
    const auto number = std::strtoul(path.c_str() + 1, nullptr, 10);
    require(path == "/" + std::to_string(number), "a path that was sent");
    require(number > requested_ && number <= sent_, "requests arrive in order, and once");
    requested_ = number;
    uwk::test::reply(exchange, path + std::string(number % 4 == 0 ? 40'000 : 10, 'r'));
  }

  void settle() {
    size_t turns = 0;
    while (net_.turn() != 0 || net_.turnRequested()) {
      require(++turns < kMaxTurns, "a turn is not asked for again and again");
    }
  }

  int connect() {
    const usk::Socket *socket = net_.connect(server_.group(), nullptr, context_);
    fd_ = socket->fd();
    limit();
    return fd_;
  }
  // A kernel that takes little of what is sent.
  void limit() {
    if (isSlow_) {
      net_.connection(fd_).sends = {0, 1, 100, 0, 0, 5000};
      net_.connection(fd_).room = 300;
    }
  }
  void widen() {
    net_.connection(fd_).sends.clear();
    net_.connection(fd_).room = SIZE_MAX;
    settle();
  }

  void feed(std::string_view bytes, size_t step) {
    while (!bytes.empty() && !net_.connection(fd_).closed) {
      net_.connection(fd_).input.emplace_back(bytes.substr(0, step));
      bytes.remove_prefix(std::min(step, bytes.size()));
      settle();
    }
  }

  // Nobody who does not know the secrets finishes a handshake.
  void raw() {
    const size_t step = 1 + take() * 16U;
    connect();
    feed(takeAll(), step);
    widen();
    require(requested_ == 0, "no request without a handshake");
  }

  void built(uint8_t what) {
    const size_t step = 1 + take() * 16U;
    const std::string names = takeSome(take() * 2U);
    const std::string protocols = takeSome(take() * 2U);
    connect();
    feed(fuzz::clientHello(names, protocols, (what & 0x10) != 0), step);
    feed(takeAll(), step);
    widen();
    require(requested_ == 0, "no request without a handshake");
  }

  void talk(uint8_t what) {
    PeerOptions options;
    options.version = (what & 0x10) != 0 ? TLS1_2_VERSION : TLS1_3_VERSION;
    static constexpr const char *kNames[] = {"", "a.test", "x.b.test", "c.test"};
    options.serverName = kNames[what >> 6];
    host_ = options.serverName.empty() ? "h" : options.serverName;
    options.protocols = "\x02h2\x08http/1.1";
    options.certificate = (what & 0x20) != 0 ? &Contexts::the().client : nullptr;
    TlsPair pair(net_, server_.group(), context_, options);
    fd_ = pair.socket->fd();
    limit();
    pair.peer.work();
    const bool isRefused = options.serverName == "c.test" && options.certificate == nullptr &&
                           context_ == Contexts::the().named.get();
    bool isDisturbed = isSlow_ || isRefused;
    for (int step = 0; step < 40 && !pair.isClosed(); step++) {
      const bool isLast = data_ == end_;
      if (pair.peer.connected() && pair.peer.error.empty() && !pair.peer.ended && !wroteEnd_) {
        say(pair, isLast ? 0 : take());
      }
      std::string bytes = pair.peer.take();
      isDisturbed = (!isLast && disturb(bytes, take())) || isDisturbed;
      feed(bytes, (what & 0x10) != 0 ? 7 : 4000);
      pair.pull();
      if (isLast && step > 8) {
        break;
      }
    }
    widen();
    pair.pull();
    require(!isRefused || requested_ == 0, "no request without the certificate that was asked for");
    // More key updates than that without data are an attack.
    if (!isDisturbed && !wroteEnd_ && keyUpdates_ < 20) {
      require(pair.peer.error.empty(), pair.peer.error.c_str());
      require(requested_ == sent_, "what is whole arrives");
    }
  }

  void say(TlsPair &pair, uint8_t what) {
    if (what == 255) {
      pair.peer.shutdown();
      wroteEnd_ = true;
    } else if (what == 254) {
      keyUpdates_++;
      (void)SSL_key_update(pair.peer.ssl(), SSL_KEY_UPDATE_REQUESTED);
    } else {
      std::string request = "GET /" + std::to_string(++sent_) + " HTTP/1.1\r\nHost: " + host_;
      if (what % 8 == 7) {
        request += "\r\nX: " + std::string(15'000, 'x');
      }
      pair.peer.write(request + "\r\n\r\n");
    }
    ERR_clear_error();
  }

  // Whether anything was changed that the server must not get over.
  bool disturb(std::string &bytes, uint8_t what) {
    const size_t at = bytes.empty() ? 0 : (take() * 256U + take()) % bytes.size();
    switch (what % 16) {
    case 0:
      if (!bytes.empty()) {
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << (what >> 5)));
      }
      return true;
    case 1:
      bytes.erase(at, 1 + (what >> 4));
      return true;
    case 2:
      bytes.insert(at, bytes.substr(0, 300));
      return true;
    case 3:
      bytes.insert(at, takeSome(what >> 2));
      return true;
    case 4:
      bytes.insert(0, std::string("\x17\x03\x03\x00\x00", 5));
      return true;
    case 5:
      bytes.insert(0, std::string("\x15\x03\x03\x00\x02\x01", 6) + static_cast<char>(take()));
      return true;
    case 6:
      net_.connection(fd_).inputEnds = true;
      return true;
    case 7:
      (what >= 128 ? net_.connection(fd_).inputError : net_.connection(fd_).error) = ECONNRESET;
      return true;
    case 8:
      net_.pass(1 + what / 16);
      return true;
    case 9:
      widen();
      return false;
    default:
      return false;
    }
  }

  void finish(bool byForce) {
    checkOutput();
    if (!byForce) {
      // The peer stays away, but takes everything.
      for (int second = 0; second < 60; second++) {
        net_.pass(1);
        settle();
      }
      require(server_->connections() == 0, "timeouts end every connection");
    }
    server_->stop(byForce);
    settle();
    require(server_.stopped() && server_->connections() == 0, "the server stops");
    require(server_.ledger.fault().empty(), server_.ledger.fault().c_str());
    require(server_.ledger.open() == 0, "every exchange ended");
    require(net_.connection(fd_).lateCalls == 0, "no call on a descriptor that is done with");
  }

  // Handshakes, alerts and data, of a length that may be; the last one may be cut off.
  void checkOutput() {
    std::string_view bytes = net_.connection(fd_).output;
    while (bytes.size() >= 5) {
      const auto at = [bytes](size_t i) { return static_cast<uint8_t>(bytes[i]); };
      require(at(0) >= 20 && at(0) <= 23 && at(1) == 3, "what is sent are records");
      const size_t size = at(3) * 256U + at(4);
      require(size > 0 && size <= kMaxRecord, "of a proper length");
      if (bytes.size() < 5 + size) {
        return;
      }
      bytes.remove_prefix(5 + size);
    }
  }

  const uint8_t *data_;
  const uint8_t *end_;
  usk::test::FakeNet net_;
  uwk::test::TestServer server_{net_.loop()};
  usk::TlsContext *context_ = nullptr;
  int fd_ = 0;
  std::string host_;
  bool isSlow_ = false;
  bool wroteEnd_ = false;
  unsigned keyUpdates_ = 0;
  unsigned long sent_ = 0;
  unsigned long requested_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Program(data, size).run();
  return 0;
}
