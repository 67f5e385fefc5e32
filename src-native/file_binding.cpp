// SPDX-License-Identifier: MIT
//
// Files as response bodies: one call names the file, the native side opens, measures and sends it.
#include "file_part.h"

#include "bindings.h"
#include "env_state.h"
#include "napi_util.h"
#include "response_head.h"

#include <cerrno>

namespace addon {

namespace {

// Twin of FileFlag in lib/native/contract.ts, beside ResponseFlag.
enum FileFlag : uint32_t { kSliced = 8, kHasContentRange = 16 };
// Besides Delivery; twin of FileDelivery.
constexpr double kNotRegular = 3;

// A position in a file: whatever is beyond what can be one, Infinity too, is beyond every file. The
// language leaves open what a cast would make of those.
uint64_t positionOf(double value) {
  constexpr double kBeyond = 9223372036854775808.0; // 2^63
  if (value >= kBeyond) {
    return uwk::FilePart::kOpenEnd;
  }
  return value > 0 ? static_cast<uint64_t>(value) : 0;
}

// respondFile(handle, status, fields, flags, file: string | number, start, end, range?,
//             fieldsWithoutType?): Delivery, 3 for what is no regular file, 4 + the descriptor of
// one that was given by its path, or a negative errno
napi_value respondFile(napi_env env, napi_callback_info info) {
  Arguments<9> arguments(env, info);
  EnvState &state = EnvState::of(env);
  uwk::Exchange *exchange = findExchange(state, arguments[0]);
  if (exchange == nullptr) {
    return makeNumber(env, kGone);
  }
  GivenHead given(state, arguments[1], arguments[2]);
  const uint32_t flags = readUint32(env, arguments[3]);
  given.setFlags(flags);
  uwk::FilePart part;
  if (!readFilePart(env, arguments[4], arguments[5], arguments[6], part)) {
    return makeNumber(env, -ENOENT);
  }
  const std::string range = readLatin1(env, arguments[7]);
  const std::string withoutType = readLatin1(env, arguments[8]);
  uwk::FileResponse file;
  file.part = &part;
  file.status = given.head.status;
  file.fields = given.head.fields;
  file.hasDate = given.head.hasDate;
  file.closeAfter = given.head.closeAfter;
  file.sliced = (flags & kSliced) != 0;
  file.hasContentRange = (flags & kHasContentRange) != 0;
  file.range = range;
  file.fieldsWithoutType = withoutType;
  const uwk::FileResult result = exchange->respondFile(file);
  switch (result.outcome) {
  case uwk::FileResult::Outcome::Responded:
    break;
  case uwk::FileResult::Outcome::Gone:
    return makeNumber(env, kGone);
  case uwk::FileResult::Outcome::Failed:
    return makeNumber(env, -result.error);
  case uwk::FileResult::Outcome::NotRegular:
    return makeNumber(env, kNotRegular + 1 + result.fd);
  }
  return deliveryOf(state, arguments[0]);
}

} // namespace

bool readFilePart(napi_env env, napi_value file, napi_value start, napi_value end,
                  uwk::FilePart &part) {
  int32_t descriptor = -1;
  if (napi_get_value_int32(env, file, &descriptor) == napi_ok) {
    part.fd = descriptor;
  } else {
    part.path = readUtf8(env, file);
    // The kernel would open what comes before it.
    if (part.path.empty() || part.path.find('\0') != std::string::npos) {
      return false;
    }
  }
  part.start = positionOf(readNumber(env, start));
  const double last = readNumber(env, end);
  part.end = last < 0 ? uwk::FilePart::kOpenEnd : positionOf(last);
  return true;
}

void registerFileBinding(napi_env env, napi_value exports) {
  defineFunction(env, exports, "respondFile", respondFile);
}

} // namespace addon
