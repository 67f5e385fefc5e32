// SPDX-License-Identifier: MIT
//
// The order of the checks is Bun's, so that frames with several faults get the same answer.
#include "FrameParser.h"

#include <algorithm>

namespace uwk::ws {

namespace {

size_t headSizeOf(unsigned second) {
  const unsigned length = second & 0x7f;
  return 2 + (length == 126 ? 2u : length == 127 ? 8u : 0u) + 4;
}

uint64_t readBigEndian(const char *bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) {
    value = (value << 8) | static_cast<uint8_t>(bytes[i]);
  }
  return value;
}

bool isKnown(Opcode opcode) {
  const auto number = static_cast<uint8_t>(opcode);
  return number <= 2 || (number >= 8 && number <= 10);
}

} // namespace

FrameParser::Result FrameParser::next(char *&at, char *end, const FrameRules &rules,
                                      FramePiece &piece) {
  if (!inFrame_ && !readHead(at, end, rules)) {
    return violation_ == Violation::None ? Result::NeedMore : Result::Violation;
  }
  const auto size =
      static_cast<size_t>(std::min<uint64_t>(remaining_, static_cast<uint64_t>(end - at)));
  if (size == 0 && remaining_ != 0) {
    return Result::NeedMore;
  }
  unmask(at, size, key_);
  key_ = rotate(key_, size);
  piece.data = at;
  piece.size = size;
  at += size;
  remaining_ -= size;
  inFrame_ = remaining_ != 0;
  if (isControl(opcode_)) {
    piece.opcode = opcode_;
    piece.compressed = false;
    piece.first = frameStarts_;
    piece.last = !inFrame_;
  } else {
    piece.opcode = messageOpcode_;
    piece.compressed = compressed_;
    piece.first = messageStarts_;
    piece.last = !inFrame_ && fin_;
    messageStarts_ = false;
    if (piece.last) {
      inMessage_ = false;
    }
  }
  frameStarts_ = false;
  return Result::Piece;
}

// True once the payload begins at `at`; else all bytes were taken, or a rule was broken.
bool FrameParser::readHead(char *&at, const char *end, const FrameRules &rules) {
  const auto available = static_cast<size_t>(end - at);
  if (headSize_ == 0 && available >= 2) {
    const size_t wanted = headSizeOf(static_cast<uint8_t>(at[1]));
    if (available >= wanted) {
      violation_ = startFrame(at, wanted, rules);
      at += wanted;
      return violation_ == Violation::None;
    }
  }
  while (at != end) {
    head_[headSize_++] = *at++;
    if (headSize_ < 2) {
      continue;
    }
    const auto second = static_cast<uint8_t>(head_[1]);
    if (headSize_ == 2) {
      violation_ = checkFirstBytes(rules, static_cast<uint8_t>(head_[0]), second);
      if (violation_ != Violation::None) {
        return false;
      }
    }
    const size_t wanted = headSizeOf(second);
    if (headSize_ == wanted) {
      headSize_ = 0;
      violation_ = startFrame(head_, wanted, rules);
      return violation_ == Violation::None;
    }
  }
  return false;
}

Violation FrameParser::checkFirstBytes(const FrameRules &rules, unsigned first,
                                       unsigned second) const {
  const auto opcode = static_cast<Opcode>(first & 0x0f);
  const bool startsMessage = opcode == Opcode::Text || opcode == Opcode::Binary;
  if ((second & 0x80) == 0) {
    return Violation::Unmasked;
  }
  if ((first & 0x40) != 0 && !(rules.compression && startsMessage)) {
    return Violation::Rsv1;
  }
  if ((first & 0x30) != 0) {
    return Violation::Rsv2Or3;
  }
  if (!isKnown(opcode)) {
    return Violation::InvalidOpcode;
  }
  if (isControl(opcode)) {
    if ((first & 0x80) == 0) {
      return Violation::FragmentedControl;
    }
    return (second & 0x7f) > kMaxControlPayload ? Violation::TooBigControl : Violation::None;
  }
  if (startsMessage == inMessage_) {
    return inMessage_ ? Violation::NestedMessage : Violation::StrayContinuation;
  }
  return Violation::None;
}

Violation FrameParser::startFrame(const char *head, size_t headSize, const FrameRules &rules) {
  const unsigned first = static_cast<uint8_t>(head[0]);
  const unsigned second = static_cast<uint8_t>(head[1]);
  if (const Violation broken = checkFirstBytes(rules, first, second); broken != Violation::None) {
    return broken;
  }
  uint64_t length = second & 0x7f;
  if (length == 126) {
    length = readBigEndian(head + 2, 2);
    if (length < 126) {
      return Violation::LongLength;
    }
  } else if (length == 127) {
    length = readBigEndian(head + 2, 8);
    if (length <= 0xffff) {
      return Violation::LongLength;
    }
  }
  opcode_ = static_cast<Opcode>(first & 0x0f);
  fin_ = (first & 0x80) != 0;
  if (!isControl(opcode_)) {
    if (!inMessage_) {
      inMessage_ = true;
      messageStarts_ = true;
      messageOpcode_ = opcode_;
      messageSize_ = 0;
      compressed_ = (first & 0x40) != 0;
    }
    if (length > rules.maxMessage - messageSize_) {
      return Violation::TooBigMessage;
    }
    messageSize_ += length;
  }
  std::memcpy(&key_, head + headSize - 4, 4);
  remaining_ = length;
  inFrame_ = true;
  frameStarts_ = true;
  return Violation::None;
}

} // namespace uwk::ws
