// SPDX-License-Identifier: MIT
//
// Streamed responses from the server's side: started for every request, then fed by handle.
#pragma once

#include "fake_server.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace uwk::test {

inline ResponseHead headOf(uint16_t status = 200, std::string_view fields = {}) {
  ResponseHead head;
  head.status = status;
  head.fields = fields;
  return head;
}

// Starts a stream for every request and keeps the handles, in order.
inline void startAll(TestServer &server, std::vector<ExchangeHandle> &handles,
                     std::string_view first = {}, int64_t length = -1) {
  server.onRequest = [&handles, first, length](const RequestEvent &event) {
    handles.push_back(event.exchange.handle());
    CHECK(event.exchange.startStream(headOf(), length, first) == StreamWrite::Ready);
  };
}

inline StreamWrite writeTo(FakeServer &fake, ExchangeHandle handle, std::string_view bytes) {
  Exchange *exchange = Exchange::find(fake.net.loop(), handle);
  return exchange == nullptr ? StreamWrite::Gone : exchange->writeStream(bytes);
}

inline bool endOf(FakeServer &fake, ExchangeHandle handle, std::string_view last = {}) {
  Exchange *exchange = Exchange::find(fake.net.loop(), handle);
  return exchange != nullptr && exchange->endStream(last);
}

// A turn in which the kernel takes nothing looks like the end to settle().
inline void turns(FakeServer &fake) {
  for (int turn = 0; turn < 10; turn++) {
    fake.net.turn();
  }
}

inline std::string bodyAfterHead(const std::string &output) {
  const size_t at = output.find("\r\n\r\n");
  return at == std::string::npos ? "no head" : output.substr(at + 4);
}

} // namespace uwk::test
