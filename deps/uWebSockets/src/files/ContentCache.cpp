// SPDX-License-Identifier: MIT
//
// Set-associative: a path has four places. Contents keep theirs until they are out of date, so that
// a walk through thousands of files, each asked for once, replaces none that is in use.
#include "ContentCache.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <new>
#include <utility>

namespace uwk {

namespace {

bool isFresh(uint64_t since, uint64_t now) { return now - since < Limits::kFileTrustMs; }

} // namespace

int64_t ContentCache::systemTime() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// File systems have clocks that tick, every 10 ms at worst: a file that was changed a moment ago
// can be changed again without getting another time.
bool ContentCache::isSettled(const fs::FileFacts &facts) const {
  constexpr int64_t kTicks = 100;
  return wallClock_() - (facts.changed * 1000 + facts.changedNanoseconds / 1'000'000) > kTicks;
}

ContentCache::Entry *ContentCache::entryOf(size_t hash) {
  if (entries_ == nullptr) {
    return nullptr;
  }
  Entry *first = entries_->data() + hash % kSets * kWays;
  Entry *found = std::find_if(first, first + kWays, [hash](const Entry &entry) {
    return entry.hash == hash && entry.at != 0;
  });
  return found == first + kWays ? nullptr : found;
}

FileContentsRef ContentCache::find(const std::string &path, uint64_t now) {
  Entry *entry = entryOf(std::hash<std::string>()(path));
  if (entry == nullptr || !entry->contents || !isFresh(entry->at, now) ||
      entry->contents->path() != path) {
    return {};
  }
  fs::FileFacts facts;
  if (fs::factsAt(path.c_str(), facts) != 0 || facts != entry->contents->facts()) {
    drop(*entry);
    return {};
  }
  return entry->contents;
}

FileContentsRef ContentCache::keep(const std::string &path, int file, const fs::FileFacts &facts,
                                   uint64_t now) {
  if (facts.kind != fs::FileKind::Regular || facts.size == 0 ||
      facts.size > Limits::kMaxCachedFileBytes) {
    return {};
  }
  const size_t hash = std::hash<std::string>()(path);
  Entry *entry = entryOf(hash);
  if (entry == nullptr) {
    note(hash, now);
    return {};
  }
  const bool isHot = now - entry->at < 2 * Limits::kFileTrustMs;
  drop(*entry);
  entry->at = now;
  const auto size = static_cast<size_t>(facts.size);
  if (!isHot || !isSettled(facts) || !makeRoom(size, now)) {
    return {};
  }
  std::unique_ptr<char[]> bytes(new (std::nothrow) char[size]);
  if (bytes == nullptr || !fs::readCached(file, bytes.get(), size, 0)) {
    return {};
  }
  entry->contents = FileContentsRef(new FileContents(path, facts, std::move(bytes)));
  bytes_ += size;
  return entry->contents;
}

// Remembers that it was asked for, where no contents have to go for that.
void ContentCache::note(size_t hash, uint64_t now) {
  if (entries_ == nullptr) {
    entries_ = std::make_unique<Entries>();
  }
  Entry *first = entries_->data() + hash % kSets * kWays;
  Entry *oldest = nullptr;
  for (Entry *entry = first; entry != first + kWays; ++entry) {
    const bool isInUse = entry->contents && isFresh(entry->at, now);
    if (!isInUse && (oldest == nullptr || entry->at < oldest->at)) {
      oldest = entry;
    }
  }
  if (oldest != nullptr) {
    drop(*oldest);
    oldest->hash = hash;
    oldest->at = now;
  }
}

void ContentCache::drop(Entry &entry) {
  if (entry.contents) {
    bytes_ -= entry.contents->size();
    entry.contents = {};
  }
}

bool ContentCache::makeRoom(size_t size, uint64_t now) {
  if (bytes_ + size <= Limits::kMaxFileCacheBytes) {
    return true;
  }
  // The search looks at everything: not for every request of a site that has more than fits.
  if (now - sweptAt_ >= Limits::kFileTrustMs / 4) {
    sweptAt_ = now;
    for (Entry &entry : *entries_) {
      if (entry.contents && !isFresh(entry.at, now)) {
        drop(entry);
      }
    }
  }
  return bytes_ + size <= Limits::kMaxFileCacheBytes;
}

} // namespace uwk
