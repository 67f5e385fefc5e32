// SPDX-License-Identifier: MIT
//
// Compression both ways. Odd inputs are messages of a hostile client: whatever they are, what comes
// out is within the limit, and so is the memory it takes. Even ones are texts that are compressed
// and must come back, one after the other, under any window, remembered or not.
#include <ws/Deflate.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

using uwk::ws::Deflater;
using uwk::ws::Inflater;
using uwk::ws::InflateResult;

void require(bool holds, const char *what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

// Messages are separated by a byte that the input itself names.
template <typename Use> void forEachMessage(std::string_view text, char separator, Use use) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    use(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void inflateAnything(std::string_view text, unsigned window, bool takeover, uint64_t limit,
                     char separator) {
  const std::unique_ptr<Inflater> inflater = Inflater::create(window, takeover);
  bool goesOn = true;
  forEachMessage(text, separator, [&](std::string_view message) {
    if (!goesOn) {
      return;
    }
    std::string out;
    const InflateResult result = inflater->decompress(message, limit, out);
    require(result != InflateResult::NoMemory, "memory lasts");
    require(out.size() <= limit, "nothing is beyond the limit");
    require(out.capacity() <= std::max<uint64_t>(2 * limit, limit + 40'000),
            "memory is bounded by the limit");
    require(result == InflateResult::Done || out.empty(), "what fails leaves nothing");
    // A stream with memory is of no use after a fault.
    goesOn = result == InflateResult::Done || !takeover;
  });
}

void thereAndBack(std::string_view text, unsigned window, unsigned level, bool takeover,
                  char separator) {
  const std::unique_ptr<Deflater> deflater = Deflater::create(window, level, takeover);
  const std::unique_ptr<Inflater> inflater = Inflater::create(std::max(window, 9u), takeover);
  require(deflater != nullptr && inflater != nullptr, "they can be made");
  std::string packed;
  std::string out;
  forEachMessage(text, separator, [&](std::string_view message) {
    if (message.empty()) {
      return;
    }
    packed.assign("kept");
    require(deflater->compress(message, packed), "text is compressed");
    require(packed.starts_with("kept"), "what was there stays");
    const std::string_view bytes = std::string_view(packed).substr(4);
    require(inflater->decompress(bytes, message.size(), out) == InflateResult::Done,
            "and decompressed within its own size");
    require(out == message, "and is what it was");
  });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3) {
    return 0;
  }
  const std::string text(reinterpret_cast<const char *>(data) + 3, size - 3);
  const unsigned window = 9 + (data[0] >> 1) % 7;
  const bool takeover = (data[0] & 0x10) != 0;
  const auto separator = static_cast<char>(data[2]);
  if ((data[0] & 1) != 0) {
    static constexpr uint64_t kLimits[] = {0, 1, 100, 5000, 65'536, 1'000'000, 16u << 20, 16'384};
    inflateAnything(text, window, takeover, kLimits[data[1] & 7], separator);
  } else {
    thereAndBack(text, window, 1 + data[1] % 9, takeover, separator);
  }
  return 0;
}
