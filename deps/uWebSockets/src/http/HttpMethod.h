// SPDX-License-Identifier: MIT
//
// Request methods as small integers: the first ten index per-method tables (router nodes), the rest
// are known by name only. Their order is part of the contract with lib/native/contract.ts.
#pragma once

#include <cstdint>
#include <string_view>

namespace uwk {

// The methods Bun 1.4.5 dispatches. Anything else is Unknown and never reaches a handler.
#define UWK_METHODS(X)                                                                             \
  X(Get, "GET")                                                                                    \
  X(Head, "HEAD")                                                                                  \
  X(Post, "POST")                                                                                  \
  X(Put, "PUT")                                                                                    \
  X(Delete, "DELETE")                                                                              \
  X(Patch, "PATCH")                                                                                \
  X(Options, "OPTIONS")                                                                            \
  X(Connect, "CONNECT")                                                                            \
  X(Trace, "TRACE")                                                                                \
  X(Acl, "ACL")                                                                                    \
  X(Bind, "BIND")                                                                                  \
  X(Checkout, "CHECKOUT")                                                                          \
  X(Copy, "COPY")                                                                                  \
  X(Link, "LINK")                                                                                  \
  X(Lock, "LOCK")                                                                                  \
  X(MSearch, "M-SEARCH")                                                                           \
  X(Merge, "MERGE")                                                                                \
  X(MkActivity, "MKACTIVITY")                                                                      \
  X(MkAddressBook, "MKADDRESSBOOK")                                                                \
  X(MkCalendar, "MKCALENDAR")                                                                      \
  X(MkCol, "MKCOL")                                                                                \
  X(Move, "MOVE")                                                                                  \
  X(Notify, "NOTIFY")                                                                              \
  X(PropFind, "PROPFIND")                                                                          \
  X(PropPatch, "PROPPATCH")                                                                        \
  X(Purge, "PURGE")                                                                                \
  X(Query, "QUERY")                                                                                \
  X(Rebind, "REBIND")                                                                              \
  X(Report, "REPORT")                                                                              \
  X(Search, "SEARCH")                                                                              \
  X(Source, "SOURCE")                                                                              \
  X(Subscribe, "SUBSCRIBE")                                                                        \
  X(Unbind, "UNBIND")                                                                              \
  X(Unlink, "UNLINK")                                                                              \
  X(Unlock, "UNLOCK")                                                                              \
  X(Unsubscribe, "UNSUBSCRIBE")

enum class Method : uint8_t {
#define UWK_METHOD_ENUM(name, text) name,
  UWK_METHODS(UWK_METHOD_ENUM)
#undef UWK_METHOD_ENUM
      Unknown
};

// Methods that may key a route's method object; they index method lists.
inline constexpr unsigned kRoutableMethods = 9;

[[nodiscard]] std::string_view methodName(Method method);
// Case-sensitive (RFC 9110 section 9.1). Unknown for tokens outside the list.
[[nodiscard]] Method methodFromName(std::string_view name);

} // namespace uwk
