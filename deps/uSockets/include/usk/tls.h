// SPDX-License-Identifier: MIT
//
// TLS for the connections of a listener: certificates by server name, client certificates, and what
// was negotiated. TLS 1.2 and 1.3; never renegotiation, never early data. Once the handshake is
// over an encrypted socket behaves like a plain one, with these differences: onEnd means the peer's
// close_notify, and a stream that ends without one closes the socket with ECONNABORTED; close()
// announces the end with a close_notify only when nothing that was written is lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usk {

class Socket;

// Everything for one server name. PEM throughout.
struct TlsEntry {
  // "" serves nobody by name (the first entry is also everybody's default); "*.example.com" serves
  // one more label. Of several entries with one name the last one counts.
  std::string serverName;
  // Every chain, leaf first, belongs to one of the keys; several key types can be offered.
  std::vector<std::string> keys;
  std::vector<std::string> certificates;
  std::string passphrase;
  // Whom client certificates may come from, and who has been revoked.
  std::vector<std::string> authorities;
  std::vector<std::string> revocations;
  // Names the authorities to clients, which helps them to choose but takes bytes.
  bool nameAuthorities = true;
  bool requestCertificate = false;
  // Whether clients without a valid certificate are refused, or only marked.
  bool rejectUnauthorized = true;
  // OpenSSL's notation for TLS 1.2; "" = forward secret AEAD suites. TLS 1.3's are fixed.
  std::string ciphers;
  uint32_t options = 0; // SSL_OP_*
  // One protocol name that is selected when the client offers it; "" = none.
  std::string protocol;
  // At most one record of a slow client waits in memory instead of a batch.
  bool lowMemory = false;
};

struct TlsError {
  // As OpenSSL writes errors: "error:0900006e:PEM routines:OPENSSL_internal:NO_START_LINE".
  std::string message;
  std::string library;
  std::string reason;
};

// Immutable and counted: a connection keeps the context it was accepted with. Of one thread.
class TlsContext {
public:
  // Null on failure. The first reference is the caller's.
  [[nodiscard]] static TlsContext *create(std::span<const TlsEntry> entries, TlsError &error);

  void retain() { references_++; }
  void release();

  struct Internal;
  [[nodiscard]] Internal &internal() { return *internal_; }

  TlsContext(const TlsContext &) = delete;
  TlsContext &operator=(const TlsContext &) = delete;

private:
  TlsContext() = default;
  ~TlsContext();

  Internal *internal_ = nullptr;
  size_t references_ = 1;
};

// Whether Diffie-Hellman parameters can be read. BoringSSL has no cipher suite that uses them.
[[nodiscard]] bool checkDhParameters(std::string_view pem, TlsError &error);

struct TlsInfo {
  std::string_view protocol;           // "TLSv1.3"
  std::string_view cipher;             // OpenSSL's name
  std::string_view cipherStandardName; // IANA's name
  std::string_view applicationProtocol;
  std::string_view serverName; // what the client asked for
  bool resumed = false;
  bool authorized = false; // its certificate was asked for and is valid
  // Why not, as OpenSSL calls it ("CERT_HAS_EXPIRED"); "" without certificate.
  std::string_view verifyError;
  std::vector<std::string> peerCertificates; // DER, leaf first; not necessarily valid
};

// False for plain sockets and before the end of the handshake. Views live as long as the socket is
// open.
[[nodiscard]] bool tlsInfo(const Socket &socket, TlsInfo &info);

// Whether `host`, without port, is served with other certificates than this connection was made
// with while one of the two asks for client certificates: whoever passed the check of one name, or
// was asked for nothing, must not get at another. False for plain sockets.
[[nodiscard]] bool isMisdirected(const Socket &socket, std::string_view host);

} // namespace usk
