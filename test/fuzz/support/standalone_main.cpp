// SPDX-License-Identifier: MIT
//
// Drives a fuzz target where libFuzzer is missing: runs the corpus, then mutates it for a number of
// seconds, keeping inputs that reach new branches. The input of a crash is written to a file.
// Usage: TARGET CORPUS_DIR|FILE SECONDS SEED [--dict=FILE] [--save=DIR]
#ifndef BUNSERVE_LIBFUZZER

#include "coverage.h"
#include "mutator.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

namespace fs = std::filesystem;
using fuzz::Bytes;

// As libFuzzer's default: long enough for every limit of the parsers' small buffers.
constexpr std::size_t kMaxInput = 4096;
constexpr std::size_t kMaxKept = 8192;

const Bytes *running = nullptr;
std::string crashName;

void writeFile(const fs::path &path, const Bytes &bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char *>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

void saveCrash() {
  if (running != nullptr) {
    writeFile(crashName, *running);
    std::fprintf(stderr, "input of the crash (%zu bytes): %s\n", running->size(),
                 crashName.c_str());
  }
}

Bytes readFile(const fs::path &path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

std::vector<Bytes> readCorpus(const fs::path &path) {
  std::vector<Bytes> corpus;
  if (fs::is_regular_file(path)) {
    corpus.push_back(readFile(path));
  } else if (fs::is_directory(path)) {
    std::vector<fs::path> files;
    for (const auto &entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) {
        files.push_back(entry.path());
      }
    }
    // Directory order differs between machines; a seed must not.
    std::sort(files.begin(), files.end());
    std::transform(files.begin(), files.end(), std::back_inserter(corpus), readFile);
  }
  return corpus;
}

bool runOne(const Bytes &input) {
  // An exact heap block: AddressSanitizer then sees a read one byte past the end.
  const Bytes exact(input);
  running = &exact;
  fuzz::beginRun();
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  running = nullptr;
  return fuzz::sawNewEdges();
}

std::string_view option(int argc, char **argv, std::string_view name) {
  for (int i = 4; i < argc; i++) {
    const std::string_view argument = argv[i];
    if (argument.substr(0, name.size()) == name) {
      return argument.substr(name.size());
    }
  }
  return {};
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s CORPUS SECONDS SEED [--dict=FILE] [--save=DIR]\n", argv[0]);
    return 2;
  }
  const auto seed = std::strtoull(argv[3], nullptr, 10);
  const std::string target = fs::path(argv[0]).filename().string();
  crashName = "crash-" + target + "-" + std::to_string(seed) + ".bin";
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(saveCrash);
  }
  // A broken invariant calls abort(), which is no death to the sanitizers.
  std::signal(SIGABRT, [](int) { saveCrash(); });
  if (LLVMFuzzerInitialize != nullptr) {
    LLVMFuzzerInitialize(&argc, &argv);
  }

  fuzz::Mutator mutator(seed, kMaxInput);
  mutator.loadDictionary(std::string(option(argc, argv, "--dict=")));
  const std::string save(option(argc, argv, "--save="));

  std::vector<Bytes> corpus = readCorpus(argv[1]);
  const std::size_t fromFiles = corpus.size();
  std::size_t executions = 0;
  corpus.emplace_back();
  for (const Bytes &input : corpus) {
    runOne(input);
    executions++;
  }

  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(std::strtol(argv[2], nullptr, 10));
  std::size_t kept = 0;
  while (Clock::now() < end) {
    // The clock is read once in 64 runs: some targets take less time than it does.
    for (int i = 0; i < 64; i++, executions++) {
      Bytes input = corpus[mutator.below(corpus.size())];
      mutator.mutate(input, corpus[mutator.below(corpus.size())]);
      if (runOne(input) && corpus.size() < kMaxKept) {
        kept++;
        if (!save.empty()) {
          writeFile(fs::path(save) / (target + "-" + std::to_string(kept)), input);
        }
        corpus.push_back(std::move(input));
      }
    }
  }
  std::printf("%s: %zu executions, %zu corpus files, %zu inputs kept, %zu edges, seed %llu\n",
              target.c_str(), executions, fromFiles, kept, fuzz::edgeCount(), seed);
  return 0;
}

#endif
