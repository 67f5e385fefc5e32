// SPDX-License-Identifier: MIT
//
// A loop whose kernel is a script: connections with prepared input, sends that take what the test
// says, time that passes when told. Descriptors of fake connections start at kFirstFd; anything
// below (a real listener) goes to the system. One FakeNet per thread at a time.
#pragma once

#include <usk/group.h>
#include <usk/listener.h>
#include <usk/loop.h>
#include <usk/socket.h>
#include <usk/tls.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace usk::test {

struct FakeConnection {
  // What receive() returns, in order: bytes, then the end or an error. Without more: EAGAIN.
  std::deque<std::string> input;
  bool inputEnds = false; // FIN after the input
  int inputError = 0;     // errno after the input

  // How many bytes each further send takes; 0 = EAGAIN, negative = that errno. When the script is
  // empty, `room` more bytes are taken and then EAGAIN.
  std::deque<ssize_t> sends;
  size_t room = SIZE_MAX;

  std::string output; // everything taken
  unsigned receives = 0;
  unsigned sendCalls = 0;  // send and sendParts
  unsigned aheadCalls = 0; // sendAhead, which count as sends, too
  unsigned fileCalls = 0;  // sendFile, which take what `sends` and `room` say, too
  int fileError = 0;       // errno of every sendFile
  unsigned widened = 0;    // calls of widen
  size_t roomWhenWide = 0; // more room by each of them
  // What unsent() says.
  uint32_t unsent = 0;
  int64_t stalledMs = -1;
  bool finSent = false;
  bool reset = false;
  bool closed = false;
  unsigned lateCalls = 0; // sends after FIN or close, receives after close
  bool hangup = false;    // reported as kHangup
  int error = 0;          // SO_ERROR, reported as kError

  // As the poller knows it.
  uint64_t key = 0;
  unsigned interest = 0;
  unsigned changes = 0;
};

class FakePoller;

class FakeNet {
public:
  static constexpr int kFirstFd = 1 << 20;

  FakeNet();
  // Destroys the loop when destroyLoop() did not.
  ~FakeNet();
  FakeNet(const FakeNet &) = delete;
  FakeNet &operator=(const FakeNet &) = delete;

  Loop &loop() { return *loop_; }
  void destroyLoop();

  // A new connection, opened at once in `group`. `prepare` may script it before onOpen runs.
  Socket *connect(SocketGroup &group, void (*prepare)(FakeConnection &connection) = nullptr,
                  TlsContext *tls = nullptr);
  // The same through a listener: it is accepted in the next turn. Returns its descriptor.
  int connectTo(const Listener &listener);
  // Makes the next accepts fail with this errno until it is set to 0.
  void failAccepts(int error) { acceptError_ = error; }

  // Stays valid after the socket is closed.
  FakeConnection &connection(int fd) { return connections_[fd]; }
  FakeConnection &connection(const Socket &socket) { return connections_[socket.fd()]; }

  void feed(const Socket &socket, std::string_view bytes);

  // One turn: reports what the scripts allow, level-triggered. Returns the number of events.
  int turn();
  // Turns until nothing is reported any more.
  void settle();
  // Work that was given away is done at the beginning of the next turn, or after holdWork(false).
  void holdWork(bool hold) { holdsWork_ = hold; }
  [[nodiscard]] size_t works() const;
  // Lets time pass, in steps of one second, each with a turn of its own.
  void pass(unsigned seconds);
  // Lets time pass in the middle of a turn.
  static void spend(uint64_t ms);

  [[nodiscard]] bool turnRequested() const;
  // 0 = no timer.
  [[nodiscard]] uint64_t timerDueMs() const;
  [[nodiscard]] bool keepsHostAlive() const;
  [[nodiscard]] static uint64_t nowMs();

private:
  friend class FakePoller;

  Loop *loop_ = nullptr;
  FakePoller *poller_ = nullptr;
  std::map<int, FakeConnection> connections_;
  std::map<int, std::deque<int>> acceptQueues_;
  int acceptError_ = 0;
  bool holdsWork_ = false;
  int nextFd_ = kFirstFd;
  struct Calls;
  friend struct Calls;
};

} // namespace usk::test
