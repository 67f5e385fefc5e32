// SPDX-License-Identifier: MIT
//
// What content codings a client takes (RFC 9110 section 12.5.3). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace uwk {

// In the order we prefer them where the client does not mind: the smallest first.
enum class ContentCoding : uint8_t { Brotli, Zstd, Gzip, Identity };
inline constexpr size_t kCompressions = 3; // those before Identity

[[nodiscard]] std::string_view contentCodingName(ContentCoding coding);

class AcceptEncoding {
public:
  // To be called for every Accept-Encoding field of a request; without one nothing is accepted but
  // identity. (A client that sends none may take anything, but is known not to have asked.)
  void add(std::string_view field);

  // In thousandths, 0 = refused.
  [[nodiscard]] unsigned quality(ContentCoding coding) const;

  // Best first, identity and what comes after it left out.
  struct Choice {
    std::array<ContentCoding, kCompressions> codings{};
    size_t count = 0;
  };
  [[nodiscard]] Choice preferred() const;

private:
  static constexpr uint16_t kUnset = 0xffff;
  void addMember(std::string_view member);

  std::array<uint16_t, kCompressions + 1> named_ = {kUnset, kUnset, kUnset, kUnset};
  uint16_t others_ = kUnset; // "*"
};

} // namespace uwk
