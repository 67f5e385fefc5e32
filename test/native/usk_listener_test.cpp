// SPDX-License-Identifier: MIT
//
// Listening on real addresses: families, exclusive and shared ports, unix paths and abstract names.
#include "support/live_loop.h"
#include "support/recorder.h"

#include <sys/stat.h>

#include <doctest/doctest.h>

#include <cerrno>
#include <netdb.h>
#include <netinet/tcp.h>
#include <string>

using usk::Backend;
using usk::Listener;
using usk::ListenOptions;
using usk::Socket;
using usk::SystemError;
using usk::test::Client;
using usk::test::LiveLoop;
using usk::test::Recorder;
using usk::test::TempDirectory;

namespace {

struct Fixture {
  LiveLoop loop{Backend::Standalone};
  Recorder recorder{*loop};
  SystemError error;

  Fixture() {
    recorder.onData = [](Socket &socket, std::string_view data) { socket.write(data); };
  }
  Listener *listen(const ListenOptions &options) { return recorder.group.listen(options, error); }
  Listener *listenUnix(std::string_view path) {
    ListenOptions options;
    options.isUnix = true;
    options.path = path;
    return listen(options);
  }
  bool echoes(Client &client) {
    client.send("ping");
    return loop.until([&] { return client.receive().received == "ping"; });
  }
};

bool exists(const std::string &path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

} // namespace

TEST_CASE("the default address takes IPv6 and IPv4 and a port of the system's choice") {
  Fixture fixture;
  Listener *listener = fixture.listen({});
  REQUIRE(listener != nullptr);
  CHECK(fixture.error.ok());
  CHECK(listener->port() != 0);
  CHECK(listener->fd() >= 0);
  Client v4;
  REQUIRE(v4.connect("127.0.0.1", listener->port()) == 0);
  CHECK(fixture.echoes(v4));
  if (listener->isIpv6()) {
    CHECK(listener->host() == "::");
    Client v6;
    REQUIRE(v6.connect("::1", listener->port()) == 0);
    CHECK(fixture.echoes(v6));
  } else {
    CHECK(listener->host() == "0.0.0.0");
  }
}

TEST_CASE("remote addresses are those of the peer, mapped ones unchanged") {
  Fixture fixture;
  Listener *listener = fixture.listen({});
  REQUIRE(listener != nullptr);
  usk::SocketAddress address;
  fixture.recorder.onOpen = [&](Socket &socket) { address = socket.remoteAddress(); };
  Client client;
  REQUIRE(client.connect("127.0.0.1", listener->port()) == 0);
  CHECK(fixture.echoes(client));
  sockaddr_in local{};
  socklen_t size = sizeof local;
  ::getsockname(client.fd(), reinterpret_cast<sockaddr *>(&local), &size);
  CHECK(address.port == ntohs(local.sin_port));
  if (listener->isIpv6()) {
    CHECK(address.length == 16);
    CHECK(address.bytes[10] == 0xff);
    CHECK(address.bytes[12] == 127);
  } else {
    CHECK(address.length == 4);
  }
}

TEST_CASE("an IPv4 address takes IPv4 only") {
  Fixture fixture;
  ListenOptions options;
  options.host = "127.0.0.1";
  Listener *listener = fixture.listen(options);
  REQUIRE(listener != nullptr);
  CHECK(listener->host() == "127.0.0.1");
  CHECK_FALSE(listener->isIpv6());
  Client client(*listener);
  CHECK(fixture.echoes(client));
}

TEST_CASE("ipv6Only refuses IPv4") {
  Fixture fixture;
  ListenOptions options;
  options.ipv6Only = true;
  Listener *listener = fixture.listen(options);
  if (listener == nullptr) {
    // A machine without IPv6 says so.
    CHECK((fixture.error.code == EAFNOSUPPORT || fixture.error.code == EADDRNOTAVAIL));
    return;
  }
  Client v4;
  CHECK(v4.connect("127.0.0.1", listener->port()) == ECONNREFUSED);
  Client v6;
  REQUIRE(v6.connect("::1", listener->port()) == 0);
  CHECK(fixture.echoes(v6));
}

TEST_CASE("a host name is resolved") {
  Fixture fixture;
  ListenOptions options;
  options.host = "localhost";
  Listener *listener = fixture.listen(options);
  REQUIRE(listener != nullptr);
  Client client(*listener);
  CHECK(fixture.echoes(client));
}

TEST_CASE("addresses that cannot be listened on say why") {
  Fixture fixture;
  ListenOptions options;
  options.host = "192.0.2.1"; // TEST-NET, nobody has it
  CHECK(fixture.listen(options) == nullptr);
  CHECK(fixture.error.code == EADDRNOTAVAIL);
  CHECK(std::string(fixture.error.syscall) == "bind");
  options.host = "not a host name";
  CHECK(fixture.listen(options) == nullptr);
  CHECK(fixture.error.resolver);
  CHECK(fixture.error.code != 0);
  CHECK(std::string(fixture.error.syscall) == "getaddrinfo");
  CHECK(fixture.listen({}) != nullptr);
}

TEST_CASE("a port is exclusive unless both sides share it") {
  Fixture fixture;
  Listener *first = fixture.listen({});
  REQUIRE(first != nullptr);
  ListenOptions options;
  options.port = first->port();
  CHECK(fixture.listen(options) == nullptr);
  CHECK(fixture.error.code == EADDRINUSE);
  options.reusePort = true;
  CHECK(fixture.listen(options) == nullptr);
  CHECK(fixture.error.code == EADDRINUSE);

  options.port = 0;
  Listener *shared = fixture.listen(options);
  REQUIRE(shared != nullptr);
  options.port = shared->port();
  CHECK(fixture.listen(options) != nullptr);
  options.reusePort = false;
  CHECK(fixture.listen(options) == nullptr);
}

TEST_CASE("closing a listener frees the port at once; accepted connections live on") {
  Fixture fixture;
  Listener *listener = fixture.listen({});
  REQUIRE(listener != nullptr);
  ListenOptions options;
  options.port = listener->port();
  Client client(*listener);
  REQUIRE(fixture.echoes(client));
  listener->close();
  Client late;
  CHECK(late.connect("127.0.0.1", options.port) == ECONNREFUSED);
  client.received.clear();
  CHECK(fixture.echoes(client));
  Listener *again = fixture.listen(options);
  CHECK(again != nullptr);
}

TEST_CASE("a callback may close the listener that is accepting") {
  Fixture fixture;
  Listener *listener = fixture.listen({});
  REQUIRE(listener != nullptr);
  Client first(*listener);
  Client second(*listener);
  first.send("x");
  second.send("x");
  fixture.recorder.onData = [&](Socket &, std::string_view) {
    if (listener != nullptr) {
      listener->close();
      listener = nullptr;
    }
  };
  CHECK(fixture.loop.until([&] { return listener == nullptr; }));
  CHECK(fixture.recorder.opened >= 1);
}

TEST_CASE("accepted sockets have TCP_NODELAY and are not inherited by children") {
  Fixture fixture;
  Listener *listener = fixture.listen({});
  REQUIRE(listener != nullptr);
  int noDelay = 0;
  int descriptorFlags = 0;
  int statusFlags = 0;
  fixture.recorder.onOpen = [&](Socket &socket) {
    socklen_t size = sizeof noDelay;
    ::getsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &noDelay, &size);
    descriptorFlags = ::fcntl(socket.fd(), F_GETFD);
    statusFlags = ::fcntl(socket.fd(), F_GETFL);
  };
  Client client(*listener);
  CHECK(fixture.echoes(client));
  CHECK(noDelay != 0);
  CHECK((descriptorFlags & FD_CLOEXEC) != 0);
  CHECK((statusFlags & O_NONBLOCK) != 0);
}

