// SPDX-License-Identifier: MIT
//
// SHA-1 (FIPS 180-4) of short texts, for the handshake of RFC 6455, where it protects nothing. TLS
// libraries are out of reach of this layer.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace uwk::ws {

using Sha1Digest = std::array<uint8_t, 20>;

[[nodiscard]] Sha1Digest sha1(std::string_view text);

} // namespace uwk::ws
