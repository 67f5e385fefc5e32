// SPDX-License-Identifier: MIT
//
// Handshakes are a thousand times dearer than requests on open connections, so only a few are
// carried on in one turn; the rest waits here, newest first: whoever waits longest has probably
// given up. Also the place of connections that have something to tell without the kernel's help.
#pragma once

#include "tls/session.h"

namespace usk {

class Handshakes {
public:
  // Some milliseconds with RSA keys, less than one with ECDSA.
  static constexpr unsigned kPerTurn = 5;

  void beginTurn() { left_ = kPerTurn; }
  // Whether this turn may carry on one more.
  [[nodiscard]] bool take() { return left_ != 0 && left_-- != 0; }

  [[nodiscard]] bool empty() const { return newest_ == nullptr; }
  void add(TlsSession &session);
  void remove(TlsSession &session);
  // The next one that this turn may carry on, taken out of the queue; null when there is none.
  [[nodiscard]] TlsSession *next();

private:
  TlsSession *newest_ = nullptr;
  unsigned left_ = kPerTurn;
};

} // namespace usk
