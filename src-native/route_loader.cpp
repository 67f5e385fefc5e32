// SPDX-License-Identifier: MIT
//
// The flat route list from JavaScript into a native route table. Patterns were validated in
// TypeScript; one that the native side refuses all the same is left out.
#include "bindings.h"
#include "file_part.h"
#include "napi_util.h"

#include <utility>

namespace addon {

namespace {

// Twin of RouteKind in lib/native/contract.ts.
enum class RouteKind : uint32_t { Handler, Static, Negative, File, Directory };

void loadDirectory(napi_env env, napi_value entry, uint8_t method, const std::string &pattern,
                   uwk::RouteTable &table) {
  auto directory = directoryOf(env, getProperty(env, entry, "directory"));
  if (directory != nullptr) {
    (void)table.addDirectory(method, pattern, std::move(directory));
  }
}

void loadStatic(napi_env env, napi_value entry, uint8_t method, const std::string &pattern,
                uwk::RouteTable &table) {
  std::string fields = readLatin1(env, getProperty(env, entry, "fields"));
  std::string etag = readLatin1(env, getProperty(env, entry, "etag"));
  uwk::StaticRoute route;
  route.status = static_cast<uint16_t>(readUint32(env, getProperty(env, entry, "status")));
  route.fields = fields;
  route.etag = etag;
  route.hasDate = readBool(env, getProperty(env, entry, "hasDate"));
  route.closeAfter = readBool(env, getProperty(env, entry, "closeAfter"));
  (void)readBytes(env, getProperty(env, entry, "body"), route.body);
  uwk::StaticCopy copies[2];
  for (auto [name, coding] : {std::pair{"brotli", uwk::StaticCopy::Coding::Brotli},
                              std::pair{"gzip", uwk::StaticCopy::Coding::Gzip}}) {
    uwk::StaticCopy &copy = copies[route.copyCount];
    copy.coding = coding;
    if (readBytes(env, getProperty(env, entry, name), copy.body)) {
      ++route.copyCount;
    }
  }
  route.copies = copies;
  (void)table.addStatic(method, pattern, route);
}

void loadFile(napi_env env, napi_value entry, uint8_t method, const std::string &pattern,
              uwk::RouteTable &table) {
  uwk::FileRouteOptions options;
  if (!readFilePart(env, getProperty(env, entry, "file"), getProperty(env, entry, "start"),
                    getProperty(env, entry, "end"), options.part)) {
    return;
  }
  options.status = static_cast<uint16_t>(readUint32(env, getProperty(env, entry, "status")));
  options.fields = readLatin1(env, getProperty(env, entry, "fields"));
  options.etag = readLatin1(env, getProperty(env, entry, "etag"));
  options.hasDate = readBool(env, getProperty(env, entry, "hasDate"));
  options.closeAfter = readBool(env, getProperty(env, entry, "closeAfter"));
  options.hasContentRange = readBool(env, getProperty(env, entry, "hasContentRange"));
  options.lastModified = readLatin1(env, getProperty(env, entry, "lastModified"));
  options.hasLastModified = !options.lastModified.empty();
  (void)table.addFile(method, pattern, std::move(options));
}

} // namespace

std::unique_ptr<const uwk::RouteTable> loadRoutes(napi_env env, napi_value routes) {
  auto table = std::make_unique<uwk::RouteTable>();
  uint32_t count = 0;
  napi_get_array_length(env, routes, &count);
  for (uint32_t i = 0; i < count; ++i) {
    napi_handle_scope scope = nullptr;
    napi_open_handle_scope(env, &scope);
    napi_value entry = nullptr;
    napi_get_element(env, routes, i, &entry);
    auto method = static_cast<uint8_t>(readUint32(env, getProperty(env, entry, "method")));
    std::string pattern = readLatin1(env, getProperty(env, entry, "pattern"));
    switch (static_cast<RouteKind>(readUint32(env, getProperty(env, entry, "kind")))) {
    case RouteKind::Handler:
      (void)table->addHandler(method, pattern, readUint32(env, getProperty(env, entry, "id")));
      break;
    case RouteKind::Static:
      loadStatic(env, entry, method, pattern, *table);
      break;
    case RouteKind::File:
      loadFile(env, entry, method, pattern, *table);
      break;
    case RouteKind::Negative:
      (void)table->addNegative(pattern);
      break;
    case RouteKind::Directory:
      loadDirectory(env, entry, method, pattern, *table);
      break;
    }
    napi_close_handle_scope(env, scope);
  }
  table->freeze();
  return table;
}

} // namespace addon
