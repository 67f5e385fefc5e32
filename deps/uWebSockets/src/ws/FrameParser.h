// SPDX-License-Identifier: MIT
//
// Bytes of a client into pieces of messages, strictly after RFC 6455 section 5. It may be fed at
// any split, unmasks in place, keeps no payload and allocates nothing: putting pieces together is
// the caller's business. What breaks a rule is told as soon as the header that breaks it is there.
#pragma once

#include "Frame.h"
#include "Mask.h"

#include <cstddef>
#include <cstdint>

namespace uwk::ws {

struct FrameRules {
  uint64_t maxMessage = UINT64_MAX; // payload bytes of all frames of one message
  bool compression = false;         // permessage-deflate was negotiated
};

// A run of payload bytes. Those of a control frame never mix with those of a message.
struct FramePiece {
  char *data = nullptr;
  size_t size = 0;
  Opcode opcode = Opcode::Text; // the message's, not Continuation
  bool first = false;           // of the message, or of the control frame
  bool last = false;
  bool compressed = false; // the message
};

class FrameParser {
public:
  enum class Result : uint8_t { NeedMore, Piece, Violation };

  // Takes bytes from the front of [at, end). NeedMore: all were taken. After a violation the parser
  // is of no further use.
  [[nodiscard]] Result next(char *&at, char *end, const FrameRules &rules, FramePiece &piece);

  [[nodiscard]] Violation violation() const { return violation_; }
  // The next byte is the first one of a frame.
  [[nodiscard]] bool isBetweenFrames() const { return !inFrame_ && headSize_ == 0; }
  // Between two messages, with nothing of a frame read.
  [[nodiscard]] bool isIdle() const { return !inMessage_ && !inFrame_ && headSize_ == 0; }

private:
  bool readHead(char *&at, const char *end, const FrameRules &rules);
  [[nodiscard]] Violation startFrame(const char *head, size_t headSize, const FrameRules &rules);
  [[nodiscard]] Violation checkFirstBytes(const FrameRules &rules, unsigned first,
                                          unsigned second) const;

  uint64_t remaining_ = 0;   // of the frame
  uint64_t messageSize_ = 0; // payload declared by the message's frames so far
  MaskKey key_ = 0;
  char head_[kMaxClientHeader]; // a header that came in pieces
  uint8_t headSize_ = 0;
  Opcode opcode_ = Opcode::Text; // the frame's
  Opcode messageOpcode_ = Opcode::Text;
  Violation violation_ = Violation::None;
  bool inFrame_ : 1 = false;
  bool frameStarts_ : 1 = false; // no piece of it was given out
  bool fin_ : 1 = false;
  bool inMessage_ : 1 = false; // data frames came, not the last one
  bool messageStarts_ : 1 = false;
  bool compressed_ : 1 = false;
};

} // namespace uwk::ws