#ifdef TCP_CONGESTION
// What connections of a listener at `host` have.
std::string congestionControl(const char *host) {
  Fixture fixture;
  ListenOptions options;
  options.host = host;
  Listener *listener = fixture.listen(options);
  REQUIRE(listener != nullptr);
  char name[16] = {};
  fixture.recorder.onOpen = [&](Socket &socket) {
    socklen_t size = sizeof name - 1;
    ::getsockopt(socket.fd(), IPPROTO_TCP, TCP_CONGESTION, name, &size);
  };
  Client client(*listener);
  CHECK(fixture.echoes(client));
  return name;
}

TEST_CASE("connections within the machine are not paced, others as the system wants it") {
  const std::string system = congestionControl("");
  CHECK(system != "");
  const std::string local = congestionControl("127.0.0.1");
  CHECK(local.substr(0, 3) != "bbr");
  CHECK((local == system || system.substr(0, 3) == "bbr"));
}
#endif

TEST_CASE("a unix path is served, has no address, and goes with its listener") {
  Fixture fixture;
  TempDirectory directory;
  const std::string path = directory.file("socket");
  Listener *listener = fixture.listenUnix(path);
  REQUIRE(listener != nullptr);
  CHECK(listener->port() == 0);
  CHECK(listener->host().empty());
  CHECK_FALSE(listener->isIpv6());
  unsigned length = 99;
  fixture.recorder.onOpen = [&](Socket &socket) { length = socket.remoteAddress().length; };
  Client client;
  REQUIRE(client.connectUnix(path) == 0);
  CHECK(fixture.echoes(client));
  CHECK(length == 0);
  CHECK(exists(path));
  listener->close();
  CHECK_FALSE(exists(path));
  CHECK(fixture.listenUnix(path) != nullptr);
}

