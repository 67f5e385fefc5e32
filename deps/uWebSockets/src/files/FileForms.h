// SPDX-License-Identifier: MIT
//
// The forms one file of a directory exists in: as it is, and compressed beforehand in a file beside
// it (`app.js.br`, `.zst`, `.gz`).
#pragma once

#include "DirectoryPath.h"
#include "DirectoryRoot.h"
#include "MediaTypes.h"
#include "ServedFile.h"

#include <array>
#include <string_view>

namespace uwk {

class FileForms {
public:
  struct Rules {
    const MediaTypes &types;
    std::string_view fields; // lines of the application's own
    bool precompressed = true;
  };

  // File: the plain form at least was opened. A compressed one that is older than it is out of date
  // and left alone.
  [[nodiscard]] OpenOutcome open(const DirectoryRoot &root, DirectoryPath &path,
                                 const Rules &rules);

  // The form for a client that accepts this.
  [[nodiscard]] const ServedFileRef &choose(const AcceptEncoding &accept) const;
  [[nodiscard]] const ServedFileRef &plain() const { return forms_[kPlain]; }
  [[nodiscard]] bool hasCompressed() const { return hasCompressed_; }

private:
  static constexpr auto kPlain = static_cast<size_t>(ContentCoding::Identity);

  std::array<ServedFileRef, kCompressions + 1> forms_;
  bool hasCompressed_ = false;
};

} // namespace uwk
