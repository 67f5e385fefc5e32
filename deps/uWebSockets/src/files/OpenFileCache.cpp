// SPDX-License-Identifier: MIT
//
// Set-associative: a path has four places; the one opened first makes room.
#include "OpenFileCache.h"

#include <functional>

namespace uwk {

size_t OpenFileCache::setOf(std::string_view path) {
  return std::hash<std::string_view>()(path) % kSets * kWays;
}

OpenFileCache::Entry *OpenFileCache::entryOf(std::string_view path) {
  Entry *first = &entries_[setOf(path)];
  for (Entry *entry = first; entry != first + kWays; ++entry) {
    if (entry->isUsed && entry->path == path) {
      return entry;
    }
  }
  return nullptr;
}

const FileForms *OpenFileCache::find(std::string_view path, uint64_t now) {
  const Entry *entry = entryOf(path);
  return entry != nullptr && now - entry->openedAt < Limits::kOpenFileTrustMs ? &entry->forms
                                                                              : nullptr;
}

void OpenFileCache::put(std::string_view path, const FileForms &forms, uint64_t now) {
  if (forms.plain()->size() > Limits::kMaxOpenFileBytes) {
    remove(path);
    return;
  }
  Entry *entry = entryOf(path);
  if (entry == nullptr) {
    Entry *first = &entries_[setOf(path)];
    entry = first;
    for (Entry *other = first; other != first + kWays; ++other) {
      if (!other->isUsed) {
        entry = other;
        break;
      }
      if (other->openedAt < entry->openedAt) {
        entry = other;
      }
    }
    entry->path.assign(path);
    entry->isUsed = true;
  }
  entry->forms = forms;
  entry->openedAt = now;
}

void OpenFileCache::remove(std::string_view path) {
  if (Entry *entry = entryOf(path); entry != nullptr) {
    *entry = {};
  }
}

void OpenFileCache::clear() { entries_.fill({}); }

} // namespace uwk
