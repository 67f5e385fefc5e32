// SPDX-License-Identifier: MIT
//
// Chunked transfer decoding (RFC 9112 section 7.1), strict, incremental and in place: hands out
// maximal pieces of the input, never copies. Trailers are parsed by the field rules and dropped.
#pragma once

#include "HttpErrors.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uwk {

class ChunkedDecoder {
public:
  enum class Step : uint8_t {
    Data,     // `piece` holds body bytes; call again with the rest
    NeedMore, // all input is consumed
    Done,     // the last chunk and the trailer section are complete
    Error     // see error()
  };

  // Consumes from the front of `input` (advances it). Unlike the head parser it reads no byte
  // beyond the input. After Done and Error it consumes nothing until reset().
  [[nodiscard]] Step next(std::string_view &input, std::string_view &piece);
  [[nodiscard]] HttpError error() const { return error_; }
  [[nodiscard]] bool done() const { return state_ == State::Done; }
  void reset() { *this = ChunkedDecoder(); }

private:
  //  SizeFirst --hex--> Size --';'--> Extension      LineEnd --size 0--> TrailerStart
  //                       \--CR--> LineEnd <--CR--/          \--size n--> Data
  //  Data --n bytes--> DataCr --CR--> DataLf --LF--> SizeFirst
  //  TrailerStart --CR--> LastLf --LF--> Done
  //               \--tchar--> TrailerName --':'--> TrailerValue --CR--> TrailerLf --> TrailerStart
  enum class State : uint8_t {
    SizeFirst,
    Size,
    Extension,
    LineEnd,
    Data,
    DataCr,
    DataLf,
    TrailerStart,
    TrailerName,
    TrailerValue,
    TrailerLf,
    LastLf,
    Done,
    Failed
  };

  bool step(std::string_view &input);
  bool stepSize(char c);
  bool stepTrailerName(char c);
  bool skipText(std::string_view &input, size_t limit, HttpError tooMuch);
  bool spend(size_t bytes, size_t limit, HttpError tooMuch);
  bool expect(char c, char wanted, State next);
  bool fail(HttpError error);

  // 16 bytes at most: the decoder lives in every connection's ext memory.
  uint64_t remaining_ = 0; // size of the chunk or what is left of it; trailer name: bytes matched
  uint32_t overhead_ = 0;  // extension bytes of the body, or bytes of the trailer section so far
  State state_ = State::SizeFirst;
  uint8_t scratch_ = 0; // digits of the size, or candidate among the forbidden trailer names
  HttpError error_ = HttpError::None;
};

static_assert(sizeof(ChunkedDecoder) <= 16);

} // namespace uwk