TEST_CASE("nothing that is at a unix path already is removed") {
  Fixture fixture;
  TempDirectory directory;
  const std::string path = directory.file("socket");
  Listener *first = fixture.listenUnix(path);
  REQUIRE(first != nullptr);
  CHECK(fixture.listenUnix(path) == nullptr);
  CHECK(fixture.error.code == EADDRINUSE);
  CHECK(exists(path));

  const std::string file = directory.file("file");
  ::close(::open(file.c_str(), O_CREAT | O_WRONLY, 0600));
  CHECK(fixture.listenUnix(file) == nullptr);
  CHECK(fixture.error.code == EADDRINUSE);
  CHECK(exists(file));

  // Somebody replaced our file: it is theirs now.
  const std::string moved = directory.file("moved");
  REQUIRE(::rename(path.c_str(), moved.c_str()) == 0);
  Listener *second = fixture.listenUnix(path);
  REQUIRE(second != nullptr);
  first->close();
  CHECK(exists(path));
  second->close();
  CHECK_FALSE(exists(path));
}

TEST_CASE("a relative unix path is removed from where it was made") {
  Fixture fixture;
  TempDirectory directory;
  const std::string path = directory.file("relative");
  char before[4096];
  REQUIRE(::getcwd(before, sizeof before) != nullptr);
  REQUIRE(::chdir(directory.path().c_str()) == 0);
  Listener *listener = fixture.listenUnix("relative");
  REQUIRE(::chdir(before) == 0);
  REQUIRE(listener != nullptr);
  CHECK(exists(path));
  listener->close();
  CHECK_FALSE(exists(path));
}

TEST_CASE("bad unix paths say why") {
  Fixture fixture;
  TempDirectory directory;
  CHECK(fixture.listenUnix(directory.path() + "/none/socket") == nullptr);
  CHECK(fixture.error.code == ENOENT);
  CHECK(fixture.listenUnix(std::string(107, 'x') + "y") == nullptr);
  CHECK(fixture.error.code == ENAMETOOLONG);
  CHECK(fixture.listenUnix("") == nullptr);
  CHECK(fixture.error.code == EINVAL);
  CHECK(fixture.listenUnix(std::string_view("a\0b", 3)) == nullptr);
  CHECK(fixture.error.code == EINVAL);
  CHECK(fixture.listenUnix(std::string(1, '\0') + std::string(108, 'x')) == nullptr);
  CHECK(fixture.error.code == ENAMETOOLONG);
}

#ifdef __linux__
TEST_CASE("an abstract name counts by its length and leaves no file") {
  Fixture fixture;
  const std::string pid = std::to_string(::getpid());
  const std::string name = std::string("\0usk-test\0tail-", 15) + pid;
  Listener *listener = fixture.listenUnix(name);
  REQUIRE(listener != nullptr);
  CHECK(fixture.listenUnix(name) == nullptr);
  CHECK(fixture.error.code == EADDRINUSE);
  Listener *longer = fixture.listenUnix(name + "x");
  CHECK(longer != nullptr);
  Client client;
  REQUIRE(client.connectUnix(name) == 0);
  CHECK(fixture.echoes(client));
  listener->close();
  CHECK(fixture.listenUnix(name) != nullptr);
}
#endif
