// SPDX-License-Identifier: MIT
//
// Every directory on the way is held open, and `..` goes back to the one before: at no time is the
// system asked for a parent, so whatever others rename meanwhile, the walk stays below the root.
// Links are never followed by the system; their text is put in front of what is left of the path.
#include "PathWalk.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

namespace uwk {

namespace {

constexpr unsigned kMaxLinks = 40; // as the kernel
constexpr size_t kMaxLinkSize = 4096;
// Directories below each other; each one is a descriptor.
constexpr size_t kMaxDepth = 128;

class Walk {
public:
  Walk(int root, std::string_view path) : root_(root), rest_(path) {}

  int run() {
    for (;;) {
      const std::string name = next();
      if (name.empty()) {
        return fs::openFileAt(here(), "."); // the directory itself
      }
      if (name == "..") {
        if (!below_.empty()) {
          below_.pop_back();
        }
        continue;
      }
      const int fd = rest_.empty() ? fs::openFileAt(here(), name.c_str())
                                   : fs::openDirectoryAt(here(), name.c_str());
      if (fd == -ELOOP || fd == -ENOTDIR) {
        if (const int error = enterLink(name, fd); error < 0) {
          return error;
        }
        continue;
      }
      if (fd < 0 || rest_.empty()) {
        return fd;
      }
      below_.emplace_back(fd);
      if (below_.size() > kMaxDepth) {
        return -ENAMETOOLONG;
      }
    }
  }

private:
  [[nodiscard]] int here() const { return below_.empty() ? root_ : below_.back().get(); }

  // The next name, empty at the end. A slash after the last name stays: it must be a directory.
  std::string next() {
    for (;;) {
      const size_t start = rest_.find_first_not_of('/');
      if (start == std::string::npos) {
        return {};
      }
      const size_t end = std::min(rest_.find('/', start), rest_.size());
      std::string name(rest_.data() + start, rest_.data() + end);
      rest_.erase(0, end);
      if (name != ".") {
        return name;
      }
    }
  }

  // `name` was no file or directory: perhaps it is a link. Otherwise `refusal` is what it was.
  int enterLink(const std::string &name, int refusal) {
    char text[kMaxLinkSize];
    const int size = fs::readLinkAt(here(), name.c_str(), text, sizeof text);
    if (size < 0 && !(size == -EINVAL && refusal == -ELOOP)) {
      return size == -EINVAL ? refusal : size;
    }
    if (++links_ > kMaxLinks) {
      return -ELOOP;
    }
    if (size < 0) {
      // It was a link a moment ago, and is none any more: look again.
      rest_.insert(0, name);
      return 0;
    }
    if (size == 0) {
      return -ENOENT;
    }
    if (static_cast<size_t>(size) == sizeof text || rest_.size() > kMaxLinkSize) {
      return -ENAMETOOLONG;
    }
    if (text[0] == '/') {
      below_.clear();
    }
    rest_.insert(0, text, static_cast<size_t>(size));
    return 0;
  }

  int root_;
  std::string rest_;
  std::vector<fs::Descriptor> below_;
  unsigned links_ = 0;
};

} // namespace

int openByWalking(int root, const char *relative) { return Walk(root, relative).run(); }

} // namespace uwk
