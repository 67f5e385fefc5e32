// SPDX-License-Identifier: MIT
//
// A TLS client without a socket: bytes go in and out by hand, so that a test decides how they
// travel. And a conversation of such a client with a socket of the fake kernel.
#pragma once

#include "fake_net.h"
#include "recorder.h"
#include "tls_certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <functional>
#include <string>
#include <string_view>

namespace usk::test {

struct PeerOptions {
  uint16_t version = TLS1_3_VERSION; // the only one offered
  std::string serverName;
  std::string protocols; // ALPN, with lengths
  const Pem *certificate = nullptr;
  const char *signatures = nullptr; // as of SSL_CTX_set1_sigalgs_list
  SSL_SESSION *session = nullptr;
};

class TlsPeer {
public:
  explicit TlsPeer(const PeerOptions &options = {}) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_min_proto_version(context_.get(), options.version);
    SSL_CTX_set_max_proto_version(context_.get(), options.version);
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT);
    SSL_CTX_set_app_data(context_.get(), this);
    SSL_CTX_sess_set_new_cb(context_.get(), [](SSL *ssl, SSL_SESSION *made) {
      static_cast<TlsPeer *>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->session.reset(made);
      return 1;
    });
    if (options.signatures != nullptr) {
      demand(SSL_CTX_set1_sigalgs_list(context_.get(), options.signatures) == 1, "signatures");
    }
    if (options.certificate != nullptr) {
      const bssl::UniquePtr<BIO> key(BIO_new_mem_buf(options.certificate->key.data(), -1));
      const bssl::UniquePtr<BIO> text(BIO_new_mem_buf(options.certificate->certificate.data(), -1));
      const bssl::UniquePtr<EVP_PKEY> own(
          PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
      const bssl::UniquePtr<X509> leaf(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
      SSL_CTX_use_certificate(context_.get(), leaf.get());
      SSL_CTX_use_PrivateKey(context_.get(), own.get());
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_.get());
    if (!options.serverName.empty()) {
      SSL_set_tlsext_host_name(ssl_.get(), options.serverName.c_str());
    }
    if (!options.protocols.empty()) {
      SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const uint8_t *>(options.protocols.data()),
                          static_cast<unsigned>(options.protocols.size()));
    }
    if (options.session != nullptr) {
      SSL_set_session(ssl_.get(), options.session);
    }
  }
  TlsPeer(const TlsPeer &) = delete;
  TlsPeer &operator=(const TlsPeer &) = delete;

  // Works on what came; then `received`, `ended` and `error` tell.
  void work() {
    if (SSL_in_init(ssl_.get()) != 0) {
      note(SSL_do_handshake(ssl_.get()));
    }
    char buffer[4096];
    for (;;) {
      const int count = SSL_read(ssl_.get(), buffer, sizeof buffer);
      if (count <= 0) {
        note(count);
        return;
      }
      received.append(buffer, static_cast<size_t>(count));
    }
  }
  void give(std::string_view bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    work();
  }
  // What is to be sent.
  std::string take() {
    BIO *bio = SSL_get_wbio(ssl_.get());
    std::string bytes(BIO_pending(bio), '\0');
    if (!bytes.empty()) {
      BIO_read(bio, bytes.data(), static_cast<int>(bytes.size()));
    }
    return bytes;
  }
  void write(std::string_view bytes) {
    demand(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
               static_cast<int>(bytes.size()),
           "a client that may write");
  }
  void shutdown() { SSL_shutdown(ssl_.get()); }

  [[nodiscard]] bool connected() const { return SSL_in_init(ssl_.get()) == 0; }
  [[nodiscard]] SSL *ssl() { return ssl_.get(); }
  // Common name of the certificate that the server showed.
  [[nodiscard]] std::string server() const {
    const bssl::UniquePtr<X509> shown(SSL_get_peer_certificate(ssl_.get()));
    char text[128] = "";
    if (shown != nullptr) {
      X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, text,
                                sizeof text);
    }
    return text;
  }

  std::string received;
  bool ended = false; // close_notify came
  std::string error;  // reason, such as TLSV1_ALERT_PROTOCOL_VERSION
  bssl::UniquePtr<SSL_SESSION> session;

private:
  void note(int result) {
    if (result > 0) {
      return;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_ZERO_RETURN:
      ended = true;
      break;
    case SSL_ERROR_SSL:
      if (error.empty()) {
        error = ERR_reason_error_string(ERR_peek_error());
      }
      break;
    default:
      break;
    }
    ERR_clear_error();
  }

  bssl::UniquePtr<SSL_CTX> context_;
  bssl::UniquePtr<SSL> ssl_;
};

// A connected pair. The server's side is `socket`, which may be closed at any time.
class TlsPair {
public:
  TlsPair(FakeNet &net, Recorder &recorder, TlsContext *context, const PeerOptions &options = {})
      : TlsPair(net, recorder.group, context, options) {}
  TlsPair(FakeNet &net, SocketGroup &group, TlsContext *context, const PeerOptions &options = {})
      : peer(options), net_(net) {
    socket = net.connect(group, nullptr, context);
    demand(socket != nullptr, "a connection");
    fd_ = socket->fd();
  }

  FakeConnection &wire() { return net_.connection(fd_); }
  bool isClosed() { return wire().closed; }

  // What the client has to say, to the server.
  void push() {
    const std::string bytes = peer.take();
    if (!bytes.empty()) {
      wire().input.push_back(bytes);
    }
  }
  // What the server has said, to the client.
  bool pull() {
    const std::string fresh = wire().output.substr(seen_);
    seen_ += fresh.size();
    if (fresh.empty()) {
      return false;
    }
    peer.give(fresh);
    return true;
  }
  // Both sides until neither has anything to say.
  void talk() {
    peer.work();
    for (int idle = 0; idle < 2;) {
      const std::string bytes = isClosed() ? "" : peer.take();
      if (!bytes.empty()) {
        wire().input.push_back(bytes);
      }
      net_.settle();
      idle = pull() || !bytes.empty() ? 0 : idle + 1;
    }
  }
  void handshake() {
    talk();
    demand(peer.error.empty(), peer.error.c_str());
    demand(peer.connected(), "a handshake");
  }

  Socket *socket;
  TlsPeer peer;

private:
  FakeNet &net_;
  int fd_ = -1;
  size_t seen_ = 0;
};

// TLS records at the beginning of `bytes`, with their sizes.
inline std::vector<size_t> recordsOf(std::string_view bytes) {
  std::vector<size_t> sizes;
  while (bytes.size() >= 5) {
    const size_t size = (static_cast<size_t>(static_cast<unsigned char>(bytes[3])) << 8) |
                        static_cast<unsigned char>(bytes[4]);
    if (bytes.size() < 5 + size) {
      break;
    }
    sizes.push_back(size);
    bytes.remove_prefix(5 + size);
  }
  return sizes;
}

} // namespace usk::test
