// SPDX-License-Identifier: MIT
//
// System errors as values. The library neither throws nor prints: every call that can fail on the
// system says which system call failed and with which errno, and the caller decides what it means.
#pragma once

#include <cstdint>

namespace usk {

// Result of a call into the system. `code` is an errno value (0 = success) except when
// `resolver` is set, where it is a getaddrinfo EAI_* value.
struct SystemError {
  int code = 0;
  const char *syscall = "";
  bool resolver = false;

  [[nodiscard]] bool ok() const { return code == 0; }
};

// Why a socket was closed, as given to SocketEvents::onClose.
enum class CloseReason : uint8_t {
  Local,   // close() or finish() by this side
  Peer,    // the peer ended the connection in an orderly way
  Error,   // reset or another transport error; the errno is passed along
  Teardown // the group or the loop is being closed
};

} // namespace usk
