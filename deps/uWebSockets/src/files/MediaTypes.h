// SPDX-License-Identifier: MIT
//
// Content types by file extension. The table itself is JavaScript's (lib/file/mime.ts): there is
// one list of types, not two.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

namespace uwk {

struct MediaType {
  std::string_view text = "application/octet-stream";
  // Worth looking for a compressed copy of: not an image, a film or an archive.
  bool isCompressible = false;
};

class MediaTypes {
public:
  // `table`: "type extension extension...|type ..." with extensions in lower case.
  explicit MediaTypes(std::string table);
  MediaTypes(const MediaTypes &) = delete;
  MediaTypes &operator=(const MediaTypes &) = delete;

  // By what follows the last dot of `name`, in any case.
  [[nodiscard]] MediaType of(std::string_view name) const;

private:
  std::string table_; // what the map's views point into
  std::unordered_map<std::string_view, MediaType> byExtension_;
};

} // namespace uwk
