// SPDX-License-Identifier: MIT
//
// The table is cut into views once; a look-up copies nothing but the lower-cased extension.
#include "MediaTypes.h"

#include "../http/CharTables.h"

#include <algorithm>
#include <array>

namespace uwk {

namespace {

// Longer ones are in no table.
constexpr size_t kMaxExtension = 24;

constexpr std::string_view kCompressible[] = {"application/json",
                                              "application/javascript",
                                              "application/ecmascript",
                                              "application/xml",
                                              "application/wasm",
                                              "application/toml",
                                              "application/json5",
                                              "application/hjson",
                                              "application/rtf",
                                              "application/x-sh",
                                              "application/sql",
                                              "application/postscript",
                                              "application/n-triples",
                                              "application/n-quads",
                                              "application/vnd.ms-fontobject",
                                              "application/x-font-ttf",
                                              "image/bmp",
                                              "image/x-icon",
                                              "image/x-ms-bmp",
                                              "font/ttf",
                                              "font/otf",
                                              "font/collection",
                                              "model/obj",
                                              "model/gltf-binary"};

bool isCompressible(std::string_view type) {
  type = type.substr(0, type.find(';'));
  return type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml") ||
         std::find(std::begin(kCompressible), std::end(kCompressible), type) !=
             std::end(kCompressible);
}

// The next piece of `text` up to `separator`, which is removed with it.
std::string_view cut(std::string_view &text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return piece;
}

} // namespace

MediaTypes::MediaTypes(std::string table) : table_(std::move(table)) {
  std::string_view rest = table_;
  while (!rest.empty()) {
    std::string_view entry = cut(rest, '|');
    const std::string_view type = cut(entry, ' ');
    while (!entry.empty()) {
      byExtension_.insert_or_assign(cut(entry, ' '), MediaType{type, isCompressible(type)});
    }
  }
}

MediaType MediaTypes::of(std::string_view name) const {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || name.size() - dot - 1 > kMaxExtension) {
    return {};
  }
  std::array<char, kMaxExtension> extension{};
  const std::string_view given = name.substr(dot + 1);
  std::transform(given.begin(), given.end(), extension.begin(), chars::lower);
  const auto found = byExtension_.find({extension.data(), given.size()});
  return found == byExtension_.end() ? MediaType{} : found->second;
}

} // namespace uwk
