// SPDX-License-Identifier: MIT
//
// See handshakes.h.
#include "handshakes.h"

namespace usk {

void Handshakes::add(TlsSession &session) {
  if (session.isQueued) {
    return;
  }
  session.isQueued = true;
  session.queuePrevious = nullptr;
  session.queueNext = newest_;
  if (newest_ != nullptr) {
    newest_->queuePrevious = &session;
  }
  newest_ = &session;
}

void Handshakes::remove(TlsSession &session) {
  if (!session.isQueued) {
    return;
  }
  session.isQueued = false;
  if (session.queueNext != nullptr) {
    session.queueNext->queuePrevious = session.queuePrevious;
  }
  if (session.queuePrevious != nullptr) {
    session.queuePrevious->queueNext = session.queueNext;
  } else {
    newest_ = session.queueNext;
  }
}

TlsSession *Handshakes::next() {
  if (newest_ == nullptr || !take()) {
    return nullptr;
  }
  TlsSession *session = newest_;
  remove(*session);
  return session;
}

} // namespace usk
