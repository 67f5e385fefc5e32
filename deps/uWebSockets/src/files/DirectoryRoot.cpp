// SPDX-License-Identifier: MIT
//
// Which way a path is resolved, and what the kernel's answers mean for a request.
#include "DirectoryRoot.h"

#include "PathWalk.h"

#include <cerrno>

namespace uwk {

namespace {

OpenOutcome outcomeOf(int error) {
  return fs::isExhaustion(error) || error == -EAGAIN ? OpenOutcome::Exhausted
                                                     : OpenOutcome::Missing;
}

} // namespace

int DirectoryRoot::open(const char *path) {
  const int fd = fs::openDirectory(path);
  if (fd < 0) {
    return fd;
  }
  root_ = fs::Descriptor(fd);
  resolver_ = fs::canOpenInRoot() ? Resolver::Kernel : Resolver::Walk;
  return 0;
}

OpenedFile DirectoryRoot::openFile(const char *relative) const {
  OpenedFile opened;
  int fd = -EAGAIN;
  if (resolver_ == Resolver::Kernel) {
    fd = fs::openInRoot(root_.get(), relative);
  }
  // The kernel gives up when something is renamed while it resolves `..`; the walk does not.
  if (fd == -EAGAIN) {
    fd = openByWalking(root_.get(), relative);
  }
  if (fd < 0) {
    opened.outcome = outcomeOf(fd);
    return opened;
  }
  fs::Descriptor descriptor(fd);
  if (fs::factsOf(fd, opened.facts) < 0) {
    return opened;
  }
  if (opened.facts.kind == fs::FileKind::Directory) {
    opened.outcome = OpenOutcome::Directory;
  } else if (opened.facts.kind == fs::FileKind::Regular) {
    opened.outcome = OpenOutcome::File;
    opened.descriptor = std::move(descriptor);
  }
  return opened;
}

} // namespace uwk
