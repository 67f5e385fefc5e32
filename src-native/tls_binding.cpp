// SPDX-License-Identifier: MIT
//
// Certificates in, and what was negotiated out. TypeScript has validated and read everything: here
// are PEM texts, flags and numbers only. Failures of the TLS library are data.
#include "bindings.h"
#include "env_state.h"
#include "napi_util.h"

#include <usk/tls.h>

#include <vector>

namespace addon {

namespace {

std::vector<std::string> readTexts(napi_env env, napi_value list) {
  uint32_t count = 0;
  napi_get_array_length(env, list, &count);
  std::vector<std::string> texts;
  for (uint32_t index = 0; index < count; index++) {
    napi_value text = nullptr;
    napi_get_element(env, list, index, &text);
    texts.push_back(readUtf8(env, text));
  }
  return texts;
}

usk::TlsEntry readEntry(napi_env env, napi_value value) {
  const auto get = [env, value](const char *name) { return getProperty(env, value, name); };
  usk::TlsEntry entry;
  entry.serverName = readUtf8(env, get("serverName"));
  entry.keys = readTexts(env, get("keys"));
  entry.certificates = readTexts(env, get("certificates"));
  entry.passphrase = readUtf8(env, get("passphrase"));
  entry.authorities = readTexts(env, get("authorities"));
  entry.revocations = readTexts(env, get("revocations"));
  entry.nameAuthorities = readBool(env, get("nameAuthorities"));
  entry.requestCertificate = readBool(env, get("requestCertificate"));
  entry.rejectUnauthorized = readBool(env, get("rejectUnauthorized"));
  entry.ciphers = readUtf8(env, get("ciphers"));
  entry.options = readUint32(env, get("options"));
  entry.protocol = readUtf8(env, get("protocol"));
  entry.lowMemory = readBool(env, get("lowMemory"));
  return entry;
}

napi_value makeFailure(napi_env env, const usk::TlsError &error) {
  napi_value result = nullptr;
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "message", makeUtf8(env, error.message));
  napi_set_named_property(env, result, "library", makeUtf8(env, error.library));
  napi_set_named_property(env, result, "reason", makeUtf8(env, error.reason));
  return result;
}

napi_value makeBool(napi_env env, bool value) {
  napi_value result = nullptr;
  napi_get_boolean(env, value, &result);
  return result;
}

// serverSetTls(id, entries): undefined | { message, library, reason }. Nothing changes on failure.
napi_value serverSetTls(napi_env env, napi_callback_info info) {
  Arguments<2> arguments(env, info);
  NativeServer *server = EnvState::of(env).server(readUint32(env, arguments[0]));
  uint32_t count = 0;
  napi_get_array_length(env, arguments[1], &count);
  if (server == nullptr || count == 0) {
    return makeUndefined(env);
  }
  std::vector<usk::TlsEntry> entries;
  for (uint32_t index = 0; index < count; index++) {
    napi_value entry = nullptr;
    napi_get_element(env, arguments[1], index, &entry);
    entries.push_back(readEntry(env, entry));
  }
  usk::TlsError error;
  usk::TlsContext *context = usk::TlsContext::create(entries, error);
  if (context == nullptr) {
    return makeFailure(env, error);
  }
  server->server->setTls(context);
  context->release();
  server->scheme = "https://";
  return makeUndefined(env);
}

// tlsCheckDh(pem): undefined | { message, library, reason }
napi_value tlsCheckDh(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  usk::TlsError error;
  return usk::checkDhParameters(readUtf8(env, arguments[0]), error) ? makeUndefined(env)
                                                                    : makeFailure(env, error);
}

// requestTls(handle): { protocol, cipher, ... certificates: ArrayBuffer[] } | null
napi_value requestTls(napi_env env, napi_callback_info info) {
  Arguments<1> arguments(env, info);
  const uwk::Exchange *exchange = findExchange(EnvState::of(env), arguments[0]);
  usk::TlsInfo found;
  napi_value result = nullptr;
  if (exchange == nullptr || !exchange->tls(found)) {
    napi_get_null(env, &result);
    return result;
  }
  napi_create_object(env, &result);
  const auto set = [env, result](const char *name, napi_value value) {
    napi_set_named_property(env, result, name, value);
  };
  set("protocol", makeLatin1(env, found.protocol));
  set("cipher", makeLatin1(env, found.cipher));
  set("cipherStandardName", makeLatin1(env, found.cipherStandardName));
  set("applicationProtocol", makeLatin1(env, found.applicationProtocol));
  set("serverName", makeText(env, found.serverName));
  set("resumed", makeBool(env, found.resumed));
  set("authorized", makeBool(env, found.authorized));
  set("verifyError", makeLatin1(env, found.verifyError));
  napi_value certificates = nullptr;
  napi_create_array(env, &certificates);
  uint32_t index = 0;
  for (const std::string &der : found.peerCertificates) {
    napi_set_element(env, certificates, index++, makeArrayBuffer(env, der));
  }
  set("certificates", certificates);
  return result;
}

} // namespace

void registerTlsBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "serverSetTls", serverSetTls);
  defineFunction(env, exports, "tlsCheckDh", tlsCheckDh);
  defineFunction(env, exports, "requestTls", requestTls);
}

} // namespace addon
