// SPDX-License-Identifier: MIT
//
// The walk that stands in for openat2(2), held against the kernel: links to anywhere in a small
// tree, then paths through them. "+name/target" makes the link `name` (one of l0 to l9, at the
// root; m0 to m9, in a/b), "?path" asks both. Where the kernel has no such call there is nothing to
// hold against, and nothing happens.
#include "support/temporary_folder.h"

#include <files/DirectoryRoot.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

using namespace uwk;

struct Tree {
  Tree() {
    folder.makeDirectory("root/a/b/c");
    folder.makeDirectory("root/d");
    folder.write("outside", "outside");
    folder.write("root/f", "f");
    folder.write("root/a/f", "f");
    folder.write("root/a/b/f", "f");
    folder.write("root/d/f", "f");
    const std::string path = folder.at("root");
    isReady = kernel.open(path.c_str()) == 0 && walk.open(path.c_str()) == 0 &&
              kernel.resolver() == DirectoryRoot::Resolver::Kernel;
    walk.setResolver(DirectoryRoot::Resolver::Walk);
  }

  test::TemporaryFolder folder;
  DirectoryRoot kernel;
  DirectoryRoot walk;
  bool isReady = false;
};

void compare(const Tree &tree, const std::string &path) {
  const OpenedFile expected = tree.kernel.openFile(path.c_str());
  const OpenedFile found = tree.walk.openFile(path.c_str());
  const bool same = found.outcome == expected.outcome &&
                    found.facts.inode == expected.facts.inode &&
                    found.facts.device == expected.facts.device;
  if (!same) {
    std::fprintf(stderr, "broken: the walk and the kernel agree on %s\n", path.c_str());
    std::abort();
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const Tree tree;
  if (!tree.isReady) {
    return 0;
  }
  std::string_view text(reinterpret_cast<const char *>(data), size);
  std::vector<std::string> links;
  unsigned questions = 0;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    if (line.size() < 2 || line.find('\0') != std::string_view::npos) {
      continue;
    }
    if (line[0] == '+' && line.size() > 4 && line[3] == '/' && (line[1] == 'l' || line[1] == 'm') &&
        line[2] >= '0' && line[2] <= '9') {
      const std::string name =
          (line[1] == 'm' ? "root/a/b/" : "root/") + std::string(line.substr(1, 2));
      const std::string target(line.substr(4));
      if (::symlink(target.c_str(), tree.folder.at(name).c_str()) == 0) {
        links.push_back(tree.folder.at(name));
      }
    } else if (line[0] == '?' && line[1] != '/' && ++questions <= 16) {
      compare(tree, std::string(line.substr(1)));
    }
  }
  for (const std::string &link : links) {
    ::unlink(link.c_str());
  }
  return 0;
}
