// SPDX-License-Identifier: MIT
//
// The embedder's view of a connection's current exchange.
#include "../ServerInternal.h"
#include "HttpConnection.h"

#include <usk/group.h>
#include <usk/loop.h>

namespace uwk {

namespace {

HttpConnection &self(Exchange &exchange) { return static_cast<HttpConnection &>(exchange); }

} // namespace

Exchange *Exchange::find(usk::Loop &loop, ExchangeHandle handle) {
  auto slot = static_cast<uint32_t>(handle & ((1u << Server::Internal::kSlotBits) - 1));
  auto serial = static_cast<uint32_t>(handle >> Server::Internal::kSlotBits);
  usk::Socket *socket = loop.socketAt(slot);
  if (socket == nullptr || socket->isClosed() || !Server::Internal::speaksHttp(socket->group())) {
    return nullptr;
  }
  HttpConnection &connection = HttpConnection::of(*socket);
  return connection.isPending() && connection.serial() == serial ? &connection : nullptr;
}

Server &Exchange::server() const {
  return static_cast<const HttpConnection &>(*this).server_.facade;
}

ExchangeHandle Exchange::handle() const {
  const auto &connection = static_cast<const HttpConnection &>(*this);
  return Server::Internal::handleOf(connection.serial_, connection.socket_.index());
}

usk::SocketAddress Exchange::remoteAddress() const {
  return static_cast<const HttpConnection &>(*this).socket_.remoteAddress();
}

bool Exchange::tls(usk::TlsInfo &info) const {
  return usk::tlsInfo(static_cast<const HttpConnection &>(*this).socket_, info);
}

bool Exchange::isDispatching() const {
  return static_cast<const HttpConnection &>(*this).inHandler_;
}

std::string_view Exchange::rawHead() const {
  const auto &connection = static_cast<const HttpConnection &>(*this);
  return connection.inHandler_ ? std::string_view{connection.head_, connection.headSize_}
                               : std::string_view{};
}

std::string_view Exchange::path() const {
  return static_cast<const HttpConnection &>(*this).server_.head.path;
}

std::string_view Exchange::query() const {
  return static_cast<const HttpConnection &>(*this).server_.head.query;
}

std::string_view Exchange::host() const {
  return static_cast<const HttpConnection &>(*this).server_.head.host;
}

bool Exchange::needsNormalising() const {
  return static_cast<const HttpConnection &>(*this).server_.head.needsNormalising;
}

std::string_view Exchange::header(std::string_view name, size_t &count) const {
  return static_cast<const HttpConnection &>(*this).server_.head.find(name, count);
}

void Exchange::abort() { self(*this).socket_.close(); }

void Exchange::watch() { self(*this).watched_ = true; }

void Exchange::setTimeout(unsigned seconds) {
  HttpConnection &connection = self(*this);
  connection.timeoutSeconds_ = static_cast<uint16_t>(seconds > UINT16_MAX ? UINT16_MAX : seconds);
  connection.allowIdleTime();
}

void Exchange::setData(void *data) { self(*this).data_ = data; }

void *Exchange::data() const { return static_cast<const HttpConnection &>(*this).data_; }

} // namespace uwk
