// SPDX-License-Identifier: MIT
//
// Random changes to an input: bit flips, deletions, repetitions, splices and dictionary words.
// Knows nothing of coverage or of what the bytes mean; the same seed gives the same sequence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace fuzz {

using Bytes = std::vector<std::uint8_t>;

class Mutator {
public:
  Mutator(std::uint64_t seed, std::size_t maxSize) : random_(seed), maxSize_(maxSize) {}

  // Words in libFuzzer's dictionary syntax: name="text", with \xHH, \\ and \" escapes.
  void loadDictionary(const std::string &path);

  // One to eight changes; `other` is a second input to splice with.
  void mutate(Bytes &input, const Bytes &other);

  std::size_t below(std::size_t limit) {
    return limit == 0 ? 0 : static_cast<std::size_t>(random_() % limit);
  }

private:
  void change(Bytes &input, const Bytes &other);
  void insert(Bytes &input, std::size_t at, const Bytes &piece);

  std::mt19937_64 random_;
  std::size_t maxSize_;
  std::vector<Bytes> words_;
};

} // namespace fuzz
