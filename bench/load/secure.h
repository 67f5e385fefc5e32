// SPDX-License-Identifier: MIT
// TLS for the load client, by OpenSSL: handshake, sending and receiving on a non-blocking socket,
// in the manner of send() and recv(). Resumes the last session of all connections when told to.
// Trusts anybody. Compiled in with -DLOAD_TLS only, so that everything else needs no OpenSSL.
#ifndef BENCH_LOAD_SECURE_H
#define BENCH_LOAD_SECURE_H

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

#ifdef LOAD_TLS
#include <openssl/ssl.h>

static SSL_CTX *secureContext;
static SSL_SESSION *secureSession; // of whichever connection got one last
static bool secureResumes;
static uint64_t secureResumed; // connections that were

static int secureKeep(SSL *ssl, SSL_SESSION *session) {
  (void)ssl;
  SSL_SESSION_free(secureSession);
  secureSession = session;
  return 1;
}

static inline void secureBegin(bool resumes) {
  secureContext = SSL_CTX_new(TLS_client_method());
  secureResumes = resumes;
  SSL_CTX_set_mode(secureContext, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(secureContext, 1);
  // Every contestant is asked for the same: what costs least on both sides.
  SSL_CTX_set_ciphersuites(secureContext, "TLS_AES_128_GCM_SHA256");
  SSL_CTX_set1_curves_list(secureContext, "X25519");
  SSL_CTX_set_session_cache_mode(secureContext, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  if (resumes)
    SSL_CTX_sess_set_new_cb(secureContext, secureKeep);
}

static inline SSL *secureOpen(int fd) {
  if (secureContext == NULL)
    return NULL;
  SSL *ssl = SSL_new(secureContext);
  SSL_set_fd(ssl, fd);
  SSL_set_connect_state(ssl);
  if (secureResumes && secureSession != NULL)
    SSL_set_session(ssl, secureSession);
  return ssl;
}

static inline void secureClose(SSL *ssl) { SSL_free(ssl); }

// As system calls do it: -1 and errno, 0 for the peer's end.
static inline ssize_t secureResult(SSL *ssl, int result) {
  if (result > 0)
    return result;
  switch (SSL_get_error(ssl, result)) {
  case SSL_ERROR_WANT_READ:
  case SSL_ERROR_WANT_WRITE:
    errno = EAGAIN;
    return -1;
  case SSL_ERROR_ZERO_RETURN:
    return 0;
  default:
    errno = EPROTO;
    return -1;
  }
}

// 1 when the handshake is over, -1 and EAGAIN while it goes on.
static inline ssize_t secureShake(SSL *ssl) {
  int result = SSL_do_handshake(ssl);
  if (result == 1 && SSL_session_reused(ssl))
    secureResumed++;
  return secureResult(ssl, result);
}

static inline ssize_t secureSend(SSL *ssl, const void *bytes, size_t size) {
  return secureResult(ssl, SSL_write(ssl, bytes, (int)size));
}

static inline ssize_t secureReceive(SSL *ssl, void *to, size_t size) {
  return secureResult(ssl, SSL_read(ssl, to, (int)size));
}

// Bytes are here that the kernel will not tell of again.
static inline bool secureHasMore(SSL *ssl) { return SSL_has_pending(ssl) == 1; }

#else

typedef struct Ssl SSL;
static uint64_t secureResumed;
static inline SSL *secureOpen(int fd) {
  (void)fd;
  return NULL;
}
static inline void secureClose(SSL *ssl) { (void)ssl; }
static inline ssize_t secureShake(SSL *ssl) {
  (void)ssl;
  return 1;
}
static inline ssize_t secureSend(SSL *ssl, const void *bytes, size_t size) {
  (void)ssl, (void)bytes, (void)size;
  return -1;
}
static inline ssize_t secureReceive(SSL *ssl, void *to, size_t size) {
  (void)ssl, (void)to, (void)size;
  return -1;
}
static inline bool secureHasMore(SSL *ssl) {
  (void)ssl;
  return false;
}

#endif
#endif
