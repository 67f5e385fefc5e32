// SPDX-License-Identifier: MIT
//
// What is left of a request's body when another protocol takes the connection over before the body
// has arrived (RFC 9110 section 7.8: the client finishes its request first). It is read past.
#pragma once

#include "ChunkedDecoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uwk {

class UnreadBody {
public:
  enum class Step : uint8_t { NeedMore, Done, Broken };

  static UnreadBody ofLength(uint64_t bytes, uint64_t limit) {
    return {ChunkedDecoder(), false, bytes, limit};
  }
  static UnreadBody ofChunks(const ChunkedDecoder &decoder, uint64_t limit) {
    return {decoder, true, 0, limit};
  }

  // Takes what belongs to the body from the front of `input`. Broken: bad framing, or more than
  // anybody reads for nothing.
  [[nodiscard]] Step skip(std::string_view &input) {
    while (!input.empty()) {
      std::string_view piece;
      if (chunked_) {
        switch (decoder_.next(input, piece)) {
        case ChunkedDecoder::Step::Data:
          break;
        case ChunkedDecoder::Step::NeedMore:
          return Step::NeedMore;
        case ChunkedDecoder::Step::Done:
          return Step::Done;
        case ChunkedDecoder::Step::Error:
          return Step::Broken;
        }
      } else {
        piece = input.substr(0, static_cast<size_t>(std::min<uint64_t>(remaining_, input.size())));
        input.remove_prefix(piece.size());
        remaining_ -= piece.size();
      }
      if (piece.size() > allowance_) {
        return Step::Broken;
      }
      allowance_ -= piece.size();
      if (!chunked_ && remaining_ == 0) {
        return Step::Done;
      }
    }
    return Step::NeedMore;
  }

private:
  UnreadBody(const ChunkedDecoder &decoder, bool chunked, uint64_t bytes, uint64_t limit)
      : decoder_(decoder), chunked_(chunked), remaining_(bytes), allowance_(limit) {}

  ChunkedDecoder decoder_;
  bool chunked_;
  uint64_t remaining_;
  uint64_t allowance_;
};

} // namespace uwk
